import * as v from "valibot";

/** reliability.md §5.4. */
export const MOST_LINKS = 100;

const entry = v.strictObject({
  link: v.string(),
  folder: v.nullish(v.string()),
  quality: v.nullish(v.union([v.string(), v.number()])),
  chat: v.nullish(v.pipe(v.number(), v.safeInteger())),
});

/** One link as requested; whatever is missing comes from the chat's settings. */
export type LinkEntry = v.InferOutput<typeof entry>;

const requestSchema = v.pipe(
  v.array(entry),
  v.maxLength(MOST_LINKS, ({ received }) => `There are ${received}, more than ${MOST_LINKS}`),
);

/** `why` is a sentence that names the place in the body. */
export type LinksRequest =
  | { readonly ok: true; readonly entries: readonly LinkEntry[] }
  | { readonly ok: false; readonly why: string };

/**
 * Reads `{"links": […]}`, `[…]` or a single link; each link is a string or `{"link": …, "folder"?, "quality"?, "chat"?}`. Each of these
 * forms has been accepted by some version of the bot.
 */
export function parseLinksRequest(body: unknown): LinksRequest {
  const isWrapped = typeof body === "object" && body !== null && "links" in body;
  const list: unknown = isWrapped ? body.links : Array.isArray(body) ? body : [body];
  const entries = Array.isArray(list) ? list.map((one) => (typeof one === "string" ? { link: one } : one)) : list;
  const parsed = v.safeParse(requestSchema, entries, { abortEarly: true });
  if (parsed.success) return { ok: true, entries: parsed.output };
  const [issue] = parsed.issues;
  const place = issue.path?.reduce(
    (path, { key }) => (typeof key === "number" ? `${path}[${key}]` : `${path}.${String(key)}`),
    "links",
  );
  return { ok: false, why: `${place ?? "links"}: ${issue.message}.` };
}
