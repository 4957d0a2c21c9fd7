import { describe, expect, test } from "bun:test";
import type { Grant } from "../../../../src/domain/role.ts";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createAccess } from "../../../../src/service/access/access.ts";
import { createInviteDesk } from "../../../../src/service/access/invites.ts";
import { openStore } from "../../../../src/store/store.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { storeFails, type Watcher, watched } from "../fuse.ts";

const [ADMIN, USER, EVE, GROUP] = [1, 2, 3, -4];
const DAY = 86_400_000;

function createWorld() {
  const store = openStore(":memory:");
  const world = {
    now: Date.UTC(2026, 10, 23),
    watcher: (() => {}) as Watcher,
    boot() {
      const seen = watched(store, (name) => world.watcher(name));
      const settings = { admins: [ADMIN], users: [USER, GROUP] };
      const now = () => world.now;
      const access = createAccess({ settings, grants: seen.grants, now, log: createRecordingLog() });
      return { access, invites: createInviteDesk({ store: seen, access, now }) };
    },
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
  return world;
}

const roleOf = (access: ReturnType<typeof createAccess>, chatId: number, userId: number | undefined = chatId) =>
  access.roleOf({ chatId, userId });
const eve = { id: EVE, name: "Eve", by: ADMIN };

describe("roleOf()", () => {
  test.each([
    [ADMIN, ADMIN, "admin"],
    [USER, USER, "user"],
    [EVE, EVE, "nobody"],
    [GROUP, EVE, "user"],
    [GROUP, ADMIN, "admin"],
    [-99, USER, "user"],
    [-99, EVE, "nobody"],
    [GROUP, undefined, "user"],
  ] as const)("is the better role of chat %p and person %p: %s", (chatId, userId, role) => {
    using world = createWorld();
    expect(world.boot().access.roleOf({ chatId, userId })).toBe(role);
  });

  test("is never below the role in the config", () => {
    using world = createWorld();
    const { access } = world.boot();
    access.grant({ id: USER, name: "Ann", role: "guest", until: world.now + 1, by: ADMIN });
    expect(roleOf(access, USER)).toBe("user");
    expect(access.member(USER)).toMatchObject({ role: "user", granted: undefined });
  });
});

describe("a grant", () => {
  test("is valid across restarts until just before its end", () => {
    using world = createWorld();
    world.boot().access.grant({ ...eve, role: "guest", until: world.now + DAY });
    world.now += DAY - 1;
    const { access } = world.boot();
    expect(roleOf(access, EVE)).toBe("guest");
    world.now += 1;
    expect(roleOf(access, EVE)).toBe("nobody");
    expect(access.members().map(({ id }) => id)).toEqual([USER, GROUP, ADMIN]);
  });

  test("can be changed to another role; a further day is added to a guest's remaining time", () => {
    using world = createWorld();
    const { access } = world.boot();
    access.grant({ ...eve, role: "guest", until: world.now + 2 * DAY });
    const change = (to: "admin" | "user" | "day") => {
      const member = access.member(EVE);
      if (member === undefined) throw new Error("Eve is not in");
      return access.change(member, to, ADMIN);
    };
    expect(change("day")).toEqual({ role: "guest", until: world.now + 3 * DAY });
    expect(change("admin")).toEqual({ role: "admin", until: null });
    expect(change("day")).toEqual({ role: "guest", until: world.now + DAY });
    expect(access.member(EVE)).toMatchObject({ name: "Eve", role: "guest", until: world.now + DAY });
  });

  test("of an admin adds the person to the admins", () => {
    using world = createWorld();
    const { access } = world.boot();
    access.grant({ ...eve, role: "admin", until: null });
    expect(access.admins).toEqual([ADMIN, EVE]);
    expect(access.revoke(EVE)).toBe(true);
    expect(access.admins).toEqual([ADMIN]);
    expect(access.revoke(EVE)).toBe(false);
  });

  test("keeps its date if the role changes", () => {
    using world = createWorld();
    const { access } = world.boot();
    const at = world.now;
    access.grant({ ...eve, role: "guest", until: world.now + DAY });
    world.now += 1_000;
    access.grant({ ...eve, role: "user", until: null });
    expect(access.member(EVE)).toMatchObject({ role: "user", until: null, granted: { by: ADMIN, at } });
  });

  test("follows a group to its new id", () => {
    using world = createWorld();
    const { access } = world.boot();
    access.grant({ id: -7, name: "Family", role: "user", until: null, by: ADMIN });
    access.moved(-7, -1007);
    access.moved(GROUP, -1004);
    expect([-7, -1007, -1004].map((id) => roleOf(access, id, undefined))).toEqual(["nobody", "user", "user"]);
  });

  test("has an end for guests only", () => {
    using world = createWorld();
    const { access } = world.boot();
    access.grant({ ...eve, role: "guest", until: world.now + DAY });
    access.grant({ id: -7, name: "Yard", role: "guest", until: world.now + 2 * DAY, by: ADMIN });
    const until = (chatId: number, userId: number | undefined = chatId) => access.guestUntil({ chatId, userId });
    expect([until(EVE), until(-7, EVE), until(-7, 99)]).toEqual([
      world.now + DAY,
      world.now + 2 * DAY,
      world.now + 2 * DAY,
    ]);
    expect([until(USER), until(99), until(-7, USER)]).toEqual([null, null, null]);
  });
});

describe("after the clock was a year ahead, and was set right", () => {
  test("a guest stays as long as promised, from now on", () => {
    using world = createWorld();
    const { access } = world.boot();
    world.now += 365 * DAY;
    access.grant({ ...eve, role: "guest", until: world.now + DAY });
    access.grant({ id: -7, name: "Yard", role: "user", until: null, by: ADMIN });
    world.now -= 365 * DAY;
    access.bringBack();
    for (const { access: known } of [{ access }, world.boot()]) {
      expect(known.member(EVE)).toMatchObject({ until: world.now + DAY, granted: { by: ADMIN, at: world.now } });
      expect(known.member(-7)).toMatchObject({ until: null, granted: { by: ADMIN, at: world.now } });
    }
  });

  test("whoever was let in before keeps the time that was left", () => {
    using world = createWorld();
    const { access } = world.boot();
    const at = world.now;
    access.grant({ ...eve, role: "guest", until: at + 9 * DAY });
    world.now -= DAY / 24;
    access.bringBack();
    expect(access.member(EVE)).toMatchObject({ until: at + 9 * DAY, granted: { at } });
  });

  test("that waits until the database can be used", () => {
    using world = createWorld();
    const { access } = world.boot();
    world.now += 365 * DAY;
    access.grant({ ...eve, role: "guest", until: world.now + DAY });
    world.now -= 365 * DAY;
    world.watcher = storeFails;
    access.bringBack();
    world.watcher = () => {};
    access.bringBack();
    expect(access.member(EVE)).toMatchObject({ until: world.now + DAY });
  });
});

describe("while the database cannot be used", () => {
  test("roles stay valid, names are learned, and a failed change has no effect", () => {
    using world = createWorld();
    const { access } = world.boot();
    access.grant({ ...eve, role: "user", until: null });
    world.watcher = storeFails;
    expect(roleOf(access, EVE)).toBe("user");
    access.saw(EVE, "Eve Adams");
    expect(access.nameOf(EVE)).toBe("Eve Adams");
    access.saw(EVE, "");
    expect(access.nameOf(EVE)).toBe("Eve Adams");
    expect(() => access.grant({ ...eve, role: "admin", until: null })).toThrow(StoreUnavailable);
    expect(() => access.revoke(EVE)).toThrow(StoreUnavailable);
    expect(roleOf(access, EVE)).toBe("user");
  });
});

describe("an invite", () => {
  const person = { id: EVE, name: "Eve" };

  test("lets one person in, for the time from then on", () => {
    using world = createWorld();
    const { access, invites } = world.boot();
    const { code } = invites.write({ lastsMs: 3 * DAY, by: ADMIN });
    expect(code).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    world.now += DAY;
    expect(invites.redeem(code, person)).toMatchObject({ role: "guest", createdBy: ADMIN });
    expect(access.member(EVE)).toMatchObject({ role: "guest", until: world.now + 3 * DAY });
    expect(invites.redeem(code, { id: 9, name: "Mallory" })).toBeUndefined();
    expect(roleOf(access, 9)).toBe("nobody");
  });

  test("that was made while the clock was years ahead is not valid for years", () => {
    using world = createWorld();
    const { invites } = world.boot();
    world.now += 365 * DAY;
    const { code } = invites.write({ lastsMs: null, by: ADMIN });
    world.now -= 365 * DAY;
    expect(invites.redeem(code, person)).toBeUndefined();
  });

  test("stays valid if the clock is set back by minutes", () => {
    using world = createWorld();
    const { invites } = world.boot();
    const { code } = invites.write({ lastsMs: null, by: ADMIN });
    world.now -= DAY / 24;
    expect(invites.redeem(code, person)).toBeDefined();
  });

  test("expires after a day, and is deleted then", () => {
    using world = createWorld();
    const { invites } = world.boot();
    const { code } = invites.write({ lastsMs: null, by: ADMIN });
    world.now += DAY + 1;
    expect(invites.redeem(code, person)).toBeUndefined();
    invites.sweep();
    world.now -= DAY;
    expect(invites.redeem(code, person)).toBeUndefined();
  });

  test.each(["grants.save", "commit"])("stays valid if the grant could not be stored: %s", (failing) => {
    using world = createWorld();
    const { access, invites } = world.boot();
    const { code } = invites.write({ lastsMs: null, by: ADMIN });
    world.watcher = (name) => {
      if (name === failing) throw new StoreUnavailable("SQLITE_FULL");
    };
    expect(() => invites.redeem(code, person)).toThrow(StoreUnavailable);
    expect(roleOf(access, EVE)).toBe("nobody");
    world.watcher = () => {};
    expect(invites.redeem(code, person)).toMatchObject({ role: "user" });
  });
});

test("takeUp() drops grants of an older copy that the table no longer has", () => {
  const log = createRecordingLog();
  const older: Grant[] = [
    { id: EVE, name: "Eve", role: "user", until: null, grantedBy: ADMIN, grantedAt: 0, undo: null, warned: false },
  ];
  const table = { all: () => older, save: () => {}, remove: () => {} };
  const access = createAccess({ settings: { admins: [ADMIN], users: [] }, grants: table, now: () => 0, log });
  older.pop();
  access.takeUp();
  expect(roleOf(access, EVE)).toBe("nobody");
});
