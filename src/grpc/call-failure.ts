import { type StatusObject, status } from "@grpc/grpc-js";

/** How a call failed: a gRPC status, and how long the call took. */
export interface CallFailure {
  readonly code: number;
  readonly details: string;
  readonly afterMs?: number;
}

/** How a call ended. */
export type CallEnd<Reply> = { readonly reply: Reply } | { readonly failure: CallFailure };

/** grpc-js's text, with the code of an unknown method: the downloader said that all went well, but sent no complete reply. */
const NO_REPLY = "No message received";

/** Characters that separate the parts of an address, and the same percent-encoded. */
const SEPARATORS = /[#$&+,/:;=?@]/g;
const ESCAPED = /%(?:2[346BCF]|3[ABDF]|40)/gi;

/** How a call failed, according to grpc-js. If only the reply is at fault, the call may still have been carried out. */
export function failureOf({ code, details = "" }: Partial<StatusObject>, afterMs: number): CallFailure {
  // It says neither if the reply is compressed in a way that it does not know.
  if (code === undefined) return { code: status.INTERNAL, details: "The reply cannot be decompressed", afterMs };
  const isUnread = code === status.UNIMPLEMENTED && details === NO_REPLY;
  return { code: isUnread ? status.INTERNAL : code, details: unescaped(details), afterMs };
}

/**
 * A text as its sender wrote it. grpc-js leaves these characters escaped, but Connect for Node escapes all of them, and tonic two. If a
 * text has one of them unescaped as well, its sender does not escape it: then the escaped one belongs to an address within an address,
 * and stays.
 */
function unescaped(text: string): string {
  const asTheyAre = new Set(text.match(SEPARATORS));
  return text.replace(ESCAPED, (escaped) => {
    const character = decodeURIComponent(escaped);
    return asTheyAre.has(character) ? escaped : character;
  });
}
