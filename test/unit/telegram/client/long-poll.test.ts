import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { TelegramUpdate } from "gramio";
import type { PollOptions } from "../../../../src/telegram/client/long-poll.ts";
import {
  BAD_GATEWAY,
  EMPTY_BODY,
  type Fault,
  HALF_JSON,
  HANG,
  RESET,
  refusal,
  SERVER_ERROR,
  tooManyRequests,
} from "../../../support/bot-api/faults.ts";
import { type BotApi, startBotApi } from "../../../support/bot-api.ts";
import { createClock } from "../../../support/clock.ts";
import { startForwarder } from "../../../support/forwarder.ts";
import { createTestPoll } from "../../../support/poll.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { createWatch } from "../../../support/watch.ts";

const SECRET = "AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr";
const TOKEN = `123456789:${SECRET}`;
const CONFLICT = refusal(
  409,
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
);
const NOTHING: Fault = { kind: "answer", status: 200, body: { ok: true, result: [] } };

let telegram: BotApi;
let clock: ReturnType<typeof createClock>;
let log: ReturnType<typeof createRecordingLog>;
let stop: AbortController;
let ended: Promise<unknown>;

beforeEach(() => {
  telegram = startBotApi({ token: TOKEN });
  clock = createClock();
  log = createRecordingLog();
  stop = new AbortController();
  ended = Promise.resolve();
});
afterEach(async () => {
  stop.abort();
  await ended;
  await telegram[Symbol.asyncDispose]();
  expect(JSON.stringify(log.lines)).not.toContain(SECRET);
});

/** Starts a poll; `begun` are the texts of the messages whose handling began, in order. */
function start(overrides: Partial<PollOptions> & { root?: string; token?: string; pollTimeoutMs?: number } = {}) {
  const { root = telegram.root, token = TOKEN, pollTimeoutMs, handle = async () => undefined, ...rest } = overrides;
  const watch = createWatch();
  const begun: string[] = [];
  const poll = createTestPoll(
    { root, token, clock, pollTimeoutMs },
    {
      log,
      handle: (update) => {
        begun.push(textOf(update));
        watch.changed();
        return handle(update);
      },
      ...rest,
    },
  );
  const outcome = poll.run(stop.signal);
  ended = outcome;
  const began = (text: string) =>
    watch.until(() => begun.includes(text) || undefined, { what: `"${text}" to begin`, seen: () => begun.join() });
  return { poll, outcome, begun, began };
}

function textOf({ message }: TelegramUpdate): string {
  return message?.text ?? "";
}

/** A handler that holds the messages with these texts until they are released. */
function holding(...texts: string[]) {
  const held = new Map(texts.map((text) => [text, Promise.withResolvers<void>()]));
  return {
    handle: async (update: TelegramUpdate) => held.get(textOf(update))?.promise,
    release: (text: string) => held.get(text)?.resolve(),
  };
}

const polled = () => telegram.waitFor(({ method }) => method === "getUpdates", { after: telegram.calls.length });

describe("the poll", () => {
  test("asks for updates as reliability.md §3.3 says, from offset 0", async () => {
    start();
    const { params } = await polled();
    expect(params).toMatchObject({ offset: 0, timeout: 0, limit: 50, allowed_updates: ["message", "callback_query"] });
  });

  test("uses long polls once it knows that it gets updates", async () => {
    const { poll } = start();
    const call = await telegram.waitFor(({ method, params }) => method === "getUpdates" && params.timeout === 30);
    expect(call.params).toMatchObject({ offset: 0, limit: 50 });
    expect(poll.health.lastSuccessAt).toBeDefined();
    expect(log.at("info")).toEqual(["Telegram answers"]);
  });

  describe("behind a proxy", () => {
    /** `cut` ends a poll after this time, and resolves when one of `next` seconds begins; `answer` does so with a message. */
    function behindProxy(overrides: Partial<PollOptions> = {}) {
      const proxy = startForwarder({ leadsTo: Number(new URL(telegram.root).port) });
      start({ root: `http://127.0.0.1:${proxy.port}`, ...overrides });
      const begins = (seconds: number, after: number) =>
        telegram.waitFor(({ method, params }) => method === "getUpdates" && params.timeout === seconds, { after });
      return {
        begins,
        async cut(ms: number, next: number) {
          const before = telegram.calls.length;
          clock.advance(ms);
          proxy.resets();
          clock.advance(await clock.sleeping(500, 30_000));
          await begins(next, before);
        },
        async answer(ms: number, next: number) {
          const before = telegram.calls.length;
          clock.advance(ms);
          telegram.user({ id: 1 }).sends("link");
          await begins(next, before);
        },
        [Symbol.dispose]: () => proxy[Symbol.dispose](),
      };
    }

    test("asks for polls that get through where silence is cut off, for an hour or until another way is taken", async () => {
      let way = new AbortController();
      using polls = behindProxy({ renewed: () => way.signal });
      await polls.begins(30, 0);
      await polls.cut(10_000, 30);
      await polls.cut(10_000, 8);
      await polls.cut(3_600_000, 30);
      await polls.cut(10_000, 30);
      await polls.cut(10_000, 8);
      const before = telegram.calls.length;
      const left = way;
      way = new AbortController();
      left.abort();
      await polls.begins(30, before);
      await polls.cut(1_000, 30);
      await polls.cut(1_000, 30);
    });

    test("asks for none that are shorter where nobody answers at all, nor for ever shorter ones", async () => {
      using polls = behindProxy();
      await polls.begins(30, 0);
      for (let nth = 1; nth <= 4; nth++) await polls.cut(40_000, 30);
      await polls.cut(10_000, 30);
      await polls.cut(10_000, 8);
      for (let nth = 1; nth <= 4; nth++) await polls.cut(10_000, 8);
    });

    test("asks for shorter polls where messages came between those that were cut, and not where one waited longer", async () => {
      using polls = behindProxy();
      await polls.begins(30, 0);
      await polls.cut(10_000, 30);
      await polls.answer(25_000, 30);
      await polls.cut(30_000, 30);
      await polls.answer(30_000, 30);
      await polls.cut(30_000, 24);
    });
  });

  test("confirms a batch only after all of it was handled", async () => {
    const ann = telegram.user({ id: 1 });
    for (const text of ["one", "two", "three"]) ann.sends(text);
    const held = holding("two");
    const { begun, began, poll } = start(held);
    await began("two");
    expect(telegram.pending).toHaveLength(3);
    expect(begun).toEqual(["one", "two"]);
    held.release("two");
    await telegram.settled();
    expect(begun).toEqual(["one", "two", "three"]);
    expect(poll.health).toMatchObject({ state: "polling", lastSuccessAt: clock.now() });
  });

  test("keeps the order within a chat while other chats go on", async () => {
    const [ann, bob] = [telegram.user({ id: 1 }), telegram.user({ id: 2 })];
    const group = telegram.group({ id: -5, title: "Home" });
    ann.sends("first batch");
    const held = holding("first batch", "ann 1", "group 1");
    const { begun, began } = start(held);
    await began("first batch");
    ann.sends("ann 1");
    ann.sends("group 1", { in: group });
    bob.sends("group 2", { in: group });
    ann.sends("ann 2");
    bob.sends("bob 1");
    held.release("first batch");
    await began("bob 1");
    expect(begun).not.toContain("ann 2");
    expect(begun).not.toContain("group 2");
    held.release("ann 1");
    held.release("group 1");
    await telegram.settled();
    expect(begun.indexOf("ann 1")).toBeLessThan(begun.indexOf("ann 2"));
    expect(begun.indexOf("group 1")).toBeLessThan(begun.indexOf("group 2"));
  });

  test("skips an update whose handler rejects, and logs it", async () => {
    const ann = telegram.user({ id: 1 });
    ann.sends("bad");
    ann.sends("good");
    const { begun } = start({
      handle: async (update) => {
        if (textOf(update) === "bad") throw new Error(`fetching "http://x/bot${TOKEN}/y"`);
      },
    });
    await telegram.settled();
    expect(begun).toEqual(["bad", "good"]);
    expect(log.at("error")).toHaveLength(1);
  });

  test("goes on without a handler that takes longer than 15 s", async () => {
    const ann = telegram.user({ id: 1 });
    ann.sends("slow");
    ann.sends("quick");
    const held = holding("slow");
    const { began } = start(held);
    await began("slow");
    clock.advance(await clock.sleeping(15_000));
    await telegram.settled();
    expect(log.lines).toContainEqual({
      level: "error",
      message: "An update is not handled yet: continuing without it",
      fields: { update: expect.any(Number), afterMs: 15_000 },
    });
    held.release("slow");
  });

  test("skips an update that was begun three times and never ended", async () => {
    const ann = telegram.user({ id: 1 });
    ann.sends("poison");
    ann.sends("harmless");
    const tries = new Map<number, number>(telegram.pending.slice(0, 1).map(({ update_id }) => [update_id, 3]));
    const poisoned: string[] = [];
    const { begun } = start({
      updatesInProgress: {
        begin: (ids) => new Map(ids.map((id) => [id, tries.set(id, (tries.get(id) ?? 0) + 1).get(id) ?? 0])),
        end: (ids) => {
          for (const id of ids) tries.delete(id);
        },
        clear: () => tries.clear(),
      },
      onPoison: (update) => poisoned.push(textOf(update)),
    });
    await telegram.settled();
    expect(begun).toEqual(["harmless"]);
    expect(poisoned).toEqual(["poison"]);
    expect(tries.size).toBe(0);
  });

  test("handles an update that was begun twice and never ended", async () => {
    telegram.user({ id: 1 }).sends("suspicious");
    const { begun } = start({
      updatesInProgress: { begin: (ids) => new Map(ids.map((id) => [id, 3])), end: () => {}, clear: () => {} },
    });
    await telegram.settled();
    expect(begun).toEqual(["suspicious"]);
  });

  test("handles the first batch after a start one by one, so that only the guilty update is blamed", async () => {
    telegram.user({ id: 1 }).sends("one");
    telegram.user({ id: 2 }).sends("two");
    const open = new Set<number>();
    const held = holding("one");
    const { began } = start({
      ...held,
      updatesInProgress: {
        begin: (ids) => {
          for (const id of ids) open.add(id);
          return new Map();
        },
        end: (ids) => {
          for (const id of ids) open.delete(id);
        },
        clear: () => open.clear(),
      },
    });
    await began("one");
    expect(open.size).toBe(1);
    held.release("one");
    await began("two");
  });

  test("notes updates again when another way to Telegram is taken", async () => {
    const ann = telegram.user({ id: 1 });
    let way = new AbortController();
    const noted: number[] = [];
    const { began } = start({
      renewed: () => way.signal,
      updatesInProgress: {
        begin(ids) {
          noted.push(...ids);
          return new Map();
        },
        end: () => {},
        clear: () => {},
      },
    });
    // The first call returns at once, and there is nothing.
    await telegram.waitFor(({ method, params }) => method === "getUpdates" && params.timeout === 30);
    clock.advance(60_000);
    ann.sends("not noted");
    await began("not noted");
    expect(noted).toEqual([]);
    const before = telegram.calls.length;
    const left = way;
    way = new AbortController();
    left.abort();
    await telegram.waitFor(({ method }) => method === "getUpdates", { after: before });
    ann.sends("noted");
    await began("noted");
    expect(noted).toHaveLength(1);
  });

  test("records the starts of a later batch in one write, and the ends in another", async () => {
    const people = [1, 2, 3].map((id) => telegram.user({ id }));
    const writes: string[] = [];
    const { begun } = start({
      updatesInProgress: {
        begin: (ids) => {
          writes.push(`begin ${ids.length}`);
          return new Map(ids.map((id) => [id, 1]));
        },
        end: (ids) => void writes.push(`end ${ids.length}`),
        clear: () => undefined,
      },
    });
    people[0]?.sends("first");
    await telegram.settled();
    for (const person of people) person.sends("together");
    await telegram.settled();
    expect(begun).toEqual(["first", "together", "together", "together"]);
    expect(writes).toEqual(["begin 1", "end 1", "begin 3", "end 3"]);
  });

  test("tells whether a finished update had been begun before the start as well", async () => {
    const people = [1, 2, 3].map((id) => telegram.user({ id }));
    for (const person of people) person.sends("before the start");
    const [, again] = telegram.pending.map(({ update_id }) => update_id);
    const ended: boolean[] = [];
    const { begun } = start({
      updatesInProgress: {
        begin: (ids) => new Map(ids.map((id) => [id, id === again ? 2 : 1])),
        end: (_, { isAgain }) => void ended.push(isAgain),
        clear: () => undefined,
      },
    });
    await telegram.settled();
    for (const person of people) person.sends("together");
    await telegram.settled();
    expect([begun.length, ended]).toEqual([6, [false, true, false, false]]);
  });

  test("clears the records of updates in work, including stale ones, once nothing is pending", async () => {
    const noted = new Set([7, 8]);
    let isLocked = true;
    let clears = 0;
    const unlessLocked = (work: () => void) => {
      if (isLocked) throw new Error("SQLITE_BUSY");
      work();
    };
    let empty = telegram.fail("getUpdates", NOTHING);
    const { began } = start({
      updatesInProgress: {
        begin(ids) {
          for (const id of ids) noted.add(id);
          return new Map();
        },
        end: (ids) => unlessLocked(() => void ids.map((id) => noted.delete(id))),
        clear() {
          clears += 1;
          unlessLocked(() => noted.clear());
        },
      },
      async handle() {
        empty = telegram.fail("getUpdates", NOTHING);
      },
    });
    const looks = async (times: number) => {
      for (let look = 0; look < times; look += 1) {
        await clock.sleeping(1_000);
        clock.advance(1_000);
      }
      await clock.sleeping(1_000);
    };
    await looks(1);
    expect([...noted]).toEqual([7, 8]);
    isLocked = false;
    await looks(3);
    expect([...noted]).toEqual([]);
    const before = clears;
    isLocked = true;
    empty.release();
    telegram.user({ id: 1 }).sends("link");
    clock.advance(1_000);
    await began("link");
    await looks(1);
    expect(noted.size).toBe(1);
    isLocked = false;
    await looks(3);
    expect(noted.size).toBe(0);
    expect(clears).toBeGreaterThan(before);
    const after = clears;
    await looks(2);
    expect(clears).toBe(after);
    empty.release();
  });

  test("handles updates although what is in work cannot be recorded", async () => {
    telegram.user({ id: 1 }).sends("link");
    const broken = () => {
      throw new Error("SQLITE_FULL");
    };
    const { begun } = start({ updatesInProgress: { begin: broken, end: broken, clear: broken } });
    await telegram.settled();
    expect(begun).toEqual(["link"]);
  });

  test("skips kinds it did not ask for, and logs each once", async () => {
    for (const user_id of [1, 2]) telegram.push({ brand_new_kind: { user_id } });
    telegram.push({});
    telegram.user({ id: 1 }).sends("link");
    const { begun } = start();
    await telegram.settled();
    expect(begun).toEqual(["link"]);
    expect(log.lines.flatMap(({ fields }) => fields?.kind ?? [])).toEqual(["brand_new_kind", "none"]);
  });

  test("takes updates whose numbers start again lower", async () => {
    const ann = telegram.user({ id: 1 });
    ann.sends("before");
    const { began } = start();
    await began("before");
    await telegram.settled();
    telegram.push({
      update_id: 7,
      message: { message_id: 50, date: 1, chat: { id: 1, type: "private" }, text: "after" },
    });
    await began("after");
    await telegram.settled();
  });
});

describe("the poll in trouble", () => {
  test.each([
    ["500", SERVER_ERROR],
    ["an HTML 502", BAD_GATEWAY],
    ["an empty body", EMPTY_BODY],
    ["half an answer", HALF_JSON],
    ["a dropped connection", RESET],
    ["an answer without a reason", { kind: "answer", status: 200, body: { ok: false } } as const],
    ["a result that is no list", { kind: "answer", status: 200, body: { ok: true, result: null } } as const],
  ])("waits longer and longer after %s, and loses nothing", async (_, fault) => {
    const ann = telegram.user({ id: 1 });
    ann.sends("link");
    const failing = telegram.fail("getUpdates", fault, { times: 3 });
    const { poll, begun } = start();
    for (const ms of [1_000, 2_000, 4_000]) {
      expect(await clock.sleeping(ms)).toBe(ms);
      expect(poll.health.state).toBe("unreachable");
      clock.advance(ms);
    }
    await telegram.settled();
    expect(failing.hits).toBe(3);
    expect(begun).toEqual(["link"]);
    expect(log.at("warn")).toEqual(Array(3).fill("Cannot get updates"));
    expect(log.at("info")).toEqual(["Updates arrive again"]);
    expect(poll.health.state).toBe("polling");
  });

  test("logs in the same words each time that Telegram cannot be reached", async () => {
    await telegram.closes();
    start();
    const startedAt = clock.now();
    while (clock.now() - startedAt < 600_000) clock.advance(await clock.sleeping(800, 36_000));
    // The log prints a repeated line once a minute.
    expect(new Set(log.at("warn"))).toEqual(new Set(["Cannot get updates"]));
    const failures = log.lines.filter(({ level }) => level === "warn").map(({ fields }) => fields?.failures);
    expect(failures.slice(0, 4)).toEqual([1, 2, 3, 4]);
    const ms = await clock.sleeping(800, 36_000);
    await telegram.reopens();
    const again = polled();
    clock.advance(ms);
    await again;
  });

  test("gives up on a poll that is never answered", async () => {
    telegram.fail("getUpdates", HANG);
    const { poll } = start({ pollTimeoutMs: 30 });
    await clock.sleeping(1_000);
    expect(poll.health.state).toBe("unreachable");
    expect(log.lines[0]?.fields?.error).toContain("TIMEOUT");
  });

  test("does not spin when a front end answers a long poll at once", async () => {
    const empty = telegram.fail("getUpdates", NOTHING);
    const { poll } = start();
    // The very first poll is meant to be answered at once.
    for (const hits of [2, 3, 4]) {
      await clock.sleeping(1_000);
      expect(empty.hits).toBe(hits);
      clock.advance(1_000);
    }
    expect(poll.health.state).toBe("polling");
  });

  test("goes on at once when the clock is set back during a poll that brings nothing", async () => {
    const empty = telegram.fail("getUpdates", NOTHING);
    let at = clock.now();
    start({
      now() {
        at -= 24 * 3_600_000;
        return at;
      },
    });
    await telegram.waitFor(() => empty.hits >= 3);
  });

  test.each([
    ["in the parameters", tooManyRequests(30)],
    ["in the text alone", tooManyRequests(30, { bare: true })],
  ])("waits exactly as long as Telegram asks for %s", async (_, fault) => {
    telegram.fail("getUpdates", fault, { times: 1 });
    const { poll } = start();
    await clock.sleeping(30_000);
    expect(poll.health.state).toBe("flooded");
    clock.advance(30_000);
    await polled();
  });

  test.each([
    ["one long wait", [3_600], [3_600_000]],
    ["short ones in a row", [25, 25, 25], [25_000]],
    ["a short one", [30], []],
  ])("raises an alarm once when Telegram accepts nothing for a minute or more: %s", async (_, waits, alarms) => {
    const told: number[] = [];
    for (const seconds of waits) telegram.fail("getUpdates", tooManyRequests(seconds), { times: 1 });
    start({ onFlooded: (waitMs) => told.push(waitMs) });
    for (const seconds of waits) {
      await clock.sleeping(seconds * 1_000);
      clock.advance(seconds * 1_000);
    }
    await polled();
    expect(told).toEqual(alarms);
  });

  test("ends when the first contact says that the token is wrong", async () => {
    const { outcome, poll } = start({ token: "1:wrong" });
    expect(await outcome).toBe("unauthorized");
    expect(poll.health.state).toBe("stopped");
    telegram.fail("*", refusal(404, "Not Found"));
    expect(await start().outcome).toBe("unauthorized");
  });

  test("goes on when the token stops working later, logs it once, and tries once a minute", async () => {
    const ann = telegram.user({ id: 1 });
    ann.sends("first");
    const { poll, began } = start();
    await telegram.settled();
    const again = telegram.fail("getUpdates", refusal(401, "Unauthorized"), { times: 3 });
    ann.sends("second");
    await began("second");
    for (const hits of [1, 2, 3]) {
      await clock.sleeping(60_000);
      expect(again.hits).toBe(hits);
      expect(poll.health.state).toBe("unauthorized");
      clock.advance(60_000);
    }
    await telegram.settled();
    expect(log.at("error")).toHaveLength(1);
  });

  test("leaves the updates to another instance for longer and longer, and reports it after a minute", async () => {
    telegram.fail("getUpdates", CONFLICT, { times: 6 });
    const told: number[] = [];
    const startedAt = clock.now();
    const { poll } = start({ onConflict: () => told.push(clock.now() - startedAt) });
    for (const ms of [5_000, 10_000, 20_000, 30_000, 30_000, 30_000]) {
      await clock.sleeping(ms);
      expect(poll.health.state).toBe("conflict");
      clock.advance(ms);
    }
    await polled();
    expect(told).toEqual([65_000]);
    expect(log.at("warn")).toHaveLength(1);
  });

  test("deletes a webhook once and keeps the updates", async () => {
    telegram.user({ id: 1 }).sends("link");
    telegram.webhookActive = true;
    const { begun } = start();
    clock.advance(await clock.sleeping(1_000));
    await telegram.settled();
    expect(begun).toEqual(["link"]);
    const deletions = telegram.calls.filter(({ method }) => method === "deleteWebhook");
    expect(deletions.map(({ params }) => params.drop_pending_updates)).toEqual([false]);
  });

  test("deletes a webhook that is set again after the clock was set back by a day", async () => {
    let wrongBy = 0;
    telegram.webhookActive = true;
    start({ now: () => clock.now() - wrongBy });
    const deleted = () => telegram.calls.filter(({ method }) => method === "deleteWebhook").length;
    const pause = await clock.sleeping(1_000);
    wrongBy = 24 * 3_600_000;
    telegram.webhookActive = true;
    clock.advance(pause);
    await telegram.waitFor(() => deleted() === 2);
  });

  test("does not spin when somebody sets the webhook again and again", async () => {
    telegram.fail("getUpdates", refusal(409, "Conflict: can't use getUpdates method while webhook is active"));
    start();
    for (const ms of [1_000, 5_000, 10_000, 20_000]) clock.advance(await clock.sleeping(ms));
    expect(telegram.calls.filter(({ method }) => method === "deleteWebhook")).toHaveLength(1);
  });
});

describe("the stop of the poll", () => {
  test("aborts the long poll and confirms what was handled", async () => {
    telegram.user({ id: 1 }).sends("link");
    const { outcome, poll } = start();
    await telegram.settled();
    stop.abort();
    expect(await outcome).toBe("stopped");
    const last = telegram.calls.at(-1);
    expect(last).toMatchObject({ method: "getUpdates", params: { offset: telegram.offset, limit: 1, timeout: 0 } });
    expect(poll.health.state).toBe("stopped");
  });

  test("ends a wait at once", async () => {
    telegram.fail("getUpdates", tooManyRequests(3_600));
    const { outcome } = start();
    await clock.sleeping(3_600_000);
    stop.abort();
    expect(await outcome).toBe("stopped");
  });

  test("finishes the update in work, begins no other, and leaves the rest unconfirmed", async () => {
    const ann = telegram.user({ id: 1 });
    for (const text of ["one", "two", "three"]) ann.sends(text);
    const held = holding("two");
    const { outcome, began, begun } = start(held);
    await began("two");
    stop.abort();
    held.release("two");
    expect(await outcome).toBe("stopped");
    expect(begun).toEqual(["one", "two"]);
    expect(telegram.pending.map((update) => Reflect.get(Object(update.message), "text"))).toEqual(["three"]);
  });

  test("does not wait for a server that does not answer", async () => {
    const { outcome } = start();
    await telegram.waitFor(({ method }) => method === "getUpdates");
    await telegram.closes();
    stop.abort();
    expect(await outcome).toBe("stopped");
  });
});
