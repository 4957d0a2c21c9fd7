import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers as aria2 does when asked for its version and its folder, if the secret is right. */
export async function startAria2Answers({ secret, dir }: { readonly secret: string; readonly dir: string }) {
  const server = createServer(async (request, response) => {
    const { method, params } = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString());
    const isKnown = params[0] === `token:${secret}`;
    response.writeHead(isKnown ? 200 : 400, { "content-type": "application/json" });
    const result = method === "aria2.getVersion" ? { version: "1.36.0" } : { dir };
    const answer = isKnown ? { result } : { error: { code: 1, message: "Unauthorized" } };
    response.end(JSON.stringify({ jsonrpc: "2.0", id: "1", ...answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jsonrpc`;
  return { url, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
