import { type StatusObject, status } from "@grpc/grpc-js";

/** How a call failed: a gRPC status, and how long the call took. */
export interface CallFailure {
  readonly code: number;
  readonly details: string;
  readonly afterMs?: number;
}

/** grpc-js, with the code of a method that is not there: the downloader said that all went well, and no whole reply with it. */
const NO_REPLY = "No message received";

/** How a call failed, by what grpc-js says. Where only the reply is at fault, the call may have been carried out all the same. */
export function failureOf({ code, details = "" }: Partial<StatusObject>, afterMs: number): CallFailure {
  // It says neither where the reply is compressed in a way that it does not know.
  if (code === undefined) return { code: status.INTERNAL, details: "The reply cannot be decompressed", afterMs };
  const isUnread = code === status.UNIMPLEMENTED && details === NO_REPLY;
  return { code: isUnread ? status.INTERNAL : code, details, afterMs };
}
