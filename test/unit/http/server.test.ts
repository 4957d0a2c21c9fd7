import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { ListenError } from "../../../src/domain/listening.ts";
import { LARGEST_BODY, readJson } from "../../../src/http/body.ts";
import { createPostLinks } from "../../../src/http/post-links.ts";
import { startHttpServer } from "../../../src/http/server.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { until } from "../../support/until.ts";

const LOOPBACK = { host: "127.0.0.1", port: 0 };

function start({ listen = LOOPBACK, bodyMs = WAIT_LIMIT_MS } = {}) {
  const log = createRecordingLog();
  const taken: string[] = [];
  const asked: string[] = [];
  const server = startHttpServer({
    listen,
    routes: {
      "GET /thing": (_request, { address }) => {
        asked.push(address);
        return new Response(`seen from ${address}`);
      },
      "POST /thing": async (request) => {
        const body = await readJson(request, bodyMs);
        return body.ok ? Response.json(body.value) : body.refusal;
      },
      "POST /links": createPostLinks({
        accept: async (entries) => {
          taken.push(...entries.map(({ link }) => link));
          return [];
        },
        bodyMs,
      }),
      "GET /broken": () => {
        throw new Error("the secret inside");
      },
    },
    log,
  });
  return {
    ...server,
    foundation: `http://127.0.0.1:${server.address.port}`,
    port: server.address.port,
    log,
    taken,
    asked,
  };
}

/** Writes bytes to the server; resolves with all that it answers until it ends the connection. */
function raw(port: number, ...pieces: string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  socket.on("error", reject);
  socket.on("close", () => resolve(answer));
  for (const piece of pieces) socket.write(piece);
  return promise;
}

const post = (url: string, body: string, type = "application/json") =>
  fetch(url, { method: "POST", body, headers: { "content-type": type } });

describe("startHttpServer()", () => {
  test("answers GET and HEAD on a known path, and passes the caller's address to the handler", async () => {
    await using server = start();
    const answer = await fetch(`${server.foundation}/thing?x=1`);
    expect(await answer.text()).toBe("seen from 127.0.0.1");
    const head = await fetch(`${server.foundation}/thing`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test.each(["/", "/thing/", "/things", "/constructor", "/Thing"])("answers 404 for %p", async (path) => {
    await using server = start();
    expect((await fetch(server.foundation + path)).status).toBe(404);
  });

  test("answers 405 with the allowed methods", async () => {
    await using server = start();
    const answer = await fetch(`${server.foundation}/thing`, { method: "DELETE" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, POST"]);
  });

  test("closes a connection that pipelines thousands of requests, and keeps answering others", async () => {
    await using server = start();
    const socket = connect(server.port, "127.0.0.1").on("error", () => {});
    const ended = new Promise((resolve) => socket.once("close", resolve));
    socket.resume().write("GET /thing HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(5_000));
    await ended;
    expect(server.asked.length).toBeLessThan(4_000);
    expect((await fetch(`${server.foundation}/thing`)).status).toBe(200);
  });

  test("closes all connections when descriptors are scarce, and listens again after a pause", async () => {
    const world = { isCrowded: false, elapsed: 0 };
    const log = createRecordingLog();
    const watch = { everyMs: 1, isCrowded: () => world.isCrowded, elapsed: () => world.elapsed };
    const routes = { "GET /thing": () => new Response("here") };
    await using server = startHttpServer({ listen: LOOPBACK, routes, log }, watch);
    const { port } = server.address;
    const isOpen = () =>
      fetch(`http://127.0.0.1:${port}/thing`).then(
        ({ ok }) => ok,
        () => false,
      );
    expect(await isOpen()).toBe(true);
    const slow = connect(port, "127.0.0.1").on("error", () => {});
    const isClosed = new Promise((resolve) => slow.once("close", resolve));
    await once(slow, "connect");
    // Without a byte, Bun may leave the connection to the system for a second, and the system does not close it.
    slow.resume().write("GET /thing HTTP/1.1\r\n");
    world.isCrowded = true;
    await isClosed;
    world.isCrowded = false;
    world.elapsed = 29_999;
    expect(await isOpen()).toBe(false);
    world.elapsed = 30_000;
    await until("the server listens again", isOpen);
    expect(log.at("warn")).toEqual(["Too many connections: closing all of them"]);
  });

  test("does not listen again once it is stopped in a pause", async () => {
    const world = { isCrowded: true, looks: 0, elapsed: 0 };
    const elapsed = () => {
      world.looks += 1;
      return world.elapsed;
    };
    const watch = { everyMs: 1, isCrowded: () => world.isCrowded, elapsed };
    const log = createRecordingLog();
    const start = () => startHttpServer({ listen: LOOPBACK, routes: {}, log }, watch);
    const server = start();
    await using _other = start();
    await until("it has warned twice", () => log.at("warn").length > 1);
    world.isCrowded = false;
    await server[Symbol.asyncDispose]();
    world.elapsed = 30_000;
    // Once the other one has ended its pause, this one would have.
    const { looks } = world;
    await until("it has looked once more", () => world.looks > looks);
    await expect(fetch(`http://127.0.0.1:${server.address.port}/`)).rejects.toThrow("ECONNREFUSED");
  });

  test("refuses a foreign host name that resolves to this machine", async () => {
    await using server = start();
    const answer = await raw(server.port, "GET /thing HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    expect(answer).toStartWith("HTTP/1.1 403 ");
  });

  test.each(["name@127.0.0.1", "127.0.0.1/thing?"])("refuses the invalid Host %p", async (host) => {
    await using server = start();
    const answer = await raw(server.port, `GET /thing HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(answer).toStartWith("HTTP/1.1 400 ");
    expect(server.log.lines).toEqual([]);
  });

  test("hides an internal error from the caller, and logs it in full", async () => {
    await using server = start();
    const answer = await fetch(`${server.foundation}/broken`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("secret");
    expect(server.log.at("error")).toEqual(["Cannot answer GET /broken"]);
    expect(String(server.log.lines[0]?.fields?.error)).toContain("the secret inside");
  });

  test("names the address when it cannot listen there", async () => {
    await using server = start();
    const again = () => start({ listen: { ...LOOPBACK, port: server.port } });
    expect(again).toThrow(ListenError);
    expect(again).toThrow(`Cannot listen for HTTP on 127.0.0.1:${server.port}: EADDRINUSE`);
  });
});

describe("readJson()", () => {
  test("reads a body of exactly the largest size, and refuses a larger one", async () => {
    await using server = start();
    const largest = JSON.stringify("x".repeat(LARGEST_BODY - 2));
    expect((await post(`${server.foundation}/thing`, largest)).status).toBe(200);
    expect((await post(`${server.foundation}/thing`, `${largest} `)).status).toBe(413);
  });

  test("refuses a chunked body that grows too large", async () => {
    await using server = start();
    const piece = "x".repeat(64 * 1024);
    const chunk = `${piece.length.toString(16)}\r\n${piece}\r\n`;
    const head = "POST /thing HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(await raw(server.port, head, ...Array(6).fill(chunk))).toStartWith("HTTP/1.1 413 ");
  });

  test("gives up on a body that does not arrive, and serves others meanwhile", async () => {
    await using server = start({ bodyMs: 100 });
    const slow = raw(server.port, "POST /thing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n[1,");
    expect((await fetch(`${server.foundation}/thing`)).status).toBe(200);
    const answer = await slow;
    expect(answer).toStartWith("HTTP/1.1 408 ");
    expect(answer).toContain("The body did not arrive within 0.1 s.");
  });

  test.each(["", "{", "[1,]", "\u0000", "undefined"])("refuses %j, which is not JSON", async (body) => {
    await using server = start();
    const answer = await post(`${server.foundation}/thing`, body);
    expect([answer.status, await answer.json()]).toEqual([400, { error: "The body is not valid JSON." }]);
  });
});

describe("createPostLinks()", () => {
  test.each([
    ["application/json", 200],
    ["application/json; charset=utf-8", 200],
    ["Application/JSON", 200],
    ["application/vnd.api+json", 200],
    ["text/plain", 415],
    ["application/x-www-form-urlencoded", 415],
    ["application/jsonp", 415],
  ])("answers a body of type %p with %i", async (type, status) => {
    await using server = start();
    expect((await post(`${server.foundation}/links`, '{"links":[]}', type)).status).toBe(status);
  });

  test("takes no link of a request in which one is wrong", async () => {
    await using server = start();
    const answer = await post(`${server.foundation}/links`, '{"links":["https://youtube.com/1",{"link":2}]}');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: expect.stringContaining("links[1].link") });
    expect(server.taken).toEqual([]);
  });
});
