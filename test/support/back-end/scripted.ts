import { createAria2 } from "../../../src/downloader/back-ends/aria2.ts";
import { createQbittorrent } from "../../../src/downloader/back-ends/qbittorrent.ts";

const of = (url: URL) => ({
  url,
  user: undefined,
  secret: undefined,
  dir: "/films",
  settings: new Map<string, string>(),
});

interface Call {
  readonly method: string;
  readonly params: readonly unknown[];
}

/**
 * An aria2 that reports for each gid what the test says, or that it does not have it (undefined), and records calls. Nothing progresses.
 */
export function startAria2Telling(status: (gid: string) => unknown) {
  const calls: Call[] = [];
  const asked: string[] = [];
  const one = ({ method, params }: Call): unknown => {
    calls.push({ method, params });
    const [gid] = params;
    if (method !== "aria2.tellStatus") return [typeof gid === "string" ? gid : "a gid"];
    const told = status(String(gid));
    return told === undefined ? { code: 1, message: `GID ${gid} is not found` } : [told];
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { id, method, params } = (await request.json()) as { id: string; method: string; params: unknown[] };
      asked.push(method);
      const many = params[0] as { methodName: string; params: unknown[] }[];
      const results: Readonly<Record<string, () => unknown>> = {
        "aria2.getSessionInfo": () => ({ sessionId: "a session" }),
        "aria2.tellActive": () => [],
        "aria2.tellWaiting": () => [],
        "system.multicall": () => many.map(({ methodName, params }) => one({ method: methodName, params })),
      };
      const result = results[method]?.() ?? ([one({ method, params })].flat() as unknown[])[0];
      return Response.json({ jsonrpc: "2.0", id, result });
    },
  });
  const remote = createAria2(of(new URL("/jsonrpc", server.url)));
  /** `asked`: the methods of its requests; a multicall counts as one. */
  return { remote, calls, asked, [Symbol.asyncDispose]: () => server.stop(true) };
}

/** A qBittorrent 4 without a login that has these torrents, and records the forms that it was sent, in order. */
export function startQbittorrentTelling(torrents: readonly unknown[]) {
  const posts: { readonly path: string; readonly form: Readonly<Record<string, string>> }[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const path = new URL(request.url).pathname.replace("/api/v2/", "");
      if (request.method === "POST") {
        posts.push({ path, form: Object.fromEntries(new URLSearchParams(await request.text())) });
        return new Response("Ok.");
      }
      if (path === "torrents/info") return Response.json(torrents);
      if (path === "log/main") return Response.json([{ id: 0, message: "qBittorrent v4.6.0 started", timestamp: 1 }]);
      return new Response("Not Found", { status: 404 });
    },
  });
  const remote = createQbittorrent(of(new URL(server.url)));
  return { remote, posts, [Symbol.asyncDispose]: () => server.stop(true) };
}
