import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createAccess } from "../../../../src/service/access/access.ts";
import { createAccessChanges } from "../../../../src/service/access/access-changes.ts";
import { createAccessRequests } from "../../../../src/service/access/requests.ts";
import { newLink } from "../../../support/links.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { storeFails, watched } from "../fuse.ts";
import { createWorld } from "../world.ts";

const [ADMIN, EVE] = [1, 666];
const DAY = 24 * 3_600_000;
const UNDO = 8_000;

function createDesk() {
  const world = createWorld();
  const store = watched(world.store, (name) => world.watcher(name));
  const boot = () => {
    const log = createRecordingLog();
    const now = () => world.now;
    const access = createAccess({ settings: { admins: [ADMIN], users: [] }, grants: store.grants, now, log });
    const requests = createAccessRequests({ store, access, sawLanguage: () => {}, now, log });
    return { access, requests, ...createAccessChanges({ store, access, requests, undoMs: UNDO, now, log }) };
  };
  const desk = boot();
  const letIn = (until: number | null = null, role: "user" | "guest" = until === null ? "user" : "guest") =>
    desk.access.grant({ id: EVE, name: "Eve", role, until, by: ADMIN });
  return {
    ...desk,
    world,
    boot,
    letIn,
    link: (url: string, change: Parameters<typeof world.store.links.update>[1] = {}) => {
      const link = world.store.links.add(newLink({ chatId: EVE, url, key: url, sendAt: world.now + DAY }));
      world.store.links.update(link?.id ?? 0, { undo: null, ...change });
      return () => world.store.links.byId(link?.id ?? 0);
    },
    role: () => desk.access.roleOf({ chatId: EVE, userId: EVE }),
    [Symbol.dispose]: () => world[Symbol.dispose](),
  };
}

describe("removing access", () => {
  test("takes effect at once; the person is told and refused when the undo has expired", () => {
    using desk = createDesk();
    desk.letIn();
    desk.remove({ id: EVE, by: ADMIN, links: "keep" });
    expect([desk.role(), desk.access.isLeaving(EVE), desk.access.member(EVE)]).toEqual(["nobody", true, undefined]);
    desk.world.advance(UNDO - 1);
    expect([desk.settle(), desk.requests.isRefused(EVE)]).toEqual([[], false]);
    desk.world.advance(1);
    expect(desk.settle()).toEqual([{ kind: "removed", id: EVE }]);
    expect([desk.settle(), desk.requests.isRefused(EVE), desk.access.isLeaving(EVE)]).toEqual([[], true, false]);
    expect(desk.undo(EVE)).toBe(false);
  });

  test("removes the person's links from the queue on request, except those being sent", () => {
    using desk = createDesk();
    desk.letIn();
    const [waiting, failed] = [desk.link("a"), desk.link("b", { state: "failed" })];
    const [sending, removed] = [desk.link("c", { state: "sending" }), desk.link("d", { state: "removed", sendAt: 7 })];
    expect(desk.waiting(EVE)).toBe(3);
    desk.remove({ id: EVE, by: ADMIN, links: "remove" });
    expect([waiting, failed].map((link) => link()?.state)).toEqual(["removed", "removed"]);
    expect([waiting()?.sendAt, sending()?.state, removed()?.sendAt]).toEqual([desk.world.now + UNDO, "sending", 7]);
  });

  test("keeps the links in the queue if they should still go out", () => {
    using desk = createDesk();
    desk.letIn();
    const waiting = desk.link("a");
    desk.remove({ id: EVE, by: ADMIN, links: "keep" });
    expect(waiting()?.state).toBe("queued");
  });

  test("is undone with the former role, its end and the links, also after a restart", () => {
    using desk = createDesk();
    const until = desk.world.now + 5 * DAY;
    desk.letIn(until);
    const [waiting, unmatched] = [desk.link("a"), desk.link("b", { state: "unmatched", sendAt: 5 })];
    const own = desk.link("c", { state: "removed", sendAt: 9, undo: { state: "queued", sendAt: 1 } });
    const before = waiting();
    desk.remove({ id: EVE, by: ADMIN, links: "remove" });
    desk.world.advance(UNDO - 1);
    const { undo, access, settle } = desk.boot();
    expect(undo(EVE)).toBe(true);
    expect(access.member(EVE)).toMatchObject({ role: "guest", until });
    expect(waiting()).toEqual(before && { ...before, unshownChanges: 2 });
    expect(unmatched()).toMatchObject({ state: "queued", sendAt: 5, undo: null });
    expect(own()?.state).toBe("removed");
    desk.world.advance(UNDO);
    expect(settle()).toEqual([]);
  });

  test("cannot be answered by deciding a request, which would lose the removed links", () => {
    using desk = createDesk();
    desk.letIn();
    const waiting = desk.link("a");
    desk.remove({ id: EVE, by: ADMIN, links: "remove" });
    expect(desk.requests.decide("in", { id: EVE, by: ADMIN, anew: true })).toBeUndefined();
    expect([desk.undo(EVE), desk.role(), waiting()?.state]).toEqual([true, "user", "queued"]);
  });

  test("becomes final even if the clock was set back", () => {
    using desk = createDesk();
    desk.letIn();
    desk.remove({ id: EVE, by: ADMIN, links: "keep" });
    desk.world.advance(-DAY);
    expect(desk.settle()).toEqual([{ kind: "removed", id: EVE }]);
  });
});

describe("promoting to admin", () => {
  test("takes effect at once; the person is told when the undo has expired", () => {
    using desk = createDesk();
    desk.letIn();
    desk.promote({ id: EVE, by: ADMIN });
    expect([desk.role(), desk.settle()]).toEqual(["admin", []]);
    desk.world.advance(UNDO);
    expect([desk.settle(), desk.settle()]).toEqual([[{ kind: "promoted", id: EVE, role: "admin" }], []]);
    expect([desk.undo(EVE), desk.role()]).toEqual([false, "admin"]);
  });

  test("is undone to the former role and its end", () => {
    using desk = createDesk();
    desk.letIn(desk.world.now + DAY);
    desk.promote({ id: EVE, by: ADMIN });
    expect([desk.undo(EVE), desk.role()]).toEqual([true, "guest"]);
    expect(desk.access.guestUntil({ chatId: EVE, userId: EVE })).toBe(desk.world.now + DAY);
  });
});

describe("a guest", () => {
  test("is told of the end once a day before it, and once when it comes", () => {
    using desk = createDesk();
    const until = desk.world.now + 5 * DAY;
    desk.letIn(until);
    expect(desk.settle()).toEqual([]);
    desk.world.advance(4 * DAY);
    expect(desk.settle()).toEqual([{ kind: "ends_soon", id: EVE, until }]);
    expect(desk.boot().settle()).toEqual([]);
    desk.world.advance(DAY);
    const { settle } = desk.boot();
    expect([settle(), settle()]).toEqual([[{ kind: "ended", id: EVE }], []]);
  });

  test("who is let in for a day is not told of the end again", () => {
    using desk = createDesk();
    desk.letIn(desk.world.now + DAY);
    expect(desk.settle()).toEqual([]);
  });
});

test("while the database cannot be used, nobody is told anything and nothing is lost", () => {
  using desk = createDesk();
  desk.letIn(desk.world.now + DAY);
  desk.world.advance(DAY);
  desk.world.watcher = storeFails;
  expect([desk.settle(), desk.waiting(EVE)]).toEqual([[], undefined]);
  desk.world.watcher = () => {};
  expect(desk.settle()).toEqual([{ kind: "ended", id: EVE }]);
});

test("a change that could not be committed has no effect in memory either", () => {
  using desk = createDesk();
  const change = () => desk.remove({ id: EVE, by: ADMIN, links: "keep" });
  const fill = (isFull: boolean) => {
    desk.world.watcher = (name) => {
      if (isFull && name === "commit") throw new StoreUnavailable("SQLITE_FULL");
    };
  };
  desk.letIn();
  fill(true);
  expect(change).toThrow(StoreUnavailable);
  expect([desk.role(), desk.access.isLeaving(EVE)]).toEqual(["user", false]);
  fill(false);
  change();
  fill(true);
  expect(() => desk.undo(EVE)).toThrow(StoreUnavailable);
  desk.world.advance(UNDO);
  expect([desk.role(), desk.settle(), desk.access.isLeaving(EVE)]).toEqual(["nobody", [], true]);
  fill(false);
  expect(desk.settle()).toEqual([{ kind: "removed", id: EVE }]);
});
