import { afterEach, beforeEach, expect, test } from "bun:test";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { REMOTE_KINDS } from "../../../src/downloader/back-ends/registry.ts";
import { programsOf } from "../../../src/downloader/programs.ts";
import { reservePort } from "../../support/reserved-port.ts";

const PROXIES = ["http_proxy", "no_proxy", "NO_PROXY"];
let before: [string, string | undefined][];
beforeEach(() => {
  before = PROXIES.map((name) => [name, process.env[name]]);
});
afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

async function startAnswering(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

/** What a search finds if aria2 would be at this port. */
function searched(port: number) {
  const defaultUrl = `http://127.0.0.1:${port}/jsonrpc`;
  return programsOf({ aria2: { ...REMOTE_KINDS.aria2, defaultUrl } }).find();
}

test("find() does not take a proxy of the environment for a program that refuses access", async () => {
  await using proxy = await startAnswering((_, response) => response.writeHead(403).end());
  using reserved = reservePort();
  process.env.http_proxy = `http://127.0.0.1:${proxy.port}`;
  for (const name of ["no_proxy", "NO_PROXY"]) delete process.env[name];
  expect(await searched(reserved.port)).toEqual([]);
});
