import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { findingsOnProgram } from "../../../../src/commands/program-findings.ts";
import { createAria2 } from "../../../../src/downloader/back-ends/aria2.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { whySilent } from "../../../../src/downloader/back-ends/request.ts";
import { type Authority, createAuthority, hasOpenssl, type Issued } from "../../../support/authority.ts";

const { signal } = new AbortController();

describe.skipIf(!hasOpenssl)("a program over HTTPS", () => {
  let authority: Authority;
  beforeAll(() => {
    authority = createAuthority();
  });
  afterAll(() => authority[Symbol.dispose]());

  function serving({ cert, key }: Issued) {
    const calls: string[] = [];
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      tls: { cert, key },
      async fetch(request) {
        const { method } = (await request.json()) as { method: string };
        calls.push(method);
        const result = method === "aria2.getVersion" ? { version: "1.37.0" } : { dir: "/" };
        return Response.json({ jsonrpc: "2.0", id: "1", result });
      },
    });
    const url = new URL("/jsonrpc", server.url);
    return { url, calls, [Symbol.asyncDispose]: () => server.stop(true) };
  }

  const issued = {
    "of an authority that is unknown here": () => authority.issue("unknown", "/CN=nas", "-addext", NAMES),
    "that has signed itself": () => authority.itself,
    "that has expired": () => authority.issueExpired("expired", "/CN=nas"),
  };

  test.each(Object.entries(issued))(
    "with a certificate %s gets no link, and the advice names what to set",
    async (_, issue) => {
      await using program = serving(issue());
      const remote = createAria2({ url: program.url, user: undefined, secret: "s", dir: "/", settings: new Map() });
      const wanted = { key: "00000000000000aa", link: "http://a.example/1", folder: "ann", maxQuality: 720 };
      const error = await remote.submit(wanted, signal).catch((error) => error);
      expect(error).toBeInstanceOf(RemoteUnreachable);
      expect(error).toMatchObject({ isHarmless: true });
      expect(program.calls).toEqual([]);
      const { detail } = error as RemoteUnreachable;
      const silent = { kind: "silent", why: whySilent(error), name: "aria2", detail, url: program.url.href } as const;
      const keys = { url: "--backend-url", user: "", secret: "" };
      for (const language of ["en", "ru"] as const) {
        const [verdict] = findingsOnProgram(silent, { keys, language });
        expect(verdict).toMatchObject({ area: "program", advice: expect.stringContaining("NODE_EXTRA_CA_CERTS") });
      }
    },
  );

  test("with a certificate of an own authority is accepted when that authority is trusted", async () => {
    await using program = serving(authority.issue("nas", "/CN=nas", "-addext", NAMES));
    const options = ["--dir", ".", "--backend", "aria2", "--backend-url", program.url.href];
    const check = Bun.spawn([process.execPath, "src/main.ts", "downloader", "--check", ...options], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: authority.caFile },
      stdout: "pipe",
      stderr: "ignore",
    });
    expect(await new Response(check.stdout).text()).toContain("aria2 1.37.0 answers at https://127.0.0.1:");
  });
});

const NAMES = "subjectAltName=IP:127.0.0.1";
