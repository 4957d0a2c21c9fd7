import * as v from "valibot";
import { CODE_BYTES } from "../domain/join-code.ts";
import type { JoinAttempt, JoinRefusal } from "../domain/joining.ts";
import { derOf, pemOf } from "./self-signed.ts";

const REFUSALS = ["unknown", "expired", "used", "unfit"] as const satisfies readonly JoinRefusal[];

const bytes = v.custom<Buffer>((value) => Buffer.isBuffer(value));
const joinRequest = v.object({
  // The bot uses it as the name of a file.
  code_id: v.pipe(bytes, v.length(CODE_BYTES.id)),
  secret: bytes,
  certificate: v.pipe(
    bytes,
    v.rawTransform<Buffer, string>(({ dataset, addIssue, NEVER }) => {
      try {
        return pemOf(dataset.value);
      } catch {
        addIssue({ message: "no certificate" });
        return NEVER;
      }
    }),
  ),
  token: v.pipe(v.string(), v.regex(/^[\w-]{16,256}$/)),
});
const joinReply = v.object({ refusal: v.string() });

/** Reads a `dwld_bot.v1.JoinRequest`; undefined for anything that no machine of ours sends. */
export function fromJoinRequest(request: unknown): JoinAttempt | undefined {
  const read = v.safeParse(joinRequest, request);
  if (!read.success) return undefined;
  const { code_id: id, secret, certificate, token } = read.output;
  return { id, secret, certificate, token };
}

export function toJoinRequest({ id, secret, certificate, token }: JoinAttempt): object {
  return { code_id: id, secret, certificate: derOf(certificate), token };
}

export function toJoinReply(refusal: JoinRefusal | undefined): object {
  return { refusal: refusal ?? "" };
}

/** Undefined if the machine has joined; an unknown refusal is `unknown`. */
export function fromJoinReply(reply: unknown): JoinRefusal | undefined {
  const { refusal } = v.parse(joinReply, reply);
  return refusal === "" ? undefined : (REFUSALS.find((known) => known === refusal) ?? "unknown");
}
