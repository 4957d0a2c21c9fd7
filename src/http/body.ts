import { refuse } from "./answer.ts";

/** The JSON value of a body, or a response that says why there is none. */
export type Body = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: Response };

/** The size in bytes of the largest body that is read (reliability.md §5.4). */
export const LARGEST_BODY = 256 * 1024;

/** Whether the request's content type is JSON. */
export function isJson(request: Request): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(request.headers.get("content-type") ?? "");
}

/** Reads a body, which must be complete within `limitMs`, however slowly it arrives. */
export async function readJson(request: Request, limitMs: number): Promise<Body> {
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), limitMs);
  try {
    const text = await Promise.race([request.text(), late]);
    if (text === "late") return refused(408, `The body did not arrive within ${limitMs / 1000} s.`, CLOSE);
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    // Bun itself refuses a body whose declared length is too large; reading one that comes in chunks fails with this.
    const isTooLarge = error instanceof Error && error.message.includes("maxRequestBodySize");
    return isTooLarge
      ? refused(413, `The body is larger than ${LARGEST_BODY} bytes.`, CLOSE)
      : refused(400, "The body is not valid JSON.");
  } finally {
    clearTimeout(timer);
  }
}

const CLOSE = { connection: "close" };

function refused(status: number, why: string, headers?: Readonly<Record<string, string>>): Body {
  return { ok: false, refusal: refuse(status, why, headers) };
}
