import type { Call } from "./journal.ts";
import { integer } from "./parameters.ts";

/**
 * How a request fails. With `applied` the method is carried out first and only its answer is lost or late: what a bot must survive between
 * "sent" and "known to be sent".
 */
export type Fault = { readonly applied?: boolean } & (
  | { readonly kind: "answer"; readonly status: number; readonly body: unknown; readonly contentType?: string }
  /** Does not answer until the promise settles or the fault is released; then continues as usual. */
  | { readonly kind: "hold"; readonly until?: Promise<unknown> }
  /** Drops the connection. */
  | { readonly kind: "reset" }
);

/** A method's refusal in the Bot API's own form. */
export function refusal(status: number, description: string, parameters?: Record<string, number>): Fault {
  const body = { ok: false, error_code: status, description, ...(parameters && { parameters }) };
  return { kind: "answer", status, body };
}

/** 429; some answers of the real server carry the seconds only in the text (`bare`). */
export function tooManyRequests(retryAfterS: number, { bare = false } = {}): Fault {
  const parameters = bare ? undefined : { retry_after: retryAfterS };
  return refusal(429, `Too Many Requests: retry after ${retryAfterS}`, parameters);
}

export const SERVER_ERROR: Fault = refusal(500, "Internal Server Error: sent");
/** What the web server in front of the Bot API answers. */
export const BAD_GATEWAY: Fault = {
  kind: "answer",
  status: 502,
  body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n",
  contentType: "text/html",
};
export const EMPTY_BODY: Fault = { kind: "answer", status: 200, body: "" };
export const HALF_JSON: Fault = { kind: "answer", status: 200, body: '{"ok":true,"resu' };
export const HANG: Fault = { kind: "hold" };
export const RESET: Fault = { kind: "reset" };

/** A fault that is armed. */
export interface ArmedFault {
  /** How many calls it has affected. */
  readonly hits: number;
  /** Lets all held requests continue, and disarms it. */
  release(): void;
}

/** A request affected by a fault; `held` settles when it may continue. */
export interface Met {
  readonly fault: Fault;
  readonly held: Promise<unknown>;
}

export interface Faults {
  /** Arms a fault for the next `times` calls (default: all, until released) of a method or "*", in one chat or in all. */
  arm(method: string, fault: Fault, limits?: { times?: number; chat?: number }): ArmedFault;
  /** The oldest armed fault that applies to the call, which counts as used. */
  meet(call: Call): Met | undefined;
}

export function createFaults(): Faults {
  const armed = new Set<{ concerns(call: Call): boolean; meet(): Met }>();
  return {
    arm(method, fault, { times = Number.POSITIVE_INFINITY, chat } = {}) {
      const released = Promise.withResolvers<void>();
      let hits = 0;
      const mine = {
        concerns: (call: Call) =>
          (method === "*" || method === call.method) && (chat === undefined || integer(call.params.chat_id) === chat),
        meet() {
          hits += 1;
          if (hits >= times) armed.delete(mine);
          const until = fault.kind === "hold" && fault.until !== undefined ? [fault.until] : [];
          return { fault, held: Promise.race([released.promise, ...until]).catch(() => undefined) };
        },
      };
      armed.add(mine);
      return {
        get hits() {
          return hits;
        },
        release() {
          armed.delete(mine);
          released.resolve();
        },
      };
    },
    meet: (call) => [...armed].find((fault) => fault.concerns(call))?.meet(),
  };
}
