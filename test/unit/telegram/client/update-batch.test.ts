import { describe, expect, test } from "bun:test";
import type { TelegramUpdate } from "gramio";
import { createBatchHandler, inOrder, kindOf, orderKeyOf } from "../../../../src/telegram/client/update-batch.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const chat = { id: -100, type: "supergroup" };
const from = { id: 7, is_bot: false, first_name: "Ann" };
const update = (content: object) => ({ update_id: 1, ...content }) as TelegramUpdate;

describe("inOrder()", () => {
  test("puts the number first and the kind second, in whatever order Telegram sent them", () => {
    const odd = { message: { chat }, update_id: 5 } as unknown as TelegramUpdate;
    expect(kindOf(odd)).toBe("message");
    expect(Object.keys(inOrder(odd, "message"))).toEqual(["update_id", "message"]);
  });
});

describe("kindOf()", () => {
  test("is undefined for an update without one", () => {
    expect(kindOf(update({}))).toBeUndefined();
  });
});

describe("orderKeyOf()", () => {
  test.each([
    ["a message", { message: { chat, from } }, "chat -100"],
    ["a press", { callback_query: { id: "1", from, message: { chat } } }, "chat -100"],
    ["a press on an inline message", { callback_query: { id: "1", from } }, "chat 7"],
    ["a membership", { my_chat_member: { chat, from } }, "chat -100"],
    ["something without anybody", { poll: { id: "1" } }, "update 1"],
    ["nonsense", { message: null }, "update 1"],
    ["nothing", {}, "update 1"],
  ])("orders %s by its chat or person", (_, content, key) => {
    expect(orderKeyOf(update(content))).toBe(key);
  });
});

describe("whether the database can be written", () => {
  const ofChat = (chatId: number, nth: number) =>
    ({ update_id: 10 * chatId + nth, message: { chat: { id: chatId, type: "private" } } }) as TelegramUpdate;
  const updates = [1, 2].flatMap((chatId) => [1, 2, 3].map((nth) => ofChat(chatId, nth)));

  test.each([
    [1, 6],
    // Once for the record of all, which covers the first update of each chat, and once for each of the other two.
    [2, 5],
  ])("is checked before each update: with %i chats at once %i times", async (chatsAtOnce, looks) => {
    const seen: string[] = [];
    const batches = createBatchHandler({
      kinds: ["message"],
      handle: async () => void seen.push("handled"),
      updatesInProgress: { begin: () => new Map(), end: () => {}, clear: () => {} },
      writable: async () => void seen.push("looked"),
      storeEarlier: () => {},
      log: createRecordingLog(),
      now: () => 0,
      wait: (_, stop) => new Promise((resolve) => stop?.addEventListener("abort", () => resolve())),
    });
    const { signal } = new AbortController();
    expect(await batches.handle(updates, { chatsAtOnce, stop: signal })).toEqual([]);
    expect(seen.filter((what) => what === "looked")).toHaveLength(looks);
    expect(seen[0]).toBe("looked");
    expect(seen.filter((what) => what === "handled")).toHaveLength(updates.length);
  });
});

describe("the note that an update is begun", () => {
  const MINUTE = 60_000;

  function createBatches() {
    const steps: string[] = [];
    let [now, clears, ends] = [1_000_000, true, true];
    const batches = createBatchHandler({
      kinds: ["message"],
      handle: async ({ update_id }) => void steps.push(`handle ${update_id}`),
      updatesInProgress: {
        begin(ids) {
          steps.push(`begin ${ids.join(" ")}`);
          return new Map(ids.map((id) => [id, 1]));
        },
        end(ids) {
          if (!ends) throw new Error("SQLITE_BUSY");
          steps.push(`end ${ids.join(" ")}`);
        },
        clear() {
          if (!clears) throw new Error("SQLITE_BUSY");
          steps.push("clear");
        },
      },
      writable: async () => {},
      storeEarlier: () => void steps.push("store"),
      log: createRecordingLog(),
      now: () => now,
      wait: (_, stop) => new Promise((resolve) => stop?.addEventListener("abort", () => resolve())),
    });
    return {
      advance(ms: number) {
        now += ms;
      },
      lock(isLocked: boolean) {
        clears = !isLocked;
      },
      refuseEnds(isRefused: boolean) {
        ends = !isRefused;
      },
      nothingPending: batches.nothingPending,
      mayBePending: batches.mayBePending,
      clears: () => steps.filter((step) => step === "clear").length,
      async stepsOf(id: number, chatsAtOnce = 50): Promise<string[]> {
        const before = steps.length;
        const one = { update_id: id, message: { chat: { id: 1, type: "private" } } } as TelegramUpdate;
        await batches.handle([one], { chatsAtOnce, stop: new AbortController().signal });
        return steps.slice(before);
      },
    };
  }

  const noted = (id: number) => ["store", `begin ${id}`, `handle ${id}`, `end ${id}`];
  const unnoted = (id: number) => ["store", `handle ${id}`];

  test("is made until Telegram has had nothing left, however long that takes", async () => {
    const { stepsOf, advance, nothingPending } = createBatches();
    expect(await stepsOf(1, 1)).toEqual(noted(1));
    advance(60 * MINUTE);
    expect(await stepsOf(2)).toEqual(noted(2));
    nothingPending();
    expect(await stepsOf(3)).toEqual(unnoted(3));
    expect(await stepsOf(4, 1)).toEqual(unnoted(4));
  });

  test("is made for a minute even then: a server that has just started may know an old update late", async () => {
    const { stepsOf, advance, nothingPending } = createBatches();
    nothingPending();
    expect(await stepsOf(1)).toEqual(noted(1));
    advance(MINUTE - 1);
    expect(await stepsOf(2)).toEqual(noted(2));
    advance(1);
    expect(await stepsOf(3)).toEqual(unnoted(3));
    // The clock leaps back.
    advance(-MINUTE);
    expect(await stepsOf(4)).toEqual(noted(4));
  });

  test("is made again when another server of the Bot API is asked, until that has had nothing left", async () => {
    const { stepsOf, advance, nothingPending, mayBePending } = createBatches();
    advance(MINUTE);
    nothingPending();
    mayBePending();
    expect(await stepsOf(1)).toEqual(noted(1));
    nothingPending();
    expect(await stepsOf(2)).toEqual(unnoted(2));
  });

  test("is made as long as older notes cannot be dropped", async () => {
    const { stepsOf, advance, nothingPending, lock } = createBatches();
    advance(MINUTE);
    lock(true);
    nothingPending();
    expect(await stepsOf(1)).toEqual(noted(1));
    lock(false);
    nothingPending();
    expect(await stepsOf(2)).toEqual(unnoted(2));
  });

  test("is dropped with all others once, and not at each empty poll", () => {
    const { nothingPending, clears } = createBatches();
    nothingPending();
    nothingPending();
    expect(clears()).toBe(1);
  });

  test("is dropped once Telegram has nothing left if its end could not be stored", async () => {
    const { stepsOf, nothingPending, clears, refuseEnds } = createBatches();
    nothingPending();
    refuseEnds(true);
    expect(await stepsOf(1)).toEqual(["store", "begin 1", "handle 1"]);
    refuseEnds(false);
    nothingPending();
    expect(clears()).toBe(2);
  });
});
