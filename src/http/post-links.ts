import { type Handler, refuse } from "./answer.ts";
import { isJson, readJson } from "./body.ts";
import type { AcceptLinks, LinkResult } from "./links.ts";
import { parseLinksRequest } from "./links-request.ts";

/** `POST /links`: `{"links": […]}` with one result per link, in the order of the request. */
export function createPostLinks(deps: { accept: AcceptLinks; bodyMs: number }): Handler {
  const post = createPost(deps, (results) => ({ links: results }));
  return (request, caller) =>
    isJson(request) ? post(request, caller) : refuse(415, "The body must be JSON: content-type: application/json");
}

/**
 * `POST /link`, as the Go version did: the array of those links of the request that were accepted, whatever the content type
 * says the body is. A link that the chat has in its queue already counts.
 */
export function createPostLink(deps: { accept: AcceptLinks; bodyMs: number }): Handler {
  const isAccepted = ({ result }: LinkResult) => result !== "refused" && result !== "lost";
  return createPost(deps, (results) => [...new Set(results.filter(isAccepted).map(({ link }) => link))]);
}

function createPost(
  { accept, bodyMs }: { accept: AcceptLinks; bodyMs: number },
  toReply: (results: LinkResult[]) => unknown,
): Handler {
  return async (request) => {
    const body = await readJson(request, bodyMs);
    if (!body.ok) return body.refusal;
    const asked = parseLinksRequest(body.value);
    if (!asked.ok) return refuse(400, asked.why);
    return Response.json(toReply(await accept(asked.entries)));
  };
}
