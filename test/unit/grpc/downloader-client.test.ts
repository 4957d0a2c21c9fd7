import { describe, expect, test } from "bun:test";
import { connect, createServer, type Socket } from "node:net";
import { status } from "@grpc/grpc-js";
import { DownloaderUnreachable, type Exchange, type Target } from "../../../src/domain/downloader.ts";
import { createDownloaderClient, type DownloaderClientOptions } from "../../../src/grpc/downloader-client.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { reservePort } from "../../support/reserved-port.ts";
import { fails, type Handler, hangs, replies, startPeer } from "./peer.ts";

const SUBMISSION = { url: "https://a.example/1", userName: "[anna] films", maxQuality: 1080 };
/** Only the tests about deadlines wait for their deadline. */
const SHORT_MS = 300;

function startClient(options: Partial<DownloaderClientOptions> = {}) {
  const exchanges: [string, Exchange][] = [];
  const log = createRecordingLog();
  const onExchange = (name: string, exchange: Exchange) => void exchanges.push([name, exchange]);
  const client = createDownloaderClient({ deadlineMs: WAIT_LIMIT_MS, log, onExchange, ...options });
  return { client, exchanges, log, [Symbol.asyncDispose]: client.close };
}

/** A TCP server that does this with every connection. */
async function startTcp(onConnection: (socket: Socket) => void): Promise<Target & AsyncDisposable> {
  const server = createServer((socket) => onConnection(socket.on("error", () => {})));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    name: "nas",
    host: "127.0.0.1",
    port: address.port,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

describe("submit()", () => {
  test("sends the link, the folder and the quality, and is accepted", async () => {
    const requests: object[] = [];
    const accept: Handler = (call, callback) => {
      requests.push(call.request);
      callback(null, { tasks: [] });
    };
    using peer = await startPeer({ SetToQueue: accept });
    await using started = startClient();
    const outcome = await started.client.submit(peer.target, SUBMISSION);
    expect(outcome).toEqual({ kind: "accepted" });
    expect(requests).toMatchObject([
      { link: SUBMISSION.url, user_name: SUBMISSION.userName, max_quality: SUBMISSION.maxQuality },
    ]);
    expect(started.exchanges).toEqual([["nas", "answered"]]);
  });

  test("takes the existing downloader's UNIQUE text as already there", async () => {
    using peer = await startPeer({
      SetToQueue: fails(status.UNKNOWN, "SetToQueue: insert: query: UNIQUE constraint failed: links.link"),
    });
    await using started = startClient();
    expect(await started.client.submit(peer.target, SUBMISSION)).toEqual({ kind: "accepted" });
    expect(started.exchanges).toEqual([["nas", "answered"]]);
  });

  test("is refused by an application error, which still counts as an answer", async () => {
    using peer = await startPeer({ SetToQueue: fails(status.UNKNOWN, "empty link") });
    await using started = startClient();
    const outcome = await started.client.submit(peer.target, SUBMISSION);
    expect(outcome).toMatchObject({
      kind: "refused",
      detail: expect.stringMatching(/^UNKNOWN after \d+ ms: empty link$/),
      says: "empty link",
    });
    expect(started.exchanges).toEqual([["nas", "answered"]]);
  });

  test("finds a server without the method incompatible", async () => {
    using peer = await startPeer({});
    await using started = startClient();
    expect(await started.client.submit(peer.target, SUBMISSION)).toMatchObject({ kind: "incompatible" });
  });

  test.each(["127.0.0.1", "::1", "nas.invalid"])("was never sent to %s, where nobody listens", async (host) => {
    using nowhere = reservePort();
    await using started = startClient();
    const outcome = await started.client.submit({ name: "nas", host, port: nowhere.port }, SUBMISSION);
    expect(outcome).toMatchObject({ kind: "never_sent", detail: expect.stringContaining("UNAVAILABLE after") });
    expect(started.exchanges).toEqual([["nas", "unconnected"]]);
  });

  test("was never sent to a server that speaks HTTP/1", async () => {
    await using tcp = await startTcp((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await using started = startClient();
    expect(await started.client.submit(tcp, SUBMISSION)).toMatchObject({ kind: "never_sent" });
  });

  test("was never sent to a server that accepts the connection and says nothing", async () => {
    await using tcp = await startTcp(() => {});
    await using started = startClient({ deadlineMs: SHORT_MS });
    expect(await started.client.submit(tcp, SUBMISSION)).toMatchObject({
      kind: "never_sent",
      detail: expect.stringContaining("DEADLINE_EXCEEDED after"),
    });
    expect(started.exchanges).toEqual([["nas", "unconnected"]]);
  });

  test("does not know about a server that hangs, and calls it over a fresh connection next time", async () => {
    // A busy machine may not connect within a short deadline; then it gets a longer one.
    for (let deadlineMs = SHORT_MS; ; deadlineMs *= 2) {
      using peer = await startPeer({ SetToQueue: hangs().handler, Healtheck: replies({ message: "fine" }) });
      await using started = startClient({ deadlineMs });
      const outcome = await started.client.submit(peer.target, SUBMISSION);
      if (peer.connections.length === 0) continue;
      expect(outcome).toMatchObject({ kind: "unknown" });
      const answer = await started.client.health(peer.target).catch(() => "late");
      if (answer === "late") continue;
      expect(answer).toBe("fine");
      expect(started.exchanges).toEqual([
        ["nas", "unanswered"],
        ["nas", "answered"],
      ]);
      const [first, second] = peer.connections;
      expect(second).not.toBe(first);
      return;
    }
  });

  test("does not know about a server that dies while it handles the link", async () => {
    const { handler, reached } = hangs();
    using peer = await startPeer({ SetToQueue: handler });
    await using started = startClient();
    const outcome = started.client.submit(peer.target, SUBMISSION);
    await reached;
    peer.kill();
    expect(await outcome).toMatchObject({ kind: "unknown" });
  });

  test("is accepted by a server that replies with a long history", async () => {
    const tasks = Array.from({ length: 40_000 }, (_, n) => ({ link: `https://a.example/${n}`, name: "x".repeat(100) }));
    using peer = await startPeer({ SetToQueue: replies({ tasks }) });
    await using started = startClient();
    expect(await started.client.submit(peer.target, SUBMISSION)).toMatchObject({ kind: "accepted" });
  });

  test("sends links one after another to a server that takes one call at a time, and loses none", async () => {
    let [away, isBusy] = [0, false];
    const turnedAway = Promise.withResolvers<void>();
    const taken: unknown[] = [];
    const handler: Handler = async (call, callback) => {
      if (isBusy) {
        away += 1;
        if (away === 7) turnedAway.resolve();
        return fails(status.RESOURCE_EXHAUSTED, "Concurrent RPC limit exceeded!")(call, callback);
      }
      isBusy = true;
      await turnedAway.promise;
      isBusy = false;
      taken.push(call.request.link);
      callback(null, { tasks: [] });
    };
    using peer = await startPeer({ SetToQueue: handler, Queue: handler });
    await using started = startClient();
    const urls = Array.from({ length: 8 }, (_, n) => `https://a.example/${n}`);
    const outcomes = await Promise.all(urls.map((url) => started.client.submit(peer.target, { ...SUBMISSION, url })));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["accepted"]));
    expect([taken.sort(), away]).toEqual([urls, 7]);
  });

  test("does not know about a reply that is larger than the cap", async () => {
    const tasks = [{ link: "u", name: "x".repeat(17 * 1024 * 1024) }];
    using peer = await startPeer({ SetToQueue: replies({ tasks }) });
    await using started = startClient();
    const outcome = await started.client.submit(peer.target, SUBMISSION);
    expect(outcome).toMatchObject({ kind: "unknown", detail: expect.stringContaining("RESOURCE_EXHAUSTED") });
    expect(started.exchanges).toEqual([["nas", "answered"]]);
  });

  test("does not fail when a hook throws", async () => {
    using peer = await startPeer({ SetToQueue: replies({}) });
    const onExchange = () => {
      throw new Error("database is locked");
    };
    await using started = startClient({ onExchange });
    expect(await started.client.submit(peer.target, SUBMISSION)).toMatchObject({ kind: "accepted" });
    expect(started.log.lines.map(({ level }) => level)).toEqual(["error"]);
  });

  test("does not go through a proxy of the environment", async () => {
    using peer = await startPeer({ SetToQueue: replies({}) });
    using nowhere = reservePort();
    const before = process.env.http_proxy;
    process.env.http_proxy = `http://127.0.0.1:${nowhere.port}`;
    try {
      await using started = startClient();
      expect(await started.client.submit(peer.target, SUBMISSION)).toMatchObject({ kind: "accepted" });
    } finally {
      if (before === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = before;
    }
  });
});

describe("the other methods", () => {
  test("return what the downloader replies", async () => {
    const tasks = [{ link: "https://a.example/1", status: "DONE", max_quality: "720" }];
    const task = { url: "https://a.example/1", status: "DONE", quality: "720", name: undefined, remark: undefined };
    const removed: object[] = [];
    const remove: Handler = (call, callback) => {
      removed.push(call.request);
      callback(null, { tasks });
    };
    using peer = await startPeer({
      DeleteFromQueue: remove,
      CleanHistory: replies({ tasks: [] }),
      Queue: replies({ tasks }),
      Status: replies({ on_work: [{}, { link: "u", percentage: 50 }], sensors: "cpu" }),
      Healtheck: replies({}),
    });
    await using started = startClient();
    const { client } = started;
    expect(await client.queue(peer.target)).toMatchObject([task]);
    expect(await client.remove(peer.target, "https://a.example/1")).toMatchObject([task]);
    expect(removed).toMatchObject([{ link: "https://a.example/1" }]);
    expect(await client.cleanHistory(peer.target)).toEqual([]);
    expect(await client.status(peer.target)).toMatchObject({ running: [{ url: "u", percentage: 50 }], sensors: "cpu" });
    expect(await client.health(peer.target)).toBe("");
    expect(started.exchanges).toHaveLength(5);
  });

  test("give up at their deadline, and say so", async () => {
    const { handler } = hangs();
    using peer = await startPeer({
      DeleteFromQueue: handler,
      CleanHistory: handler,
      Queue: handler,
      Status: handler,
      Healtheck: handler,
    });
    await using started = startClient({ deadlineMs: SHORT_MS });
    const { client } = started;
    const calls = [
      client.remove(peer.target, "u"),
      client.cleanHistory(peer.target),
      client.queue(peer.target),
      client.status(peer.target),
      client.health(peer.target),
    ];
    const failures = (await Promise.allSettled(calls)).map((ending) => ("reason" in ending ? ending.reason : ending));
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(DownloaderUnreachable);
      expect(failure.message).toMatch(/^Cannot reach "nas": DEADLINE_EXCEEDED after \d+ ms/);
    }
    expect(started.exchanges).toEqual(Array.from({ length: 5 }, () => ["nas", "unanswered"]));
  });

  test("wait for no other downloader that sent a large list before, and now hangs", async () => {
    const tasks = [{ link: "u", name: "x".repeat(2 * 1024 * 1024) }];
    const handlers = [replies({ tasks })];
    const { handler: hanging, reached } = hangs();
    using slow = await startPeer({ Queue: (...call) => (handlers.shift() ?? hanging)(...call) }, { name: "slow" });
    using quick = await startPeer({ Queue: replies({ tasks }) });
    await using started = startClient();
    for (const { target } of [slow, quick]) expect(await started.client.queue(target)).toHaveLength(1);
    for (let calls = 0; calls < 5; calls += 1) started.client.queue(slow.target).catch(() => {});
    await reached;
    expect(await started.client.queue(quick.target)).toHaveLength(1);
  });

  test("wait at most 5 s for Status and 3 s for Healtheck", async () => {
    const deadlines: Record<string, number> = {};
    const noting =
      (method: string): Handler =>
      (call, callback) => {
        deadlines[method] = Number(call.getDeadline()) - Date.now();
        callback(null, {});
      };
    using peer = await startPeer({ Status: noting("status"), Healtheck: noting("health"), Queue: noting("queue") });
    await using started = startClient({ deadlineMs: 60_000 });
    await Promise.all([
      started.client.status(peer.target),
      started.client.health(peer.target),
      started.client.queue(peer.target),
    ]);
    expect(deadlines.status).toBeLessThanOrEqual(5_000);
    expect(deadlines.health).toBeLessThanOrEqual(3_000);
    expect(deadlines.queue).toBeGreaterThan(5_000);
  });
});

describe("the connection", () => {
  test("goes to the new address right after a re-registration, while running calls end at the old one", async () => {
    const reached = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const slow: Handler = async (_call, callback) => {
      reached.resolve();
      await release.promise;
      callback(null, {});
    };
    using before = await startPeer({ SetToQueue: slow });
    using after = await startPeer({ SetToQueue: replies({}) });
    await using started = startClient();
    const underWay = started.client.submit(before.target, SUBMISSION);
    await reached.promise;
    expect(await started.client.submit(after.target, SUBMISSION)).toMatchObject({ kind: "accepted" });
    release.resolve();
    expect(await underWay).toMatchObject({ kind: "accepted" });
    // What happens at the old address says nothing about the new one.
    expect(started.exchanges).toEqual([["nas", "answered"]]);
  });

  test("is not opened to an address that was given up while a call waited for its turn", async () => {
    const { handler, reached } = hangs();
    using large = await startPeer({ Queue: handler }, { name: "others" });
    using before = await startPeer({ Queue: replies({}) });
    using after = await startPeer({ Queue: replies({}) });
    const registered = new Map([
      ["nas", before.target],
      ["gone", { ...before.target, name: "gone" }],
    ]);
    const where = (name: string) => registered.get(name) ?? (name.startsWith("other") ? large.target : undefined);
    await using started = startClient({ registered: where });
    // As many lists of unknown size as may be fetched at a time.
    const others = Array.from({ length: 8 }, (_, n) => started.client.queue({ ...large.target, name: `other${n}` }));
    for (const other of others) other.catch(() => {});
    await reached;
    const waiting = ["nas", "gone"].map((name) => started.client.queue({ ...before.target, name }));
    registered.set("nas", after.target);
    registered.delete("gone");
    large.kill();
    const [moved, gone] = await Promise.allSettled(waiting);
    expect([moved?.status, gone?.status]).toEqual(["fulfilled", "rejected"]);
    expect([before.connections.length, after.connections.length]).toEqual([0, 1]);
  });

  test("to an old address reports nothing about a downloader that is registered elsewhere", async () => {
    const { handler, reached } = hangs();
    using before = await startPeer({ Healtheck: handler });
    const registered = new Map([["nas", before.target]]);
    await using started = startClient({ registered: (name) => registered.get(name) });
    const call = started.client.health(before.target).catch((error: unknown) => error);
    await reached;
    registered.set("nas", { ...before.target, host: "127.0.0.2" });
    before.kill();
    expect(await call).toBeInstanceOf(DownloaderUnreachable);
    expect(started.exchanges).toEqual([]);
  });

  test("is closed when the downloader is forgotten", async () => {
    const closed = Promise.withResolvers<void>();
    using peer = await startPeer({ Healtheck: replies({}) });
    await using relay = await startTcp((socket) => {
      socket.once("close", () => closed.resolve());
      const onward = connect(peer.target.port, "127.0.0.1").on("error", () => {});
      socket.pipe(onward).pipe(socket);
    });
    await using started = startClient();
    await started.client.health(relay);
    started.client.forget("nas");
    await closed.promise;
    expect(await started.client.health(peer.target)).toBe("");
  });

  test("serves many calls", async () => {
    using peer = await startPeer({ Healtheck: replies({}) });
    await using started = startClient();
    for (let n = 0; n < 5; n++) await started.client.health(peer.target);
    expect(new Set(peer.connections).size).toBe(1);
  });

  test("finds a downloader that is back after an outage on the first call", async () => {
    using reserved = reservePort();
    const first = await startPeer({ Healtheck: replies({}) }, reserved);
    const { target } = first;
    await using started = startClient();
    await started.client.health(target);
    first.kill();
    for (let n = 0; n < 5; n++) await started.client.health(target).catch(() => {});
    using _second = await startPeer({ Healtheck: replies({ message: "back" }) }, reserved);
    expect(await started.client.health(target)).toBe("back");
  });
});

describe("close()", () => {
  test("cancels running calls, and starts no others", async () => {
    const { handler, reached } = hangs();
    using peer = await startPeer({ SetToQueue: handler });
    const { client, exchanges } = startClient();
    const outcome = client.submit(peer.target, SUBMISSION);
    await reached;
    await client.close();
    expect(await outcome).toMatchObject({ kind: "unknown", detail: expect.stringContaining("CANCELLED after") });
    expect(await client.submit(peer.target, SUBMISSION)).toMatchObject({ kind: "never_sent" });
    await expect(client.queue(peer.target)).rejects.toBeInstanceOf(DownloaderUnreachable);
    expect(exchanges).toEqual([]);
  });
});
