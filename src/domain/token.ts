import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Whether an `authorization` header says `Bearer <token>`. Takes the same time no matter how much of the token is right, because digests
 * of equal length are compared. While the token is empty, nothing is right.
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

/** Replaces a secret. */
export const STRUCK = "***";

const BOT_TOKEN = /\b\d{6,12}(?::|%3A)[A-Za-z0-9_-]{30,}/gi;
/** Anything that follows `/bot` in a request's URL, however short. */
const IN_URL = /\bbot\d+(?::|%3A)[^\s/?#"'\\]+/gi;

/** Strikes out anything in the form of a Bot API token: for tokens that the redactor has not been told about (reliability.md §5.1). */
export function withoutBotTokens(text: string): string {
  return text.replace(IN_URL, `bot${STRUCK}`).replace(BOT_TOKEN, STRUCK);
}

/** A token as sent in `authorization: Bearer …`; undefined for anything else, on which gRPC would crash. */
export function tokenIn(text: string | undefined): string | undefined {
  return text !== undefined && /^[\x21-\x7e]+$/.test(text) ? text : undefined;
}
