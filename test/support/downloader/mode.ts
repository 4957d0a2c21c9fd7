import { status } from "@grpc/grpc-js";

/** An error as a downloader answers it. */
export interface Failure {
  readonly code: status;
  readonly details: string;
}

/** wire.md §2.2: what the Go downloader says about a link in its own list. */
export const ALREADY_QUEUED: Failure = {
  code: status.UNKNOWN,
  details: "SetToQueue: SetToQueue: insert new link: query (exec): UNIQUE constraint failed: links.link",
};

const REFUSALS = {
  already: { code: status.ALREADY_EXISTS, details: "the link is already there" },
  unique: ALREADY_QUEUED,
  unique_older: { ...ALREADY_QUEUED, details: ALREADY_QUEUED.details.replace("query (exec)", "query") },
  unimplemented: { code: status.UNIMPLEMENTED, details: "The server does not implement this method" },
  unauthenticated: { code: status.UNAUTHENTICATED, details: "who are you?" },
} as const satisfies Record<string, Failure>;

/**
 * How a method behaves. A failure, or the name of one, is returned without doing anything. `hang`: never answers. `hang_after_accept`: the
 * same, but has the link. `slow`: accepts, and answers once it is released. `crash_after_accept`: has the link, drops every connection and
 * is down. `drop_after_accept`: the same, but is up again at once. `huge`: accepts, and answers with more than 4 MiB.
 */
export type Mode =
  | "ok"
  | "slow"
  | "hang"
  | `${"hang" | "crash" | "drop"}_after_accept`
  | "huge"
  | keyof typeof REFUSALS
  | Failure;

/** The failure that a mode stands for; undefined when it does something else. */
export function refusalOf(mode: Mode): Failure | undefined {
  if (typeof mode === "object") return mode;
  return isRefusal(mode) ? REFUSALS[mode] : undefined;
}

function isRefusal(mode: string): mode is keyof typeof REFUSALS {
  return Object.hasOwn(REFUSALS, mode);
}
