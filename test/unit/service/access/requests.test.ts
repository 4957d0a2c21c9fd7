import { describe, expect, test } from "bun:test";
import type { Language } from "../../../../src/domain/chat.ts";
import { DELETABLE_MS } from "../../../../src/domain/message.ts";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createAccess } from "../../../../src/service/access/access.ts";
import { type Asked, createAccessRequests } from "../../../../src/service/access/requests.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { storeFails, watched } from "../fuse.ts";
import { createWorld } from "../world.ts";

const [ADMIN, SECOND, EVE] = [1, 2, 666];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PROMPT = { chatId: ADMIN, messageId: 50 };
const OTHER_PROMPT = { chatId: SECOND, messageId: 50 };
const eve = { id: EVE, name: "Eve", language: "ru", threadId: null } as const;

function createDesk() {
  const world = createWorld();
  const store = watched(world.store, (name) => world.watcher(name));
  const log = createRecordingLog();
  const now = () => world.now;
  const access = createAccess({ settings: { admins: [ADMIN, SECOND], users: [] }, grants: store.grants, now, log });
  const seen: [number, string | undefined][] = [];
  const preferences = { saw: (chatId: number, language: string | undefined) => void seen.push([chatId, language]) };
  access.saw(ADMIN, "Bo");
  return {
    ...createAccessRequests({ store, access, sawLanguage: preferences.saw, now, log }),
    world,
    access,
    log,
    seen,
    /** Each planned deletion of a chat's message, in ms from now. */
    planned: (chatId: number) =>
      world.store.deletions
        .dueOfOneChat(world.now + 9 * DAY, 99)
        .filter((deletion) => deletion.chatId === chatId)
        .map(({ messageId, deleteAt }) => [messageId, deleteAt - world.now]),
    [Symbol.dispose]: () => world[Symbol.dispose](),
  };
}
/** The admins were asked about a stranger, each with a prompt. */
function createAsked() {
  const desk = createDesk();
  desk.ask(eve);
  desk.shown(EVE, PROMPT);
  desk.shown(EVE, OTHER_PROMPT);
  return desk;
}

const ASKED: Asked = { kind: "asked", admins: [ADMIN, SECOND] };

describe("ask()", () => {
  test("asks all admins, and learns the stranger's language", () => {
    using desk = createDesk();
    expect(desk.ask(eve)).toEqual(ASKED);
    expect(desk.read(EVE)).toEqual({ kind: "open", name: "Eve" });
    expect(desk.seen).toEqual([[EVE, "ru" satisfies Language]]);
  });

  test("does not ask again while the prompts exist", () => {
    using desk = createAsked();
    desk.world.advance(DELETABLE_MS - 1);
    expect(desk.ask(eve)).toEqual({ kind: "waiting" });
    desk.world.advance(1);
    expect(desk.ask(eve)).toEqual(ASKED);
  });

  test("asks again after an hour if no prompt was sent, and at once after a clock jump", () => {
    using desk = createDesk();
    desk.ask(eve);
    expect(desk.ask(eve)).toEqual({ kind: "waiting" });
    desk.world.advance(HOUR - 1);
    expect(desk.ask(eve)).toEqual({ kind: "not_now" });
    desk.world.advance(1);
    expect(desk.ask(eve)).toEqual(ASKED);
    desk.world.advance(-DAY);
    expect(desk.ask(eve)).toEqual(ASKED);
  });

  test("does not ask for a month after a refusal", () => {
    using desk = createAsked();
    desk.decide("no", { id: EVE, by: ADMIN });
    desk.world.advance(30 * DAY - 1);
    expect(desk.ask(eve)).toEqual({ kind: "refused" });
    desk.world.advance(1);
    expect(desk.ask(eve)).toEqual(ASKED);
  });

  test("asks again after a clock that was ahead was corrected, however many had asked", () => {
    using desk = createDesk();
    desk.world.advance(365 * DAY);
    for (let n = 0; n < 10; n += 1) desk.ask({ ...eve, id: 1_000 + n });
    expect(desk.ask(eve)).toEqual({ kind: "not_now" });
    desk.world.advance(-365 * DAY);
    expect(desk.ask(eve)).toEqual(ASKED);
  });

  test("asks about at most ten strangers an hour, and logs that there are more", () => {
    using desk = createDesk();
    const asked = Array.from({ length: 12 }, (_, index) => desk.ask({ ...eve, id: 700 + index }).kind);
    expect(asked.filter((kind) => kind === "asked")).toHaveLength(10);
    expect(asked.slice(10)).toEqual(["not_now", "not_now"]);
    expect(desk.log.at("warn")).toHaveLength(2);
    desk.world.advance(HOUR + 1);
    expect(desk.ask({ ...eve, id: 720 })).toEqual(ASKED);
  });

  test("does not ask while the database cannot be used", () => {
    using desk = createDesk();
    desk.world.watcher = storeFails;
    expect(desk.ask(eve)).toEqual({ kind: "not_now" });
    expect(desk.log.at("warn")).toEqual(["Cannot use the stored requests for access now"]);
  });
});

describe("shown()", () => {
  test("plans a prompt's deletion while it can still be deleted", () => {
    using desk = createDesk();
    desk.ask(eve);
    expect(desk.shown(EVE, PROMPT)).toBe(true);
    expect(desk.planned(ADMIN)).toEqual([[PROMPT.messageId, DELETABLE_MS]]);
  });

  test.each(["in", "day", "no"] as const)("returns false if the request was decided meanwhile: %s", (decision) => {
    using desk = createDesk();
    desk.ask(eve);
    desk.decide(decision, { id: EVE, by: SECOND });
    expect(desk.shown(EVE, PROMPT)).toBe(false);
    expect(desk.close(EVE)).toEqual([]);
  });
});

describe("decide()", () => {
  test.each([
    ["in", "user", null],
    ["day", "guest", DAY],
  ] as const)("lets in: %s", (decision, role, lastsMs) => {
    using desk = createAsked();
    const until = lastsMs === null ? null : desk.world.now + lastsMs;
    const decided = desk.decide(decision, { id: EVE, by: ADMIN });
    expect(decided).toEqual({ kind: "granted", until, messages: [PROMPT, OTHER_PROMPT], threadId: null });
    expect(desk.access.member(EVE)).toMatchObject({ role, until, name: "Eve" });
    expect(desk.read(EVE)).toEqual({ kind: "granted", name: "Eve", by: "Bo", until });
    expect(desk.close(EVE)).toEqual([]);
  });

  test("refuses a stranger", () => {
    using desk = createAsked();
    const decided = desk.decide("no", { id: EVE, by: SECOND });
    expect(decided).toEqual({ kind: "refused", messages: [PROMPT, OTHER_PROMPT], threadId: null });
    expect(desk.access.member(EVE)).toBeUndefined();
    expect(desk.read(EVE)).toEqual({ kind: "refused", name: "Eve", by: String(SECOND) });
  });

  test("counts only the first admin's decision", () => {
    using desk = createAsked();
    desk.decide("no", { id: EVE, by: SECOND });
    expect(desk.decide("in", { id: EVE, by: ADMIN })).toBeUndefined();
    expect(desk.access.member(EVE)).toBeUndefined();
    desk.world.advance(30 * DAY);
    expect(desk.decide("in", { id: EVE, by: ADMIN })).toMatchObject({ kind: "granted" });
    expect(desk.decide("no", { id: EVE, by: SECOND })).toBeUndefined();
    expect(desk.access.member(EVE)).toMatchObject({ role: "user" });
  });

  test("returns the topic in which a group asked", () => {
    using desk = createDesk();
    desk.ask({ ...eve, id: -5, threadId: 7 });
    expect(desk.decide("in", { id: -5, by: ADMIN })).toMatchObject({ threadId: 7 });
  });

  test("lets a refused person in only if that is requested explicitly", () => {
    using desk = createAsked();
    desk.decide("no", { id: EVE, by: SECOND });
    expect(desk.refused()).toMatchObject([{ id: EVE, name: "Eve", refusedBy: SECOND }]);
    expect(desk.isRefused(EVE)).toBe(true);
    desk.world.watcher = storeFails;
    expect([desk.refused(), desk.isRefused(EVE)]).toEqual([[], false]);
    desk.world.watcher = () => {};
    expect(desk.decide("day", { id: EVE, by: ADMIN })).toBeUndefined();
    expect(desk.decide("day", { id: EVE, by: ADMIN, anew: true })).toMatchObject({ kind: "granted" });
    expect([desk.refused(), desk.isRefused(EVE), desk.access.member(EVE)?.role]).toEqual([[], false, "guest"]);
  });

  test("works if the request has been deleted", () => {
    using desk = createDesk();
    expect(desk.decide("in", { id: EVE, by: ADMIN })).toEqual({
      kind: "granted",
      until: null,
      messages: [],
      threadId: null,
    });
    expect(desk.read(EVE)).toMatchObject({ name: String(EVE) });
  });

  test("decides nothing while the database cannot be used", () => {
    using desk = createAsked();
    desk.world.watcher = storeFails;
    for (const decision of ["in", "no"] as const) {
      expect(() => desk.decide(decision, { id: EVE, by: ADMIN })).toThrow("The database cannot be used");
    }
    desk.world.watcher = () => {};
    expect([desk.read(EVE).kind, desk.access.member(EVE)]).toEqual(["open", undefined]);
  });

  test.each(["strangers.remove", "commit"])("lets nobody in if that cannot be stored completely: %s", (failing) => {
    using desk = createAsked();
    desk.world.watcher = (name) => {
      if (name === failing) throw new StoreUnavailable("SQLITE_FULL");
    };
    expect(() => desk.decide("in", { id: EVE, by: ADMIN })).toThrow(StoreUnavailable);
    desk.world.watcher = () => {};
    expect(desk.access.member(EVE)).toBeUndefined();
    const decided = desk.decide("in", { id: EVE, by: ADMIN });
    expect(decided).toMatchObject({ kind: "granted", messages: [PROMPT, OTHER_PROMPT] });
  });
});

test("close() ends a request that an invite decided, and returns its prompts", () => {
  using desk = createAsked();
  desk.access.grant({ id: EVE, name: "Eve", role: "user", until: null, by: ADMIN });
  expect(desk.close(EVE)).toEqual([PROMPT, OTHER_PROMPT]);
  expect(desk.close(EVE)).toEqual([]);
  desk.world.watcher = storeFails;
  expect(desk.close(EVE)).toEqual([]);
  expect(desk.read(EVE)).toMatchObject({ kind: "granted" });
});

test("forget() deletes a request after a month, and a refusal when it expires", () => {
  using desk = createAsked();
  desk.ask({ ...eve, id: 667 });
  desk.world.advance(DAY);
  desk.decide("no", { id: 667, by: ADMIN });
  desk.world.advance(29 * DAY + 1);
  desk.forget();
  expect([desk.close(EVE), desk.read(667).kind]).toEqual([[], "refused"]);
  desk.world.advance(DAY);
  desk.forget();
  expect(desk.world.store.strangers.byId(667)).toBeUndefined();
});
