import { join } from "node:path";

/**
 * Serves a folder on a port of its own, and records the requested paths. `/near` and `/away` redirect to the same files: by a path,
 * and by a full address without https.
 */
export function serve(folder: string) {
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request): Promise<Response> {
      const { pathname, origin } = new URL(request.url);
      asked.push(pathname);
      const [, start, rest] = /^\/(near|away)(\/.*)$/.exec(pathname) ?? [];
      if (rest !== undefined) return redirect(start === "near" ? rest : `${origin}${rest}`);
      const file = Bun.file(join(folder, pathname));
      return (await file.exists()) ? new Response(file) : new Response("no", { status: 404 });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, asked, [Symbol.asyncDispose]: () => server.stop(true) };
}

const redirect = (location: string) => new Response(null, { status: 302, headers: { location } });
