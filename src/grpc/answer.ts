import { type handleUnaryCall, type ServerUnaryCall, status } from "@grpc/grpc-js";
import type { Log } from "../domain/log.ts";

/** A status with a sentence for the caller. */
export interface RefusedCall {
  readonly ok: false;
  readonly code: number;
  readonly details: string;
}

/** What a unary method replies. */
export type UnaryReply = { readonly ok: true; readonly reply: object } | RefusedCall;

/**
 * A handler that always answers: grpc-js leaves the client hanging if an async one throws. Errors are logged, and the caller is told
 * INTERNAL without their text.
 */
export function answering<Request>(
  handle: (call: ServerUnaryCall<Request, object>) => UnaryReply | Promise<UnaryReply>,
  log: Log,
): handleUnaryCall<Request, object> {
  return async (call, callback) => {
    try {
      const answer = await handle(call);
      if (answer.ok) callback(null, answer.reply);
      else callback({ code: answer.code, details: answer.details });
    } catch (error) {
      log.error(`Cannot answer ${call.getPath()}`, { error });
      callback({ code: status.INTERNAL, details: "This could not be done; the log says why" });
    }
  };
}
