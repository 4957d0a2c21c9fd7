import type { Log } from "../domain/log.ts";
import { parseFolderName } from "../domain/user-name.ts";
import { type Handler, refuse } from "./answer.ts";
import { isJson, readJson } from "./body.ts";
import type { AcceptLinks, LinkResult, Manner } from "./links.ts";
import { parseLinksRequest } from "./links-request.ts";

/** `POST /links`: `{"links": […]}` with one result per link, in the order of the request. */
export function createPostLinks(deps: { accept: AcceptLinks; bodyMs: number }): Handler {
  const post = createPost(deps, { anyFolder: false, isDue: false, toReply: (results) => ({ links: results }) });
  return (request, caller) =>
    isJson(request) ? post(request, caller) : refuse(415, "The body must be JSON: content-type: application/json");
}

/**
 * `POST /link`, as in the Go version: returns the array of the request's links that were accepted, whatever the content type. A link that
 * is already in the chat's queue counts as accepted. A folder may have any safe name; otherwise the whole request is refused. Links are due
 * at once (wire.md §4). The array cannot say why a link is missing, so the log does.
 */
export function createPostLink(deps: { accept: AcceptLinks; bodyMs: number; log: Log }): Handler {
  return createPost(deps, {
    anyFolder: true,
    isDue: true,
    toReply: (results) => {
      const reasons = results.flatMap((one) => (isAccepted(one) ? [] : "reason" in one ? one.reason : one.result));
      if (reasons.length > 0) deps.log.warn("Did not accept links in POST /link", { reasons: reasons.join(", ") });
      return [...new Set(results.filter(isAccepted).map(({ link }) => link))];
    },
  });
}

const isAccepted = ({ result }: LinkResult): boolean => result !== "refused" && result !== "lost";

function createPost(
  { accept, bodyMs }: { accept: AcceptLinks; bodyMs: number },
  { toReply, ...manner }: Manner & { toReply: (results: LinkResult[]) => unknown },
): Handler {
  return async (request) => {
    const body = await readJson(request, bodyMs);
    if (!body.ok) return body.refusal;
    const asked = parseLinksRequest(body.value);
    if (!asked.ok) return refuse(400, asked.why);
    const unsafe = asked.entries.findIndex(({ folder }) => folder?.trim() && parseFolderName(folder) === undefined);
    if (manner.anyFolder && unsafe >= 0) return refuse(400, `links[${unsafe}].folder: This cannot be a folder's name.`);
    return Response.json(toReply(await accept(asked.entries, manner)));
  };
}
