import { refuse } from "./answer.ts";

/** The JSON value of a body, or the answer that says why there is none. */
export type Body = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: Response };

/** Largest body that is read, in bytes (reliability.md §5.4). */
export const LARGEST_BODY = 256 * 1024;

/** Whether a request says that its body is JSON. */
export function isJson(request: Request): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(request.headers.get("content-type") ?? "");
}

/** Reads a body that must be there within `limitMs` as a whole, however slowly it drips. */
export async function readJson(request: Request, limitMs: number): Promise<Body> {
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), limitMs);
  try {
    const text = await Promise.race([request.text(), late]);
    if (text === "late") return refused(408, `The body was not here within ${limitMs / 1000} s.`, CLOSE);
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    // Bun answers a body that is too large itself; for one that came in pieces this is read.
    const isTooLarge = error instanceof Error && error.message.includes("maxRequestBodySize");
    return isTooLarge
      ? refused(413, `The body is larger than ${LARGEST_BODY} bytes.`, CLOSE)
      : refused(400, "The body is no JSON.");
  } finally {
    clearTimeout(timer);
  }
}

const CLOSE = { connection: "close" };

function refused(status: number, why: string, headers?: Readonly<Record<string, string>>): Body {
  return { ok: false, refusal: refuse(status, why, headers) };
}
