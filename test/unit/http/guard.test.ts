import { describe, expect, test } from "bun:test";
import { hostname } from "node:os";
import type { Handler } from "../../../src/http/answer.ts";
import { createHostCheck, createTokenGuard, onlyFromHere } from "../../../src/http/guard.ts";

const welcome: Handler = () => new Response("welcome");
const from = (address: string) => ({ address, allowMs: () => undefined });
const asking = (authorization?: string) =>
  new Request("http://127.0.0.1/", authorization === undefined ? {} : { headers: { authorization } });

async function status(handler: Handler, request = asking(), address = "127.0.0.1"): Promise<number> {
  return (await handler(request, from(address))).status;
}

describe("createTokenGuard()", () => {
  const guard = createTokenGuard("s3cret");

  test("lets a caller with the token in", async () => {
    expect(await status(guard(welcome), asking("Bearer s3cret"))).toBe(200);
  });

  test.each([undefined, "", "Bearer s3cre"])("turns %p away and asks for a bearer token", async (authorization) => {
    const answer = await guard(welcome)(asking(authorization), from("127.0.0.1"));
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(await answer.text()).not.toContain("s3cret");
  });

  test.each([undefined, "Bearer x"])("turns everyone away while no token is configured: %p", async (authorization) => {
    const answer = await createTokenGuard("")(welcome)(asking(authorization), from("127.0.0.1"));
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("http.token");
  });
});

test.each([
  ["127.0.0.1", 200],
  ["127.3.2.1", 200],
  ["::1", 200],
  ["::ffff:127.0.0.1", 200],
  ["192.168.1.7", 403],
  ["::ffff:192.168.1.7", 403],
  ["fd00::1", 403],
  ["", 403],
])("onlyFromHere() answers a caller at %p with %i", async (address, expected) => {
  expect(await status(onlyFromHere(welcome), asking(), address)).toBe(expected);
});

test.each(["Forwarded", "X-Forwarded-For", "x-real-ip", "Via"])(
  "onlyFromHere() refuses a request that came through a reverse proxy: %s",
  async (header) => {
    const request = new Request("http://127.0.0.1/", { headers: { [header]: "203.0.113.7" } });
    expect(await status(onlyFromHere(welcome), request)).toBe(403);
  },
);

describe("createHostCheck()", () => {
  test.each(["127.0.0.1", "127.0.0.1:9988", "localhost:9988", "LOCALHOST", "bot.localhost", "[::1]:9988", hostname()])(
    "accepts the Host %p on a loopback server",
    (host) => {
      expect(createHostCheck("127.0.0.1")(host)).toBe(true);
    },
  );

  test.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:9988", "10.0.0.1", "", "@", null])(
    "refuses the Host %p on a loopback server",
    (host) => {
      expect(createHostCheck("127.0.0.1")(host)).toBe(false);
      expect(createHostCheck("::1")(host)).toBe(false);
    },
  );

  test.each(["[::ffff:127.0.0.1]:9988", "[0:0:0:0:0:0:0:1]"])("recognises loopback in any spelling: %p", (host) => {
    expect(createHostCheck("127.0.0.1")(host)).toBe(true);
  });

  test.each(["0:0:0:0:0:0:0:1", "::ffff:7f00:1"])("treats a server on %p as one on loopback", (listenHost) => {
    expect(createHostCheck(listenHost)("evil.example")).toBe(false);
    expect(createHostCheck(listenHost)("[::1]:9988")).toBe(true);
  });

  test("accepts any Host on a server that other machines can reach", () => {
    expect(createHostCheck("0.0.0.0")("bot.example.org")).toBe(true);
    expect(createHostCheck("192.168.1.7")(null)).toBe(true);
  });
});
