import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { BackEnd } from "../../../../src/downloader/back-end.ts";
import { createBridge } from "../../../../src/downloader/back-ends/bridge.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { type List, openList } from "../../../../src/downloader/list.ts";
import { downloaderTexts } from "../../../../src/downloader/locales/locales.ts";
import { type Behaviour, createProgram } from "../../../support/back-end/program.ts";
import { createClock } from "../../../support/clock.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const LOOK_MS = 2_000;
const IDLE_MS = 30_000;
const linkOf = (nth: number) => `https://films.example/${nth}`;

let clock: ReturnType<typeof createClock>;
let list: List;
let program: ReturnType<typeof createProgram>;
beforeEach(() => {
  clock = createClock();
  list = openList(":memory:", clock.now);
  program = createProgram();
});
afterEach(() => list[Symbol.dispose]());

const behaves = (behaviour: Behaviour) => {
  program = createProgram(behaviour);
};
const start = (): BackEnd =>
  createBridge({
    list,
    remote: program.remote,
    texts: downloaderTexts.en,
    log: createRecordingLog(),
    wait: clock.wait,
    now: clock.now,
    random: () => 0,
  });
const queue = (nth: number) => list.add({ url: linkOf(nth), userName: "[ann] a/b", maxQuality: 720 });
const entryOf = (nth: number) => list.all().find(({ link }) => link === linkOf(nth));
const handed = () => list.handOvers("program").open();

/** Lets the bridge look at the program so often, and resolves after the last look. */
async function looks(times = 1): Promise<void> {
  for (let nth = 0; nth < times; nth += 1) {
    await clock.sleeping(LOOK_MS);
    const before = program.calls.filter((call) => call === "list").length;
    clock.advance(LOOK_MS);
    await program.called("list", before + 1);
    await clock.sleeping(1_000, IDLE_MS);
  }
}

/** A bridge whose program has link 1, as both know. */
async function withOneHandedOver(): Promise<BackEnd> {
  queue(1);
  const bridge = start();
  await program.has(linkOf(1));
  await looks();
  return bridge;
}

describe("createBridge()", () => {
  test("hands over a listed link once, into a safely named folder, and follows it to its end", async () => {
    await using bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { name: "A film", currentSize: 3 * 2 ** 20, totalSize: 4 * 2 ** 20 });
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "NEW", name: "A film" });
    expect(bridge.isRunning(entryOf(1)?.id ?? 0)).toBe(true);
    expect(bridge.progress()).toMatchObject([{ url: linkOf(1), filename: "A film", percentage: 75, currentSize: 3 }]);
    program.becomes(linkOf(1), { state: "done" });
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "DONE", trouble: null });
    expect(program.submitted).toEqual([linkOf(1)]);
    expect(bridge.progress()).toEqual([]);
  });

  test("neutralizes variables of the program's environment in a folder's name", async () => {
    list.add({ url: linkOf(1), userName: "[ann] $HOME/$TMPDIR", maxQuality: 720 });
    await using _bridge = start();
    await program.has(linkOf(1));
    expect(program.folders()).toEqual(["[ann] _HOME__TMPDIR"]);
  });

  test("shows the percentage of a program that tells no sizes", async () => {
    await using bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { percentage: 12.5 });
    await looks();
    expect(bridge.progress()).toMatchObject([{ percentage: 12.5, totalSize: 0 }]);
  });

  test("reports a failure in the program's own words", async () => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "failed", detail: "errorCode=3: Resource not found" });
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: "errorCode=3: Resource not found" });
  });

  test.each([
    [
      "how much of a list of videos the program has never had",
      { missing: 2 },
      "videos of this list that are not in program: 2",
    ],
    ["what it says itself rather than that", { missing: 2, detail: "Video unavailable" }, "Video unavailable"],
    ["that nothing has come of it", { isOld: true }, "a file of this name already existed: program downloaded nothing"],
  ])("tells about a finished download %s", async (_, of, trouble) => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "done", ...of });
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "DONE", trouble });
  });

  test("reports a full disk in our words, whatever the program calls it", async () => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "failed", lacksSpace: true, detail: "Write disk cache flush failure index=0" });
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: "not enough space on the disk" });
  });

  test("reports files that the program no longer finds in our words", async () => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "failed", lacksFiles: true, detail: "missingFiles" });
    await looks();
    const trouble = "program no longer finds the files: perhaps the disk is not connected";
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble });
  });

  test("reports a link that the program refuses for good", async () => {
    behaves({ refuses: () => "Unsupported URL" });
    queue(1);
    await using _bridge = start();
    await program.called(`submit ${linkOf(1)}`);
    await clock.sleeping(IDLE_MS);
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: "Unsupported URL" });
  });

  test.each<[string, Behaviour]>([
    ["keeps keys", {}],
    ["finds by links", { forgetsKeys: true }],
  ])(
    "sends nothing twice to a program that %s, when a kill comes between the call and its answer",
    async (_, behaviour) => {
      behaves(behaviour);
      const answer = program.holdsAnswers();
      queue(1);
      // It is abandoned without being stopped, as by a kill.
      start();
      await program.has(linkOf(1));
      await using _second = start();
      await program.called("list", 2);
      await looks();
      expect(handed()).toMatchObject([{ remoteId: "1" }]);
      program.becomes(linkOf(1), { state: "done" });
      await looks();
      expect(entryOf(1)?.status).toBe("DONE");
      expect(program.submitted).toEqual([linkOf(1)]);
      answer();
    },
  );

  test("sends a link again that may have been sent, but was not found for as long as the program may need", async () => {
    queue(1);
    const [{ key } = { key: "" }] = handed();
    list.handOvers("program").markSent(key, "1");
    await using _bridge = start();
    await looks(3);
    expect(program.submitted).toEqual([]);
    clock.advance(program.remote.settlesMs);
    await clock.sleeping(LOOK_MS);
    clock.advance(LOOK_MS);
    await program.has(linkOf(1));
  });

  test("looks three times for a link that was answered with a server error, and soon tries again", async () => {
    program.at(`submit ${linkOf(1)}`, () => {
      program.fails(new RemoteUnreachable("HTTP 500", { isHarmless: false, isOver: true }));
      queueMicrotask(() => program.comesBack());
    });
    queue(1);
    await using _bridge = start();
    await program.called(`submit ${linkOf(1)}`);
    await clock.sleeping(LOOK_MS);
    await looks(2);
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0, trouble: null });
    await looks();
    const trouble = "program does not answer: HTTP 500";
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 1, trouble });
    const since = clock.now();
    while (entryOf(1)?.status === "NEW") await looks();
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble });
    expect(clock.now() - since).toBeLessThan(90_000);
    expect(program.calls.filter((call) => call.startsWith("submit"))).toHaveLength(5);
  });

  test("follows a link that the program took although it answered with a server error", async () => {
    behaves({ errsAfter: true });
    await using _bridge = await withOneHandedOver();
    await looks(5);
    program.becomes(linkOf(1), { state: "done" });
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "DONE", trouble: null });
    expect(program.submitted).toEqual([linkOf(1)]);
  });

  test("follows a link that is found by its key after the wait for it was given up", async () => {
    queue(1);
    const [{ key } = { key: "" }] = handed();
    list.handOvers("program").markSent(key, "1");
    program.puts(key, linkOf(1));
    const shows = program.hides(linkOf(1));
    await using _bridge = start();
    await clock.sleeping(LOOK_MS);
    clock.advance(60_000);
    await program.called("list", 2);
    await clock.sleeping(LOOK_MS);
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 1 });
    shows();
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0, trouble: null });
    expect(program.submitted).toEqual([]);
    list.remove(linkOf(1));
    await looks();
    expect(program.links()).toEqual([]);
  });

  test("sends a link that was never sent as soon as the program answers, which costs no try", async () => {
    program.goesDown();
    queue(1);
    await using bridge = start();
    await clock.sleeping(1_600);
    expect(bridge.away()).toBe("program does not answer: nobody is there");
    program.comesBack();
    clock.advance(1_600);
    await program.has(linkOf(1));
    expect(bridge.away()).toBeUndefined();
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0 });
    expect(program.mayBeThere).toEqual([false]);
  });

  test("forgets failed tries as soon as the link is taken", async () => {
    queue(1);
    const [{ id } = { id: 0 }] = handed();
    list.postpone(id, { trouble: "program did not take the link", tries: 4, dueAt: clock.now() });
    await using _bridge = start();
    await program.has(linkOf(1));
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0, trouble: null });
    expect(program.mayBeThere).toEqual([true]);
  });

  test("hands a link over again, as one that may be there, when the program has restarted without memory", async () => {
    await using _bridge = await withOneHandedOver();
    program.restarts({ keeps: false });
    await looks();
    await program.has(linkOf(1));
    expect(program.submitted).toEqual([linkOf(1), linkOf(1)]);
    expect(program.mayBeThere).toEqual([false, true]);
  });

  test.each([0, 1])(
    "tells the program whether the link had begun when it hands it over again: %d bytes had arrived",
    async (currentSize) => {
      await using _bridge = await withOneHandedOver();
      program.becomes(linkOf(1), { currentSize, totalSize: 4 });
      await looks();
      program.restarts({ keeps: false });
      await looks();
      await program.has(linkOf(1));
      expect(program.begun).toEqual([false, currentSize > 0]);
    },
  );

  test("hands a link over again, once, when its own part is in the way after a restart", async () => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { currentSize: 1 });
    await looks();
    const inTheWay = { state: "failed", detail: "it exists", isInTheWay: true, currentSize: 0 } as const;
    program.becomes(linkOf(1), inTheWay);
    await looks(2);
    expect(program.submitted).toEqual([linkOf(1), linkOf(1)]);
    expect(program.begun).toEqual([false, true]);
    expect(program.links()).toEqual([linkOf(1)]);
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0 });
    program.becomes(linkOf(1), inTheWay);
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: "it exists" });
  });

  test("reports a failure when a file was in the way before the link had begun", async () => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "failed", detail: "it exists", isInTheWay: true });
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: "it exists" });
    expect(program.submitted).toEqual([linkOf(1)]);
  });

  test("hands a link over again without the limit, once, when its video has more lines; no failure is reported", async () => {
    await using _bridge = await withOneHandedOver();
    const finer = { state: "failed", detail: "no such format", hasMoreLines: true } as const;
    program.becomes(linkOf(1), finer);
    await looks(2);
    expect(program.submitted).toEqual([linkOf(1), linkOf(1)]);
    expect(program.anyLines).toEqual([false, true]);
    expect(program.links()).toEqual([linkOf(1)]);
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0 });
    program.becomes(linkOf(1), finer);
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: "no such format" });
  });

  test("hands a link over again also when the program did not answer when it was to remove the entry", async () => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "failed", detail: "no such format", hasMoreLines: true });
    const late = new RemoteUnreachable("late", { isHarmless: false });
    let times = 0;
    program.at("cleanHistory 1", () => {
      times += 1;
      if (times === 1) program.fails(late);
    });
    clock.advance(LOOK_MS);
    await clock.sleeping(1_600);
    program.comesBack();
    clock.advance(1_600);
    await clock.sleeping(LOOK_MS);
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "NEW" });
    expect(program.anyLines).toEqual([false, true]);
  });

  test("marks a link as not there before its entry is removed, so that a kill in between does not matter", async () => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "failed", detail: "no such format", hasMoreLines: true });
    const meanwhile = program.at("cleanHistory 1", () => handed()[0]?.sentAt);
    await looks();
    expect(meanwhile()).toBeNull();
  });

  test("hands a link over again if its entry is still there after a kill", async () => {
    await (await withOneHandedOver())[Symbol.asyncDispose]();
    program.becomes(linkOf(1), { state: "failed", detail: "no such format", hasMoreLines: true });
    for (const { key } of handed()) list.handOvers("program").markAbsent(key);
    await using _bridge = start();
    await program.called(`submit ${linkOf(1)}`, 2);
    expect(program.anyLines).toEqual([false, true]);
    expect(entryOf(1)).toMatchObject({ status: "NEW" });
  });

  test.each(["done", "failed"] as const)(
    "does not end a list of videos that is %s so far, until it was surely read",
    async (state) => {
      await (await withOneHandedOver())[Symbol.asyncDispose]();
      program.becomes(linkOf(1), { state, missing: 2 });
      await using _bridge = start();
      await program.called("health", 2);
      await looks(10);
      expect(entryOf(1)).toMatchObject({ status: "NEW" });
      program.becomes(linkOf(1), { state, missing: 1 });
      await looks(29);
      expect(entryOf(1)).toMatchObject({ status: "NEW" });
      await looks(2);
      expect(entryOf(1)).toMatchObject({ status: state.toUpperCase() });
    },
  );

  test("sends nothing again after a restart with memory, nor for entries that are missing later", async () => {
    await using _bridge = await withOneHandedOver();
    program.restarts({ keeps: true });
    await looks(2);
    expect(program.submitted).toEqual([linkOf(1)]);
    expect(handed()).toMatchObject([{ session: "2" }]);
  });

  /** A look that finds nobody there; then the program starts, with or without its entries. */
  async function isAway({ keeps }: { readonly keeps: boolean }): Promise<void> {
    program.goesDown();
    await clock.sleeping(LOOK_MS);
    clock.advance(LOOK_MS);
    await clock.sleeping(1_600);
    program.restarts({ keeps });
    program.comesBack();
    clock.advance(1_600);
    await clock.sleeping(LOOK_MS);
  }

  test("hands a link over again that was lost while a program was away that reports no restarts", async () => {
    behaves({ tellsSession: false });
    await using _bridge = await withOneHandedOver();
    await isAway({ keeps: false });
    await looks();
    expect(program.submitted).toEqual([linkOf(1)]);
    await looks();
    expect(program.submitted).toEqual([linkOf(1), linkOf(1)]);
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0, trouble: null });
  });

  test("looks at once when a program closes the held connection, so that a short absence is noticed", async () => {
    behaves({ tellsSession: false, isHeld: true });
    await using _bridge = await withOneHandedOver();
    program.goesDown();
    program.closes();
    await clock.sleeping(1_600);
    program.restarts({ keeps: false });
    program.comesBack();
    clock.advance(1_600);
    await program.called("holdOn", 2);
    await clock.sleeping(LOOK_MS);
    await looks(3);
    expect(program.submitted).toEqual([linkOf(1), linkOf(1)]);
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0, trouble: null });
  });

  test("notices that the program went away during a call, though it is back before the next look", async () => {
    behaves({ tellsSession: false });
    const bridge = await withOneHandedOver();
    await using _bridge = bridge;
    program.at(`submit ${linkOf(2)}`, () => {
      program.restarts({ keeps: false });
      program.fails(new RemoteUnreachable("ECONNRESET", { isHarmless: false, isAway: true }));
      queueMicrotask(() => program.comesBack());
    });
    queue(2);
    bridge.submit();
    await program.called(`submit ${linkOf(2)}`);
    await looks(3);
    expect(program.submitted).toEqual([linkOf(1), linkOf(1)]);
    expect(entryOf(2)).toMatchObject({ status: "NEW", tries: 1, trouble: "program did not take the link" });
    program.at(`submit ${linkOf(2)}`, () => undefined);
    clock.advance(LOOK_MS);
    await program.has(linkOf(2));
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0, trouble: null });
  });

  describe("with a list of videos during which the program was killed,", () => {
    /** Makes each call for link 1 end so, after its first video was taken. */
    function isCut(times = Number.POSITIVE_INFINITY): void {
      queue(1);
      const [{ key } = { key: "" }] = handed();
      program.at(`submit ${linkOf(1)}`, () => {
        if (program.calls.filter((call) => call === `submit ${linkOf(1)}`).length > times) return;
        if (program.links().length === 0) program.puts(key, linkOf(1));
        program.becomes(linkOf(1), { isElsewhere: true });
        program.fails(new RemoteUnreachable("ECONNRESET", { isHarmless: false, isAway: true }));
        queueMicrotask(() => program.comesBack());
      });
    }

    test("asks for the rest once the program is back", async () => {
      behaves({ tellsSession: false, takesRest: true });
      isCut(1);
      await using _bridge = start();
      await program.called(`submit ${linkOf(1)}`);
      await looks(5);
      expect(program.submitted).toEqual([linkOf(1)]);
      expect(program.calls.filter((call) => call.startsWith("submit"))).toHaveLength(2);
      expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0, trouble: null });
    });

    test("gives the rest up when the program is killed by it again and again", async () => {
      behaves({ tellsSession: false, takesRest: true });
      isCut();
      await using _bridge = start();
      await program.called(`submit ${linkOf(1)}`);
      await looks(10);
      expect(program.calls.filter((call) => call.startsWith("submit"))).toHaveLength(4);
      program.becomes(linkOf(1), { state: "done" });
      await looks();
      expect(entryOf(1)).toMatchObject({ status: "DONE" });
    });

    test("asks for nothing when the program itself reports what is missing", async () => {
      behaves({ tellsSession: false });
      isCut(1);
      await using _bridge = start();
      await program.called(`submit ${linkOf(1)}`);
      await looks(5);
      expect(program.calls.filter((call) => call.startsWith("submit"))).toHaveLength(1);
    });
  });

  test("does not put back what people remove after an absence of the program, or while the bridge is stopped", async () => {
    behaves({ tellsSession: false });
    {
      await using _bridge = await withOneHandedOver();
      await isAway({ keeps: true });
    }
    expect(handed()).toMatchObject([{ session: "seen 1" }]);
    program.loses(linkOf(1));
    await using _second = start();
    await clock.sleeping(LOOK_MS);
    await looks(2);
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: expect.stringContaining("no longer in program") });
    expect(program.submitted).toEqual([linkOf(1)]);
  });

  test("hands a link over again that was lost during an absence, even if the bridge restarted before it looked", async () => {
    behaves({ tellsSession: false });
    {
      await using _bridge = await withOneHandedOver();
      program.goesDown();
      clock.advance(LOOK_MS);
      await clock.sleeping(1_600);
    }
    program.restarts({ keeps: false });
    program.comesBack();
    await using _second = start();
    await clock.sleeping(LOOK_MS);
    await looks(2);
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0, trouble: null });
    expect(program.submitted).toEqual([linkOf(1), linkOf(1)]);
  });

  test("hands a link over again that was lost while the bridge was stopped, once the program could read its entries", async () => {
    behaves({ tellsSession: "late" });
    await (await withOneHandedOver())[Symbol.asyncDispose]();
    program.restarts({ keeps: false });
    await using _bridge = start();
    await clock.sleeping(LOOK_MS);
    await looks();
    expect(program.submitted).toEqual([linkOf(1)]);
    await looks();
    expect(program.submitted).toEqual([linkOf(1), linkOf(1)]);
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0, trouble: null });
    expect(handed()).toMatchObject([{ session: "started 2" }]);
  });

  test("counts a call as a failed try, without further waiting, when the program was away after it", async () => {
    behaves({ tellsSession: false });
    queue(1);
    const [{ key } = { key: "" }] = handed();
    list.handOvers("program").markSent(key, "seen 0");
    await using _bridge = start();
    await clock.sleeping(LOOK_MS);
    await isAway({ keeps: true });
    await looks(2);
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 1, trouble: "program did not take the link" });
    clock.advance(LOOK_MS);
    await program.has(linkOf(1));
  });

  test.each<[string, Behaviour]>([
    ["tells its restarts", {}],
    ["tells none", { tellsSession: false }],
    ["tells them, and reads later what it keeps", { tellsSession: "late" }],
  ])(
    "reports a link as failed, and does not put it back, when people remove it from a program that %s",
    async (_, behaviour) => {
      behaves(behaviour);
      await using _bridge = await withOneHandedOver();
      program.loses(linkOf(1));
      await looks(2);
      expect(entryOf(1)?.status).toBe("NEW");
      await looks();
      expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: expect.stringContaining("no longer in program") });
      expect(program.submitted).toEqual([linkOf(1)]);
    },
  );

  test("waits for an entry that the program removes to put it back, as long as it may need", async () => {
    queue(1);
    const [{ key } = { key: "" }] = handed();
    await using _bridge = start();
    await program.has(linkOf(1));
    program.becomes(linkOf(1), { state: "waiting", comesBack: true });
    await looks();
    program.loses(linkOf(1));
    await looks(10);
    expect(entryOf(1)?.status).toBe("NEW");
    program.puts(key, linkOf(1));
    await looks();
    expect(handed()).toMatchObject([{ remoteId: "2" }]);
    program.becomes(linkOf(1), { comesBack: true });
    await looks();
    program.loses(linkOf(1));
    await looks(30);
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: expect.stringContaining("no longer in program") });
    expect(program.submitted).toEqual([linkOf(1)]);
  });

  test("reports no failure while the program itself tries again", async () => {
    await using _bridge = await withOneHandedOver();
    const [{ key } = { key: "" }] = handed();
    program.becomes(linkOf(1), { state: "failed", detail: "HTTP Error 403", comesBack: true });
    await looks(5);
    expect(entryOf(1)).toMatchObject({ status: "NEW", trouble: null });
    program.loses(linkOf(1));
    await looks(5);
    program.puts(key, linkOf(1));
    await looks();
    program.becomes(linkOf(1), { state: "done" });
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "DONE", trouble: null });
    expect(program.submitted).toEqual([linkOf(1)]);
  });

  test("follows an entry that the program gives another id", async () => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { id: "done-1" });
    await looks();
    expect(handed()).toMatchObject([{ remoteId: "done-1" }]);
  });

  test("removes a removed link from the program, also when a kill comes in between", async () => {
    await withOneHandedOver();
    list.remove(linkOf(1));
    await using bridge = start();
    bridge.remove({ id: 1 });
    await program.called("remove 1");
    await looks();
    expect(program.links()).toEqual([]);
    expect(list.handOvers("program").dropped()).toEqual([]);
  });

  test("deletes the parts of a failed link at once, and keeps its record in the program", async () => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "failed" });
    await looks();
    expect(program.calls.filter((call) => /^(remove|clean)/.test(call))).toEqual(["cleanParts 1"]);
    expect(program.links()).toEqual([linkOf(1)]);
  });

  test("removes a failed link from a program that would begin it again by itself, and can hand it over anew", async () => {
    behaves({ beginsFailedAnew: true });
    await using bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "failed", detail: "no such page" });
    await looks(2);
    expect(program.calls.filter((call) => /^(remove|clean)/.test(call))).toEqual(["cleanParts 1", "cleanHistory 1"]);
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: "no such page" });
    await looks();
    expect([program.links(), list.handOvers("program").dropped()]).toEqual([[], []]);
    queue(1);
    bridge.submit();
    await program.has(linkOf(1));
    expect(program.submitted).toEqual([linkOf(1), linkOf(1)]);
  });

  test("removes a link that had failed before a kill from such a program after the next start", async () => {
    behaves({ beginsFailedAnew: true });
    await (await withOneHandedOver())[Symbol.asyncDispose]();
    list.fail(entryOf(1)?.id ?? 0, "no such page");
    await using _bridge = start();
    await looks();
    expect([program.links(), program.submitted]).toEqual([[], [linkOf(1)]]);
  });

  test("deletes the parts of a failed link before it reports the failure, so that a kill in between leaves none", async () => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "failed" });
    const toldAt = program.at("cleanParts 1", () => entryOf(1)?.status);
    await looks();
    expect(toldAt()).toBe("NEW");
    expect(entryOf(1)?.status).toBe("FAILED");
  });

  test("asks once for the parts of all failed links", async () => {
    queue(1);
    queue(2);
    await using _bridge = start();
    await program.has(linkOf(2));
    await looks();
    for (const nth of [1, 2]) program.becomes(linkOf(nth), { state: "failed" });
    await looks();
    expect(program.calls.filter((call) => /^(remove|clean)/.test(call))).toEqual(["cleanParts 1 2"]);
  });

  test("reports a failure also when the program does not say whose parts are left", async () => {
    await using _bridge = await withOneHandedOver();
    program.answersUnclearly();
    program.becomes(linkOf(1), { state: "failed", detail: "no such page" });
    await looks();
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: "no such page" });
  });

  test("removes nothing that others have added, whatever has become of it", async () => {
    behaves({ forgetsKeys: true });
    program.people(linkOf(1));
    program.becomes(linkOf(1), { state: "failed" });
    queue(1);
    await using _bridge = start();
    await clock.sleeping(LOOK_MS);
    expect(entryOf(1)?.status).toBe("FAILED");
    expect(program.calls.filter((call) => /^(remove|clean)/.test(call))).toEqual([]);
  });

  test("does not hand a link over that is removed while parts are deleted", async () => {
    await using _bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "failed" });
    queue(2);
    program.at("cleanParts 1", () => list.remove(linkOf(2)));
    await looks();
    expect(program.submitted).toEqual([linkOf(1)]);
  });

  test("only makes the program forget a finished link, so that its files stay", async () => {
    await using bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "done" });
    await looks();
    list.clean();
    bridge.cleanHistory();
    await program.called("cleanHistory 1");
    expect(program.calls).not.toContain("remove 1");
  });

  test("leaves a finished torrent alone that seeds", async () => {
    await using bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "done", staysOn: true });
    await looks();
    list.clean();
    const before = program.calls.filter((call) => call === "list").length;
    bridge.cleanHistory();
    await program.called("list", before + 1);
    await clock.sleeping(LOOK_MS);
    expect(list.handOvers("program").dropped()).toEqual([]);
    expect(program.links()).toEqual([linkOf(1)]);
    expect(program.calls.filter((call) => /^(remove|cleanHistory)/.test(call))).toEqual([]);
  });

  test("hands a finished link over again once the program has forgotten the old entry", async () => {
    behaves({ forgetsKeys: true });
    await using bridge = await withOneHandedOver();
    program.becomes(linkOf(1), { state: "done" });
    await looks();
    queue(1);
    bridge.submit();
    await program.called("cleanHistory 1");
    await looks();
    await program.has(linkOf(1));
    expect(program.submitted).toEqual([linkOf(1), linkOf(1)]);
  });

  test("says that a link is there which people have added, and never touches it", async () => {
    behaves({ forgetsKeys: true });
    program.people(linkOf(1));
    queue(1);
    await using bridge = start();
    await clock.sleeping(LOOK_MS);
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: expect.stringContaining("already has this link") });
    list.remove(linkOf(1));
    bridge.remove({ id: 1 });
    await program.called("list");
    expect(program.links()).toEqual([linkOf(1)]);
    expect(program.calls.filter((call) => /^(submit|remove|cleanHistory)/.test(call))).toEqual([]);
  });

  test("removes a link that was removed while the program came back and did not show it yet", async () => {
    behaves({ tellsSession: false });
    await using bridge = await withOneHandedOver();
    const shows = program.hides(linkOf(1));
    list.remove(linkOf(1));
    bridge.remove({ id: 1 });
    await looks();
    shows();
    await looks(2);
    expect(program.links()).toEqual([]);
    expect(list.handOvers("program").dropped()).toMatchObject([{ link: linkOf(1) }]);
    await looks(2);
    expect(list.handOvers("program").dropped()).toEqual([]);
  });

  test("removes a link from a slow program as soon as it shows it", async () => {
    behaves({ tellsSession: false });
    queue(1);
    const [{ key } = { key: "" }] = handed();
    list.handOvers("program").markSent(key, "seen 0");
    program.puts(key, linkOf(1));
    const shows = program.hides(linkOf(1));
    list.remove(linkOf(1));
    await using _bridge = start();
    await clock.sleeping(LOOK_MS);
    await looks(25);
    shows();
    await looks(2);
    expect(program.links()).toEqual([]);
  });

  test("only checks the health of a program that has no links of ours, and notices that it died", async () => {
    await using bridge = start();
    await clock.sleeping(IDLE_MS);
    expect(program.calls).toEqual(["health"]);
    program.goesDown();
    clock.advance(IDLE_MS);
    await clock.sleeping(1_600);
    expect(program.calls).toEqual(["health", "health"]);
    expect(bridge.away()).toBe("program does not answer: nobody is there");
    program.comesBack();
    clock.advance(1_600);
    await clock.sleeping(IDLE_MS);
    expect(bridge.away()).toBeUndefined();
  });

  test.each([
    ["HTTP 429", { isHarmless: true }],
    ["HTTP 500", { isHarmless: false }],
    ["no answer within 20000 ms", { isHarmless: false }],
  ])(
    "counts a program that answers “%s” as there, and refuses new links until it answers properly",
    async (detail, of) => {
      program.fails(new RemoteUnreachable(detail, of));
      await using bridge = start();
      await clock.sleeping(1_600);
      expect(bridge.notNow?.()).toBe(`program does not answer: ${detail}`);
      expect(bridge.away()).toBeUndefined();
      program.comesBack();
      clock.advance(1_600);
      await clock.sleeping(IDLE_MS);
      expect(bridge.notNow?.()).toBeUndefined();
    },
  );

  test("counts a program that refuses access as away", async () => {
    program.fails(new RemoteUnreachable("HTTP 401", { isHarmless: true }));
    await using bridge = start();
    await clock.sleeping(1_600);
    expect(bridge.away()).toBe("program does not answer: HTTP 401");
  });

  test("refuses new links while the list cannot be written, and counts the program as there", async () => {
    await using bridge = await withOneHandedOver();
    const { rename } = list;
    list.rename = () => {
      throw new Error("database or disk is full");
    };
    program.becomes(linkOf(1), { name: "A film" });
    clock.advance(LOOK_MS);
    await clock.sleeping(1_600);
    expect(bridge.notNow?.()).toBe("something unexpected went wrong (Error: database or disk is full)");
    expect(bridge.away()).toBeUndefined();
    list.rename = rename;
    clock.advance(1_600);
    await clock.sleeping(LOOK_MS);
    expect(bridge.notNow?.()).toBeUndefined();
    expect(entryOf(1)?.name).toBe("A film");
  });
});
