import { describe, expect, test } from "bun:test";
import { constants } from "node:http2";
import type { Exchange, Target } from "../../../src/domain/downloader.ts";
import { createDownloaderClient } from "../../../src/grpc/downloader-client.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { startFrameServer } from "./frames.ts";

const submission = (number: number) => ({ url: `https://a.example/${number}`, userName: "[anna]", maxQuality: 1080 });

async function startRig(handle: Parameters<typeof startFrameServer>[0]) {
  const server = await startFrameServer(handle);
  const target: Target = { name: "nas", host: "127.0.0.1", port: server.port };
  const exchanges: Exchange[] = [];
  const client = createDownloaderClient({
    deadlineMs: WAIT_LIMIT_MS,
    log: createRecordingLog(),
    onExchange: (_name, exchange) => void exchanges.push(exchange),
  });
  return {
    submit: (number = 1) => client.submit(target, submission(number)),
    exchanges,
    seen: server.seen,
    async [Symbol.asyncDispose]() {
      await client.close();
      server[Symbol.dispose]();
    },
  };
}

describe("a call that HTTP/2 says was not looked at", () => {
  test("is made again at once", async () => {
    await using rig = await startRig((server, { stream, before }) => {
      if (before === 0) server.reset(stream, constants.NGHTTP2_REFUSED_STREAM);
      else server.answer(stream);
    });
    expect(await rig.submit()).toEqual({ kind: "accepted" });
    expect(rig.exchanges).toEqual(["answered"]);
    expect(rig.seen()).toEqual({ requests: 2, connections: 1 });
  });

  test("is made again over another connection if this one takes no more", async () => {
    await using rig = await startRig((server, { stream, before }) => {
      // As nginx does after `keepalive_requests`.
      if (before === 0) server.goAway(0, constants.NGHTTP2_NO_ERROR);
      else server.answer(stream);
    });
    expect(await rig.submit()).toEqual({ kind: "accepted" });
    expect(rig.exchanges).toEqual(["answered"]);
    expect(rig.seen()).toEqual({ requests: 2, connections: 2 });
  });

  test("is made again only once", async () => {
    await using rig = await startRig((server, { stream }) => server.reset(stream, constants.NGHTTP2_REFUSED_STREAM));
    expect(await rig.submit()).toMatchObject({ kind: "unknown", detail: expect.stringContaining("refused") });
    expect(rig.exchanges).toEqual(["unanswered"]);
    expect(rig.seen().requests).toBe(2);
  });
});

describe("a call that may have been carried out is not made again:", () => {
  test("one that was lost with its connection", async () => {
    await using rig = await startRig((server) => server.drop());
    expect(await rig.submit()).toMatchObject({ kind: "unknown" });
    expect(rig.seen().requests).toBe(1);
  });

  test("one before the last that a closing connection took", async () => {
    await using rig = await startRig((server, { stream, before }) => {
      if (before === 0) return;
      server.goAway(stream, constants.NGHTTP2_NO_ERROR);
      server.drop();
    });
    expect(await Promise.all([rig.submit(1), rig.submit(2)])).toMatchObject([{ kind: "unknown" }, { kind: "unknown" }]);
    expect(rig.seen().requests).toBe(2);
  });

  test.each([
    ["a connection that is too busy", constants.NGHTTP2_ENHANCE_YOUR_CALM],
    ["an error of the connection", constants.NGHTTP2_INTERNAL_ERROR],
  ])("those that %s took with it", async (_what, code) => {
    await using rig = await startRig((server, { stream, before }) => {
      if (before === 1) server.goAway(stream, code);
      else if (before > 1) server.answer(stream);
    });
    expect(await Promise.all([rig.submit(1), rig.submit(2)])).toMatchObject([{ kind: "unknown" }, { kind: "unknown" }]);
    expect(rig.seen().requests).toBe(2);
  });
});
