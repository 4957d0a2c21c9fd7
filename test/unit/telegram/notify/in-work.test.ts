import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import type { ChatPlace } from "../../../../src/domain/chat.ts";
import type { Delivery } from "../../../../src/domain/delivery.ts";
import type { OpenWork, WorkMessage } from "../../../../src/domain/in-work.ts";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import type { Removal } from "../../../../src/service/fleet/removal.ts";
import { createWorkDisplay } from "../../../../src/telegram/notify/in-work.ts";
import type { ShownWork } from "../../../../src/telegram/notify/work-message.ts";
import { createClock } from "../../../support/clock.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const ANN: ChatPlace = { chatId: 1, threadId: null };
const FILMS: ChatPlace = { chatId: -5, threadId: 7 };
const SONGS: ChatPlace = { chatId: -5, threadId: 8 };
const PACE = 10_000;
const GROUP_PACE = 25_000;
const CHAT_PACE = 2_000;
const CHAT_PACE_IN_GROUPS = 6_000;
const GATHER = 200;

const named = ({ chatId, threadId }: ChatPlace) => `${chatId}/${threadId ?? 0}`;

/** A display whose calls are only recorded. */
function createScene(former: readonly WorkMessage[] = []) {
  const calls: string[] = [];
  const said: string[] = [];
  const drawn: number[] = [];
  const discarded: number[] = [];
  const open = new Map<string, OpenWork>();
  let held: PromiseWithResolvers<void> | undefined;
  let messageId = 100;
  const clock = createClock(0);
  const scene = {
    ...{ calls, said, drawn, discarded },
    text: "one",
    below: 0,
    /** Lookups of what is in work, except those for drawing the message. */
    looks: 0,
    blocked: false,
    shutOut: false,
    unavailable: false,
    isGone: false,
    has(place: ChatPlace, newest: number, of: Partial<OpenWork> = {}) {
      open.set(named(place), { ...place, total: 1, ended: 0, newest, ...of });
    },
    ends: (place: ChatPlace) => void open.delete(named(place)),
    /** Keeps calls from ending until `releases`. */
    holds() {
      held = Promise.withResolvers();
    },
    releases: () => held?.resolve(),
    /** Passes time without a tick. */
    async passes(ms: number) {
      calls.length = 0;
      clock.advance(ms);
      await setImmediate();
      return [...calls];
    },
    async tick(ms = 0) {
      calls.length = 0;
      clock.advance(ms);
      display.tick();
      await setImmediate();
      return [...calls];
    },
    get display() {
      return display;
    },
  };
  const at = (place: ChatPlace) => {
    if (scene.isGone) throw new RangeError("Database has closed");
    return open.get(named(place));
  };
  const carryOut = async (one: ShownWork, how: string) => {
    const content = { text: scene.text };
    const newest = at(one.place)?.newest;
    one.busy = true;
    calls.push(`${how} ${named(one.place)}`);
    await held?.promise;
    one.content = content;
    one.newest = newest;
    one.busy = false;
  };
  const display = createWorkDisplay({
    inWork: {
      places(chatId) {
        scene.looks += 1;
        if (scene.unavailable) throw new StoreUnavailable("SQLITE_BUSY");
        if (scene.isGone) throw new RangeError("Database has closed");
        return [...open.values()].filter((place) => chatId === undefined || place.chatId === chatId);
      },
      at(place) {
        scene.looks += 1;
        return at(place);
      },
    },
    keeper: { all: () => [...former] },
    sender: {
      render(place) {
        drawn.push(place.chatId);
        return { content: { text: scene.text }, newest: place.newest };
      },
      edit: (one) => carryOut(one, "edit"),
      async send(one) {
        await carryOut(one, "send");
        one.message = { ...one.place, messageId: messageId++, sentAt: clock.now() };
      },
      retire: (message) => void calls.push(`retire ${named(message)}`),
    },
    outbox: { tail: { saw: () => {}, deleted: () => {}, lastBefore: () => undefined, below: () => scene.below } },
    replies: {
      answer: ({ chatId, threadId }, { text }) => void said.push(`${chatId}/${threadId}: ${text}`),
      discard: (_, id) => void discarded.push(id),
    },
    isBlocked: () => scene.blocked,
    isShutOut: () => scene.shutOut,
    languageOf: () => "en",
    now: clock.now,
    wait: clock.wait,
    gatherWait: clock.wait,
    log: createRecordingLog(),
  });
  return scene;
}

describe("the message about what is in work", () => {
  test("comes at once, changes at most every ten seconds and only when something is new, and is deleted at once", async () => {
    const scene = createScene();
    expect(await scene.tick()).toEqual([]);
    scene.has(ANN, 1);
    expect(await scene.tick()).toEqual(["send 1/0"]);
    scene.text = "two";
    expect(await scene.tick(PACE - 1)).toEqual([]);
    expect(await scene.tick(1)).toEqual(["edit 1/0"]);
    expect(await scene.tick(PACE)).toEqual([]);
    scene.ends(ANN);
    expect(await scene.tick()).toEqual(["retire 1/0"]);
    expect(await scene.tick()).toEqual([]);
  });

  test("shows a new link at once, and a burst of further ones in one more call", async () => {
    const scene = createScene();
    scene.has(ANN, 1);
    expect(await scene.tick()).toEqual(["send 1/0"]);
    await scene.tick(CHAT_PACE);
    scene.text = "two";
    scene.has(ANN, 2);
    expect(await scene.tick()).toEqual(["edit 1/0"]);
    scene.text = "five";
    for (const newest of [3, 4, 5]) {
      scene.has(ANN, newest);
      expect(await scene.tick()).toEqual([]);
    }
    expect(await scene.passes(CHAT_PACE - 1)).toEqual([]);
    expect(await scene.passes(1)).toEqual(["edit 1/0"]);
    scene.text = "six";
    expect(await scene.tick(CHAT_PACE)).toEqual([]);
  });

  test("shows links that are handed over together in one call, which uses up the next call's turn", async () => {
    const scene = createScene();
    const handsOver = (newest: number) => {
      scene.has(ANN, newest);
      scene.text = `links up to ${newest}`;
      scene.display.handedOver(ANN);
    };
    handsOver(1);
    expect(await scene.tick()).toEqual([]);
    handsOver(2);
    const waits = scene.display.caughtUp(ANN.chatId);
    expect(waits).toBeInstanceOf(Promise);
    expect(await scene.passes(GATHER)).toEqual([]);
    expect(await scene.passes(GATHER)).toEqual(["send 1/0"]);
    await waits;
    expect(scene.display.caughtUp(ANN.chatId)).toBeUndefined();
    // Otherwise it would have its turn after two seconds.
    handsOver(3);
    expect(await scene.passes(GATHER)).toEqual(["edit 1/0"]);
    handsOver(4);
    expect(await scene.passes(GATHER)).toEqual([]);
    expect(await scene.passes(CHAT_PACE - 3 * GATHER)).toEqual([]);
    expect(await scene.passes(GATHER)).toEqual(["edit 1/0"]);
  });

  test("is updated every two seconds while more and more is handed over", async () => {
    const scene = createScene();
    const calls: string[] = [];
    for (let newest = 1; newest <= (2 * CHAT_PACE) / GATHER; newest += 1) {
      scene.has(ANN, newest);
      scene.text = `links up to ${newest}`;
      scene.display.handedOver(ANN);
      await scene.tick();
      scene.display.handedOver(ANN);
      calls.push(...(await scene.passes(GATHER)));
    }
    expect(calls).toEqual(["send 1/0", "edit 1/0"]);
  });

  test("shows what has come during a call without waiting for a tick", async () => {
    const scene = createScene();
    scene.has(ANN, 1);
    scene.holds();
    await scene.tick();
    scene.has(ANN, 2);
    scene.text = "two";
    expect(await scene.tick()).toEqual([]);
    scene.releases();
    expect(await scene.passes(0)).toEqual([]);
    expect(await scene.passes(CHAT_PACE)).toEqual(["edit 1/0"]);
  });

  test("looks up nothing after a call if no link was handed over during it", async () => {
    const scene = createScene();
    scene.has(ANN, 1);
    scene.holds();
    await scene.tick();
    const before = scene.looks;
    scene.releases();
    await scene.passes(0);
    expect(scene.looks).toBe(before);
  });

  test("keeps its pace when it is deleted and sent again", async () => {
    const scene = createScene();
    scene.has(ANN, 1);
    await scene.tick();
    scene.ends(ANN);
    await scene.tick();
    scene.has(ANN, 2);
    expect(await scene.tick(CHAT_PACE - 1)).toEqual([]);
    expect(await scene.tick(1)).toEqual(["send 1/0"]);
  });

  test("is not sent or edited once the display is closed", async () => {
    const scene = createScene();
    scene.has(ANN, 1);
    await scene.tick();
    scene.has(ANN, 2);
    scene.text = "two";
    await scene.tick();
    scene.display.close();
    expect(await scene.passes(CHAT_PACE)).toEqual([]);
  });

  test("changes less often in a group, separately for each topic, and shows new links before mere progress", async () => {
    const scene = createScene();
    scene.has(FILMS, 1);
    expect(await scene.tick()).toEqual(["send -5/7"]);
    scene.has(SONGS, 2);
    scene.text = "two";
    expect(await scene.tick(CHAT_PACE_IN_GROUPS - 1)).toEqual([]);
    expect(await scene.tick(1)).toEqual(["send -5/8"]);
    expect(await scene.tick(GROUP_PACE - CHAT_PACE_IN_GROUPS - 1)).toEqual([]);
    scene.has(SONGS, 3);
    scene.text = "three";
    expect(await scene.tick(1)).toEqual(["edit -5/8"]);
    expect(await scene.tick(CHAT_PACE_IN_GROUPS)).toEqual(["edit -5/7"]);
    scene.text = "four";
    expect(await scene.tick(GROUP_PACE - CHAT_PACE_IN_GROUPS)).toEqual(["edit -5/8"]);
    expect(await scene.tick(CHAT_PACE_IN_GROUPS)).toEqual(["edit -5/7"]);
  });

  test("comes at once when no further link is due, and not again for each link that is pressed then", async () => {
    const scene = createScene();
    for (const place of [ANN, FILMS]) {
      for (let newest = 1; newest <= 5; newest += 1) {
        scene.has(place, newest);
        scene.display.handedOver(place);
        scene.display.allHandedOver();
        expect(await scene.passes(GATHER / 2)).toEqual(newest === 1 ? [`send ${named(place)}`] : []);
      }
      expect(await scene.passes(GATHER)).toEqual([`edit ${named(place)}`]);
      expect(await scene.passes(CHAT_PACE)).toEqual([]);
    }
  });

  test("moves down only when it has scrolled away and something new comes", async () => {
    const scene = createScene();
    scene.has(ANN, 1);
    await scene.tick();
    scene.below = 5;
    scene.text = "two";
    expect(await scene.tick(PACE)).toEqual(["edit 1/0"]);
    scene.below = 4;
    scene.has(ANN, 2);
    scene.text = "three";
    expect(await scene.tick(PACE)).toEqual(["edit 1/0"]);
    scene.below = 5;
    expect(await scene.tick(PACE)).toEqual([]);
    scene.has(ANN, 3);
    expect(await scene.tick(PACE)).toEqual(["send 1/0"]);
  });

  test("is reused after a restart, and deleted when there is nothing to show", async () => {
    const scene = createScene([
      { ...ANN, messageId: 5, sentAt: 0 },
      { ...FILMS, messageId: 6, sentAt: 0 },
    ]);
    scene.unavailable = true;
    expect(await scene.tick()).toEqual([]);
    scene.unavailable = false;
    scene.below = 9;
    scene.has(ANN, 1);
    expect((await scene.tick()).toSorted()).toEqual(["edit 1/0", "retire -5/7"]);
  });

  test("does not wait for a clock that was set back", async () => {
    const scene = createScene();
    scene.has(ANN, 1);
    await scene.tick(3_600_000);
    scene.text = "two";
    expect(await scene.tick(-1_800_000)).toEqual(["edit 1/0"]);
  });

  test("is not sent to a chat where the bot cannot write, until it can", async () => {
    const scene = createScene();
    scene.blocked = true;
    scene.has(ANN, 1);
    expect(await scene.tick()).toEqual([]);
    scene.blocked = false;
    expect(await scene.tick()).toEqual(["send 1/0"]);
  });

  test("holds deletions back until it shows what is in work, and no longer where it cannot", async () => {
    const scene = createScene();
    const seen: string[] = [];
    const waitFor = (chatId: number, who: string) =>
      Promise.resolve(scene.display.caughtUp(chatId)).then(() => void seen.push(who));
    scene.has(ANN, 1);
    scene.holds();
    void waitFor(ANN.chatId, "ann");
    void waitFor(FILMS.chatId, "nothing is in work there");
    await setImmediate();
    expect([scene.calls, seen]).toEqual([["send 1/0"], ["nothing is in work there"]]);
    scene.releases();
    await setImmediate();
    expect(seen).toContain("ann");
    scene.text = "two";
    scene.has(ANN, 2);
    void waitFor(ANN.chatId, "two");
    // Later links are not waited for.
    scene.has(ANN, 3);
    await setImmediate();
    expect(seen).not.toContain("two");
    expect(await scene.passes(CHAT_PACE)).toEqual(["edit 1/0"]);
    expect(seen).toContain("two");
    scene.has(ANN, 4);
    void waitFor(ANN.chatId, "shut out");
    await setImmediate();
    scene.shutOut = true;
    await scene.tick();
    expect(seen).toContain("shut out");
    scene.has(FILMS, 5);
    scene.shutOut = false;
    scene.unavailable = true;
    await waitFor(FILMS.chatId, "unavailable");
    scene.unavailable = false;
    void waitFor(FILMS.chatId, "closed");
    scene.display.close();
    await setImmediate();
    expect(seen).toContain("closed");
  });

  test("is not looked up once the bot has stopped, when a call ends or a deletion asks", async () => {
    const scene = createScene();
    scene.has(ANN, 1);
    await scene.tick();
    scene.text = "two";
    scene.holds();
    expect(await scene.tick(PACE)).toEqual(["edit 1/0"]);
    scene.display.close();
    scene.releases();
    await Promise.resolve();
    scene.isGone = true;
    await setImmediate();
    scene.display.refresh(ANN);
    await scene.display.caughtUp(ANN.chatId);
    expect(await scene.passes(PACE)).toEqual([]);
  });

  test("is not sent for what ended before it was shown, and deletions wait for the news of that", async () => {
    const scene = createScene();
    scene.has(ANN, 1, { ended: 1 });
    let isSeen = false;
    void scene.display.caughtUp(ANN.chatId)?.then(() => {
      isSeen = true;
    });
    expect(await scene.tick()).toEqual([]);
    expect(isSeen).toBe(false);
    scene.ends(ANN);
    expect(await scene.tick()).toEqual([]);
    expect(isSeen).toBe(true);
  });

  test("is deleted when somebody's access is removed, and comes back with it", async () => {
    const scene = createScene();
    scene.has(ANN, 1);
    await scene.tick();
    scene.shutOut = true;
    expect(await scene.tick(PACE)).toEqual(["retire 1/0"]);
    expect(await scene.tick(PACE)).toEqual([]);
    scene.shutOut = false;
    expect(await scene.tick(PACE)).toEqual(["send 1/0"]);
  });

  test("changes at once after a press, also while a call is running", async () => {
    const scene = createScene();
    scene.has(ANN, 1);
    await scene.tick();
    scene.holds();
    scene.text = "two";
    scene.display.refresh(ANN);
    scene.text = "three";
    scene.display.refresh(ANN);
    scene.display.refresh(ANN);
    scene.display.refresh(SONGS);
    expect(scene.calls).toEqual(["send 1/0", "edit 1/0"]);
    scene.releases();
    await setImmediate();
    expect(scene.calls).toEqual(["send 1/0", "edit 1/0", "edit 1/0"]);
    scene.display.refresh(ANN);
    expect(scene.calls).toHaveLength(3);
  });

  test("is the only one that a press leaves there, except while another may be on its way", async () => {
    const scene = createScene();
    scene.has(ANN, 1);
    await scene.tick();
    const press = (messageId: number, chatId = ANN.chatId) => scene.display.pressed(ANN, { chatId, messageId });
    press(100);
    press(99, FILMS.chatId);
    expect(scene.discarded).toEqual([]);
    press(99);
    expect(scene.discarded).toEqual([99]);
    scene.holds();
    scene.text = "two";
    press(100);
    press(98);
    expect([scene.calls, scene.discarded]).toEqual([["send 1/0", "edit 1/0"], [99]]);
    scene.releases();
  });

  test("stays behind in a group that becomes another one, which gets its own", async () => {
    const scene = createScene();
    scene.has(FILMS, 1);
    await scene.tick();
    scene.display.moved(-5);
    scene.ends(FILMS);
    scene.has({ chatId: -100, threadId: null }, 1);
    expect(await scene.tick()).toEqual(["send -100/0"]);
  });

  test("is drawn for a hundred chats in a tick, in turns, and for one chat where only that one is asked about", async () => {
    const scene = createScene();
    for (let chatId = 1; chatId <= 250; chatId += 1) scene.has({ chatId, threadId: null }, chatId);
    expect((await scene.tick()).length).toBe(100);
    await scene.tick();
    expect((await scene.tick()).length).toBe(50);
    const rounds: number[][] = [];
    for (const ms of [PACE, 0, 0]) {
      scene.drawn.length = 0;
      expect(await scene.tick(ms)).toEqual([]);
      rounds.push([...scene.drawn]);
    }
    expect(rounds.map(({ length }) => length)).toEqual([100, 100, 100]);
    expect(new Set(rounds.flat()).size).toBe(250);
    scene.drawn.length = 0;
    await scene.display.caughtUp(7);
    expect(scene.drawn).toEqual([7]);
  });

  test.each<[Removal, number]>([
    ["removed", 0],
    ["finished", 0],
    ["goes_on", 1],
    ["being_sent", 1],
    ["silent", 1],
  ])("is followed by a message about a cancellation that ended as %s if it does not show that", (removal, times) => {
    const scene = createScene();
    const delivery = { ...ANN, name: null, key: "x.org/1", downloader: "nas" } as Delivery;
    scene.display.cancelled(delivery, removal);
    expect(scene.said).toHaveLength(times);
  });
});
