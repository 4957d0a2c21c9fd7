import { isIPv6 } from "node:net";
import type { Address } from "./downloader.ts";

/**
 * A server of the bot cannot listen: the address is taken, or not this machine's. The message says whose server, where and
 * why.
 */
export class ListenError extends Error {
  override readonly name = "ListenError";

  /** `what` begins the sentence that the address ends; `why` is the system's code or words. */
  constructor(what: string, { host, port }: Address, why: string, cause?: unknown) {
    super(`${what} ${isIPv6(host) ? `[${host}]` : host}:${port}: ${why}`, { cause });
  }
}
