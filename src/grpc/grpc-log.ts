import { setLogger } from "@grpc/grpc-js";
import type { Log } from "../domain/log.ts";

/** About an address that cannot be listened on: the caller reports that itself, with what to do. */
const TOLD_BY_US = /^No address added out of total/;

/** Sends what grpc-js would print on stderr to the log, for the whole process; each of its errors is about one connection. */
export function routeGrpcLog(log: Pick<Log, "debug" | "info" | "error">): void {
  const to =
    (level: "debug" | "info" | "error") =>
    (...parts: readonly unknown[]): void => {
      const text = parts.map(String).join(" ").trim();
      log[TOLD_BY_US.test(text) ? "debug" : level](text);
    };
  setLogger({ debug: to("debug"), info: to("info"), error: to("error") });
}
