import { describe, expect, test } from "bun:test";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAria2 } from "../../../../src/downloader/back-ends/aria2.ts";
import { REMOTE_KINDS, type RemoteKinds } from "../../../../src/downloader/back-ends/registry.ts";
import { searchPrograms } from "../../../../src/downloader/back-ends/search.ts";
import { reservePort } from "../../../support/reserved-port.ts";

const kindsAt = (port: number): RemoteKinds => ({
  aria2: {
    roots: ["*"],
    defaultUrl: `http://127.0.0.1:${port}/jsonrpc`,
    settings: [],
    asksFor: "secret",
    create: createAria2,
  },
});

/** A server that gives this answer to every request. */
async function startAnswering(answer: object) {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(Buffer.concat(await Array.fromAsync(request)).toString());
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, bodies, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

describe("searchPrograms()", () => {
  test.each([
    ["answers", { jsonrpc: "2.0", id: "1", result: { version: "1.37.0" } }, true],
    ["asks for a secret", { jsonrpc: "2.0", id: "1", error: { code: 1, message: "Unauthorized" } }, false],
  ])("finds a program that %s, and sends it no secret", async (_, answer, isOpen) => {
    await using program = await startAnswering(answer);
    const url = `http://127.0.0.1:${program.port}/jsonrpc`;
    expect(await searchPrograms(kindsAt(program.port))).toEqual([{ kind: "aria2", name: "aria2", url, isOpen }]);
    expect(program.bodies.join()).not.toContain("token:");
  });

  test("takes no other server for a program", async () => {
    await using program = await startAnswering({ hello: "world" });
    expect(await searchPrograms(kindsAt(program.port))).toEqual([]);
  });

  test.each([
    ["MeTube", 404],
    ["YTPTube", 404],
    ["qBittorrent", 404],
    ["qBittorrent", 200],
    // It answers 403 to those who are to log in.
    ["qBittorrent", 401],
    ["Transmission", 404],
    ["Transmission", 200],
  ] as const)("takes no other page for %s, if it answers everything with %d", async (name, status) => {
    const page = "<!doctype html><title>4.5.2</title>";
    const server = createServer((_, response) => response.writeHead(status).end(page));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const defaultUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const kinds = Object.entries(REMOTE_KINDS).filter(([kind]) => kind === name.toLowerCase());
    expect(kinds).toHaveLength(1);
    const there = Object.fromEntries(kinds.map(([kind, one]) => [kind, { ...one, defaultUrl }]));
    expect(await searchPrograms(there)).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });

  test("finds none where nobody listens", async () => {
    using reserved = reservePort();
    expect(await searchPrograms(kindsAt(reserved.port))).toEqual([]);
  });
});
