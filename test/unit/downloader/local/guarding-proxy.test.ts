import { expect, test } from "bun:test";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { createGuard } from "../../../../src/downloader/local/guard.ts";
import { startGuardingProxy } from "../../../../src/downloader/local/guarding-proxy.ts";

test("a connection whose client leaves before it is established is closed", async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: found, resolve: find } = Promise.withResolvers<readonly { address: string }[]>();
  const lookup = () => {
    ask();
    return found;
  };
  await using proxy = await startGuardingProxy(createGuard({ isForbidden: () => false, lookup }));
  const { promise: called, resolve: call } = Promise.withResolvers<Socket>();
  const site = createServer((socket) => call(socket.resume()));
  using cleanup = new DisposableStack();
  cleanup.defer(() => site.close());
  await once(site.listen(0, "127.0.0.1"), "listening");
  const address = site.address();
  const port = typeof address === "object" ? address?.port : 0;

  const client = connect(Number(new URL(proxy.url).port), "127.0.0.1");
  client.write(`CONNECT films.example:${port} HTTP/1.1\r\n\r\n`);
  await asked;
  client.resetAndDestroy();
  await once(client, "close");
  find([{ address: "127.0.0.1" }]);
  const remote = await called;
  if (!remote.destroyed) await once(remote, "close");
  expect(remote.destroyed).toBe(true);
});
