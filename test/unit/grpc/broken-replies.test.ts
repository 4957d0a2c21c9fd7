import { describe, expect, test } from "bun:test";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { Target, Unusable } from "../../../src/domain/downloader.ts";
import { createDownloaderClient } from "../../../src/grpc/downloader-client.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const SUBMISSION = { url: "https://a.example/1", userName: "[anna] films", maxQuality: 1080 };
const EMPTY = Buffer.alloc(5);
const COMPRESSED = Buffer.from([1, 0, 0, 0, 3, 1, 2, 3]);
const FIVE_MIB = Buffer.alloc(5 + 5 * 1024 * 1024).fill(Buffer.from([0, 0, 0x50, 0, 0]), 0, 5);
const CUT_OFF = Buffer.from([0, 0, 0, 0, 30, 1, 2, 3]);

/** A downloader that sends these bytes and headers with status OK, as no gRPC library would. */
async function startRaw(body: Buffer, headers: Readonly<Record<string, string>> = {}) {
  const server = createServer();
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", () => {});
    stream.resume();
    stream.on("end", () => {
      stream.respond({ ":status": 200, "content-type": "application/grpc", ...headers }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(body);
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const target: Target = { name: "nas", host: "127.0.0.1", port: address.port };
  const problems: (Unusable | undefined)[] = [];
  const client = createDownloaderClient({
    deadlineMs: WAIT_LIMIT_MS,
    log: createRecordingLog(),
    onExchange: () => {},
    onAnswer: (_name, _method, problem) => void problems.push(problem),
  });
  return {
    client,
    target,
    /** The reasons for which it was found unusable. */
    problems: () => problems.filter((problem) => problem !== undefined),
    async [Symbol.asyncDispose]() {
      await client.close();
      server.close();
    },
  };
}

describe("a downloader that took the link, and whose reply cannot be read,", () => {
  test.each([
    ["is compressed in an unknown way", COMPRESSED, { "grpc-encoding": "zstd" }, "INTERNAL"],
    ["is not what it is said to be compressed with", COMPRESSED, { "grpc-encoding": "gzip" }, "INTERNAL"],
    ["is not a list", FIVE_MIB, {}, "its reply to Queue cannot be read"],
  ])("has it: the reply %s", async (_what, body, headers, trouble) => {
    await using raw = await startRaw(body, headers);
    expect(await raw.client.submit(raw.target, SUBMISSION)).toEqual({ kind: "accepted" });
    expect(await raw.client.queue(raw.target).catch(String)).toContain(trouble);
    expect(raw.problems()).toEqual([]);
  });

  test.each([
    ["is cut off", CUT_OFF, {}],
    ["is not there", Buffer.alloc(0), {}],
  ])("may have it: the reply %s", async (_what, body, headers) => {
    await using raw = await startRaw(body, headers);
    expect(await raw.client.submit(raw.target, SUBMISSION)).toMatchObject({
      kind: "unknown",
      detail: expect.stringContaining("INTERNAL after"),
    });
    expect(raw.problems()).toEqual([]);
    expect(await raw.client.queue(raw.target).catch(String)).toContain('Cannot reach "nas": INTERNAL after');
    expect(raw.problems()).toEqual([]);
  });
});

test("an empty reply is valid", async () => {
  await using raw = await startRaw(EMPTY);
  expect(await raw.client.submit(raw.target, SUBMISSION)).toEqual({ kind: "accepted" });
  expect(await raw.client.queue(raw.target)).toEqual([]);
});
