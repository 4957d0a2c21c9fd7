import { setLogger } from "@grpc/grpc-js";
import type { Log } from "../domain/log.ts";

/** Sends what grpc-js would print on stderr to the log, for the whole process; its errors are about one connection each. */
export function routeGrpcLog(log: Pick<Log, "debug" | "info" | "error">): void {
  const to =
    (level: "debug" | "info" | "error") =>
    (...parts: readonly unknown[]): void =>
      log[level](parts.map(String).join(" ").trim());
  setLogger({ debug: to("debug"), info: to("info"), error: to("error") });
}
