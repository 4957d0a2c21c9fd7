import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Whether an `authorization` header says `Bearer <token>`; takes the same time however much of the token is right, because
 * digests of one length are compared. Nothing is right while the token is empty.
 */
export function createBearerCheck(token: string): (header: string | null | undefined) => boolean {
  const expected = digest(token);
  return (header) => {
    const given = /^bearer +(.+)$/i.exec(header ?? "")?.[1] ?? "";
    return timingSafeEqual(digest(given), expected) && token !== "";
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** What stands where a secret was. */
export const STRUCK = "***";

const BOT_TOKEN = /\b\d{6,12}(?::|%3A)[A-Za-z0-9_-]{30,}/gi;
/** Whatever follows `/bot` in a request's URL, however short. */
const IN_URL = /\bbot\d+(?::|%3A)[^\s/?#"'\\]+/gi;

/** Strikes out what has the form of a Bot API token: for tokens that nobody has announced (reliability.md §5.1). */
export function withoutBotTokens(text: string): string {
  return text.replace(IN_URL, `bot${STRUCK}`).replace(BOT_TOKEN, STRUCK);
}

/** A token as it travels in `authorization: Bearer …`; undefined for anything else, which gRPC would die of. */
export function tokenIn(text: string | undefined): string | undefined {
  return text !== undefined && /^[\x21-\x7e]+$/.test(text) ? text : undefined;
}
