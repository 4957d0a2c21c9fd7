import { describe, expect, test } from "bun:test";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { createRequest, whySilent } from "../../../../src/downloader/back-ends/request.ts";

const { signal } = new AbortController();

/** A program at an address with a path of its own. */
function serving(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  return { base: new URL("/prefix", server.url), [Symbol.asyncDispose]: () => server.stop(true) };
}

const failureOf = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error) => {
      if (!(error instanceof RemoteUnreachable)) return error;
      const { detail, isHarmless, isAway } = error;
      return { detail, isHarmless, isAway };
    },
  );

describe("createRequest()", () => {
  test("asks below the address, with the headers of the program and of the request", async () => {
    const seen: string[] = [];
    await using program = serving((request) => {
      seen.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get("apikey")}`);
      return new Response("{}", { status: 404 });
    });
    const ask = createRequest({ base: program.base, headers: { apikey: "k" } });
    expect(await ask("/api/add?a=1", { method: "POST", body: "{}", signal })).toMatchObject({
      status: 404,
      text: "{}",
    });
    expect(seen).toEqual(["POST /prefix/api/add k"]);
  });

  test.each([
    [401, true, false],
    [403, true, false],
    [408, true, false],
    [425, true, false],
    [429, true, false],
    [302, false, false],
    [500, false, false],
    [502, false, true],
    [503, false, true],
    [504, false, false],
  ])("HTTP %d is no answer; harmless: %p; nobody is there: %p", async (status, isHarmless, isAway) => {
    await using program = serving(() => new Response("", { status, headers: { location: "/login" } }));
    const failure = await failureOf(createRequest(program)("", { signal }));
    expect(failure).toEqual({ detail: `HTTP ${status}`, isHarmless, isAway });
  });

  test.each([
    [500, true],
    [302, false],
    [429, false],
    [502, false],
    [503, false],
    // A proxy, or a network of them such as Cloudflare's, has stopped waiting for the program.
    [504, false],
    [524, false],
  ])("after HTTP %d the program has ended the call: %p", async (status, isOver) => {
    await using program = serving(() => new Response("", { status }));
    const error = await createRequest(program)("", { signal }).catch((error: unknown) => error);
    expect(error).toMatchObject({ isOver });
  });

  test("a program that is asked too often does not ask for a password", async () => {
    await using program = serving(() => new Response("", { status: 429 }));
    const error = await createRequest(program)("", { signal }).catch((error: unknown) => error);
    expect(error instanceof RemoteUnreachable && whySilent(error)).toBe("other");
  });

  test("a refused connection is harmless: nobody can have understood the request", async () => {
    const program = serving(() => new Response(""));
    await program[Symbol.asyncDispose]();
    expect(await failureOf(createRequest(program)("", { signal }))).toMatchObject({ isHarmless: true, isAway: true });
  });

  test("a program that does not answer in time may have understood the request", async () => {
    await using program = serving(() => Promise.withResolvers<Response>().promise);
    expect(await failureOf(createRequest({ ...program, deadlineMs: 1 })("", { signal }))).toEqual({
      detail: "no answer within 1 ms",
      isHarmless: false,
      isAway: false,
    });
  });

  test("an endless answer is read only up to a limit", async () => {
    const part = new Uint8Array(2 ** 20).fill(32);
    let sent = 0;
    const pull = (of: ReadableStreamDefaultController) => {
      sent += 1;
      of.enqueue(part);
    };
    await using program = serving(() => new Response(new ReadableStream({ pull })));
    expect(await failureOf(createRequest(program)("", { signal }))).toEqual({
      detail: "too long an answer",
      isHarmless: false,
      isAway: false,
    });
    expect(sent).toBeLessThan(200);
  });

  test("a request ends with its signal", async () => {
    await using program = serving(() => Promise.withResolvers<Response>().promise);
    const stop = new AbortController();
    const asked = failureOf(createRequest(program)("", { signal: stop.signal }));
    stop.abort();
    expect(await asked).toMatchObject({ isHarmless: false });
  });
});
