import { describe, expect, test } from "bun:test";
import { type Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { call } from "../../support/downloader/channel.ts";
import type { Mode } from "../../support/downloader/mode.ts";
import { serviceOf } from "../../support/downloader/wire.ts";
import { startDownloader } from "../../support/downloader.ts";

const set = (target: { host?: string; port: number }, link: string) =>
  call(target, "SetToQueue", { link, user_name: "[ann] films", max_quality: 720 });

describe("startDownloader()", () => {
  test("takes a link once, as the Go downloader does, and answers with its whole list", async () => {
    await using nas = await startDownloader({ name: "nas" });
    expect((await set(nas, "https://a.com/1")).reply).toEqual({
      tasks: [{ link: "https://a.com/1", status: "NEW", max_quality: "720", name: "COMING SOON" }],
    });
    const { error } = await set(nas, "https://a.com/1");
    expect([error?.code, error?.details]).toEqual([
      status.UNKNOWN,
      "SetToQueue: SetToQueue: insert new link: query (exec): UNIQUE constraint failed: links.link",
    ]);
    expect((await set(nas, "")).error?.code).toBe(status.UNKNOWN);
    expect(nas.accepted).toEqual(["https://a.com/1"]);
    expect(nas.calls[0]).toMatchObject({
      method: "SetToQueue",
      request: { user_name: "[ann] films", max_quality: 720 },
    });
  });

  test("takes a link again that its sender has, and lists it twice; without the sender it lists only its own", async () => {
    await using nas = await startDownloader({ name: "nas", links: ["a"] });
    const listed = async (method: string) => {
      const { reply } = await call(nas, method, { link: "b" });
      return ((reply?.tasks ?? []) as { link: string; status: string }[]).map(
        ({ link, status }) => `${link} ${status}`,
      );
    };
    nas.finish("a");
    expect((await set(nas, "a")).error).toBeUndefined();
    expect(await listed("Queue")).toEqual(["a NEW", "a DONE"]);
    expect(await listed("DeleteFromQueue")).toEqual(["a NEW"]);
    nas.senderAnswers(false);
    expect(await listed("Queue")).toEqual(["a NEW"]);
    nas.change("a", { status: "SENDING" });
    expect(await listed("Queue")).toEqual([]);
    nas.senderAnswers(true);
    expect(await listed("Queue")).toEqual(["a SENDING"]);
  });

  test("continues a running download that is deleted, as the Go downloader does", async () => {
    await using nas = await startDownloader({ name: "nas", links: ["a", "b"] });
    nas.work("a");
    nas.change("b", { status: "TO_SEND" });
    for (const link of ["a", "b"]) await call(nas, "DeleteFromQueue", { link });
    expect((await call(nas, "Queue")).reply).toMatchObject({ tasks: [{ link: "b" }] });
    expect((await call(nas, "Status")).reply).toMatchObject({ on_work: [{ link: "a" }] });
  });

  test("reports its work, foreign entries and sensors, and lets links be deleted, cleaned and forgotten", async () => {
    await using nas = await startDownloader({ name: "nas", links: ["a", "b", "c"] });
    nas.work("a", { percentage: 40 });
    nas.fail("b", "no space");
    nas.extraWork.push({});
    nas.sensors = "Core 0: +40 °C";
    expect((await call(nas, "Status")).reply).toMatchObject({
      on_work: [
        { link: "a", percentage: 40, status: "WORK" },
        { link: "", percentage: 0 },
      ],
      sensors: "Core 0: +40 °C",
    });
    nas.finish("a");
    expect((await call(nas, "Status")).reply?.on_work).toHaveLength(1);
    await call(nas, "CleanHistory");
    await call(nas, "DeleteFromQueue", { link: "c" });
    nas.extraTasks.push({ link: "foreign", status: "DONE", max_quality: "" });
    expect((await call(nas, "Queue")).reply).toMatchObject({
      tasks: [
        { link: "b", message: expect.stringMatching(/^download failed on stage .*ERROR: no space$/s) },
        { link: "foreign" },
      ],
    });
    expect(() => nas.work("c")).toThrow("has not c but: b");
  });

  const failures: readonly [Mode, status, accepted: number][] = [
    ["already", status.ALREADY_EXISTS, 0],
    ["unique", status.UNKNOWN, 0],
    ["unique_older", status.UNKNOWN, 0],
    ["unimplemented", status.UNIMPLEMENTED, 0],
    ["unauthenticated", status.UNAUTHENTICATED, 0],
    [{ code: status.INTERNAL, details: "oops" }, status.INTERNAL, 0],
    ["crash_after_accept", status.UNAVAILABLE, 1],
    ["drop_after_accept", status.UNAVAILABLE, 1],
    ["huge", status.RESOURCE_EXHAUSTED, 1],
  ];
  test.each(failures)("in mode %j fails with %d and has accepted %d links", async (mode, code, accepted) => {
    await using nas = await startDownloader({ name: "nas", mode });
    expect((await set(nas, "a")).error?.code).toBe(code);
    expect(nas.accepted).toHaveLength(accepted);
  });

  test.each([
    ["hang", 0],
    ["hang_after_accept", 1],
  ] as const)("in mode %s never answers, with %d links accepted", async (mode, accepted) => {
    await using nas = await startDownloader({ name: "nas", mode });
    const answer = set(nas, "a");
    await nas.waitFor(({ method }) => method === "SetToQueue");
    expect((await call(nas, "Queue")).reply?.tasks).toHaveLength(accepted);
    nas.closes();
    expect((await answer).error?.code).toBe(status.UNAVAILABLE);
    expect(nas.accepted).toHaveLength(accepted);
  });

  test("in mode slow accepts and answers when it is released", async () => {
    await using nas = await startDownloader({ name: "nas", mode: "slow" });
    const answer = set(nas, "a");
    await nas.waitFor(({ method }) => method === "SetToQueue");
    expect(nas.accepted).toEqual([]);
    nas.release();
    await nas.accepts("a");
    expect((await answer).reply).toBeDefined();
  });

  test("can fail at Queue and Status alone", async () => {
    await using nas = await startDownloader({ name: "nas" });
    nas.queueMode = "unimplemented";
    nas.statusMode = { code: status.INTERNAL, details: "oops" };
    expect((await call(nas, "Queue")).error?.code).toBe(status.UNIMPLEMENTED);
    expect((await call(nas, "Status")).error?.code).toBe(status.INTERNAL);
    expect((await set(nas, "a")).reply).toBeDefined();
  });

  test("refuses calls while closed, and opens on the same port with its links", async () => {
    await using nas = await startDownloader({ name: "nas" });
    await set(nas, "a");
    const { port } = nas;
    nas.closes();
    expect((await set(nas, "b")).error?.details).toContain("No connection established");
    await nas.opens();
    expect(nas.port).toBe(port);
    expect((await call(nas, "Queue")).reply).toMatchObject({ tasks: [{ link: "a" }] });
    nas.closes();
    await nas.opens(0);
    expect((await set(nas, "b")).reply).toBeDefined();
  });

  test("registers as the Go downloader does, without metadata unless given", async () => {
    const heard: object[] = [];
    const bot = new Server();
    bot.addService(serviceOf("bot.proto", "grpc.v1.Bot"), {
      RegisterDownloader(got: { request: object; metadata: Metadata }, done: (error: null, reply: object) => void) {
        heard.push({ ...got.request, authorization: got.metadata.get("authorization") });
        done(null, {});
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      bot.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    await using nas = await startDownloader({ name: "nas", roots: ["a.com", "*"] });
    const self = { server_name: "nas", allowed_roots: ["a.com", "*"], server_host: "127.0.0.1", server_port: nas.port };
    await nas.register(`127.0.0.1:${port}`);
    await nas.register(`127.0.0.1:${port}`, { host: "0.0.0.0", metadata: { authorization: "Bearer x" } });
    expect(heard).toEqual([
      { ...self, authorization: [] },
      { ...self, server_host: "0.0.0.0", authorization: ["Bearer x"] },
    ]);
    bot.forceShutdown();
    await expect(nas.register(`127.0.0.1:${port}`)).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });
});
