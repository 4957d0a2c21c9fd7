import { setLogger } from "@grpc/grpc-js";
import type { Log } from "../domain/log.ts";
import { oneLine } from "../domain/text.ts";

/** About an address that cannot be listened on: the caller reports that itself, with what to do. */
const TOLD_BY_US = /^No address added out of total/;

/** About an entry that is not ASCII, for example. It quotes the value, which anybody may send, in any length, and which may be a secret. */
const BAD_METADATA = /^Failed to add metadata entry ([^:]*):/;
const LONGEST_NAME = 64;

/** Sends what grpc-js would print on stderr to the log, for the whole process; each of its errors is about one connection. */
export function routeGrpcLog(log: Pick<Log, "debug" | "info" | "warn" | "error">): void {
  const to =
    (level: "debug" | "info" | "error") =>
    (...parts: readonly unknown[]): void => {
      const text = parts.map(String).join(" ").trim();
      const [, name] = BAD_METADATA.exec(text) ?? [];
      if (name === undefined) log[TOLD_BY_US.test(text) ? "debug" : level](text);
      else log.warn("Ignored metadata that gRPC does not allow", { name: oneLine(name, LONGEST_NAME) });
    };
  setLogger({ debug: to("debug"), info: to("info"), error: to("error") });
}
