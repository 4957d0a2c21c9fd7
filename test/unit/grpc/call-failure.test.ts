import { describe, expect, test } from "bun:test";
import { createServer, type ServerHttp2Stream } from "node:http2";
import { status } from "@grpc/grpc-js";
import { createDownloaderClient } from "../../../src/grpc/downloader-client.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

/** A downloader that refuses everything, with this as `grpc-message`. */
async function startRefusing(message: string) {
  const server = createServer();
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", () => {});
    stream.resume();
    const trailers = { "grpc-status": status.FAILED_PRECONDITION, "grpc-message": message };
    stream.on("end", () =>
      stream.respond({ ":status": 200, "content-type": "application/grpc", ...trailers }, { endStream: true }),
    );
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const client = createDownloaderClient({
    deadlineMs: WAIT_LIMIT_MS,
    log: createRecordingLog(),
    onExchange: () => {},
  });
  return {
    says: () =>
      client
        .submit(
          { name: "nas", host: "127.0.0.1", port: address.port },
          { url: "https://a.example/1", userName: "[anna]", maxQuality: 1080 },
        )
        .then((outcome) => (outcome.kind === "refused" ? outcome.says : outcome.kind)),
    async [Symbol.asyncDispose]() {
      await client.close();
      server.close();
    },
  };
}

describe("what a downloader says about a link is read as it was written", () => {
  const TEXT = "Сайт не отвечает (100 %): https://a.example/watch?v=1&t=2;3#x, user@host +$";
  test.each([
    // gRPC over HTTP/2: only what is not printable ASCII, and the percent sign.
    ["the specification", TEXT.replace(/[^ -~]|%/gu, encodeURIComponent)],
    ["Connect for Node", encodeURIComponent(TEXT)],
    ["tonic", TEXT.replace(/[^!-~]|[%"#<>`?{}]/gu, encodeURIComponent)],
  ])("if it is escaped as by %s", async (_, escaped) => {
    await using nas = await startRefusing(escaped);
    expect(await nas.says()).toBe(TEXT);
  });

  test("if it quotes an address that contains another", async () => {
    const text = "Cannot open https://a.example/?to=https%3A%2F%2Fb.example%2F";
    await using nas = await startRefusing(text.replaceAll("%", "%25"));
    expect(await nas.says()).toBe(text);
  });
});
