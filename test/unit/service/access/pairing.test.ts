import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  MOST_PAIRING_TRIES,
  PAIRING_MS,
  type Pairings,
  pairingCodeOf,
  pairingOf,
} from "../../../../src/domain/pairing.ts";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createAccess } from "../../../../src/service/access/access.ts";
import { createPairingDesk } from "../../../../src/service/access/pairing.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { createWorld } from "../world.ts";

const EVE = { id: 666, name: "Eve" };
const OWNER = { id: 7, name: "Ann" };
const CODE = pairingCodeOf(Uint8Array.from({ length: 12 }, (_, at) => at * 31));
const WRONG = pairingCodeOf(new Uint8Array(12).fill(9));

/** The database and the pairing's record, which survive restarts. */
function createDesk({ users = [] as readonly number[], admins = [] as readonly number[] } = {}) {
  const world = createWorld();
  const record = { tries: 0, isThere: true, isFull: false };
  const begun = pairingOf(CODE, { salt: "salt", madeAt: world.now });
  if (begun === undefined) throw new Error("no code");
  const read = () => (record.isThere ? { ...begun, tries: record.tries } : undefined);
  const pairings: Pairings = {
    begun: read,
    noteTry() {
      if (record.isFull) throw new StoreUnavailable("ENOSPC");
      record.tries += 1;
      return read();
    },
    end: () => {
      record.isThere = false;
    },
  };
  const log = createRecordingLog();
  const boot = () => {
    const now = () => world.now;
    const access = createAccess({ settings: { admins, users }, grants: world.store.grants, now, log });
    return { access, ...createPairingDesk({ pairings, access, now, log }) };
  };
  return { world, record, log, boot, [Symbol.dispose]: () => world[Symbol.dispose]() };
}

describe("the pairing desk", () => {
  test("makes the first person who sends the code a permanent admin, and nobody else", () => {
    using rig = createDesk();
    const bot = rig.boot();
    expect(bot.isOpen()).toBe(true);
    expect(bot.attempt(CODE.toLowerCase(), OWNER)).toEqual({ kind: "paired" });
    expect([bot.access.admins, bot.isOpen()]).toEqual([[OWNER.id], false]);
    expect(bot.attempt(CODE, EVE)).toBeUndefined();
    const next = rig.boot();
    expect(next.access.admins).toEqual([OWNER.id]);
    expect(next.access.member(OWNER.id)).toMatchObject({ role: "admin", until: null, name: "Ann" });
    expect(JSON.stringify(rig.log.lines)).not.toContain(CODE);
  });

  test("can promote a user of the config to admin", () => {
    using rig = createDesk({ users: [OWNER.id] });
    const bot = rig.boot();
    bot.attempt(CODE, OWNER);
    expect(bot.access.admins).toEqual([OWNER.id]);
    expect(bot.access.members().map(({ id }) => id)).toEqual([OWNER.id]);
  });

  test("ends after five wrong tries by anybody, across restarts; then the right code does nothing", () => {
    using rig = createDesk();
    const tries = Array.from({ length: MOST_PAIRING_TRIES }, (_, at) =>
      rig.boot().attempt(WRONG, { id: 100 + at, name: "" }),
    );
    expect(tries).toEqual([...[4, 3, 2, 1].map((left) => ({ kind: "wrong" as const, left })), { kind: "over" }]);
    expect(rig.boot().attempt(CODE, OWNER)).toEqual({ kind: "over" });
    expect([rig.boot().isOpen(), rig.boot().access.admins]).toEqual([false, []]);
  });

  test("accepts the right code at the fifth try", () => {
    using rig = createDesk();
    for (let n = 1; n < MOST_PAIRING_TRIES; n++) rig.boot().attempt(WRONG, EVE);
    expect(rig.boot().attempt(CODE, OWNER)).toEqual({ kind: "paired" });
  });

  test("ends after an hour, and ignores its code a day later", () => {
    using rig = createDesk();
    const bot = rig.boot();
    rig.world.advance(PAIRING_MS);
    expect([bot.isOpen(), bot.attempt(CODE, OWNER)]).toEqual([false, { kind: "over" }]);
    rig.world.advance(24 * PAIRING_MS);
    expect(bot.attempt(CODE, OWNER)).toBeUndefined();
    expect(bot.access.admins).toEqual([]);
  });

  test("logs once that there is neither an admin nor an open pairing", () => {
    using rig = createDesk();
    const bot = rig.boot();
    const told = () => rig.log.at("error").filter((message) => message.includes("run dwld-bot pair")).length;
    bot.look();
    expect(told()).toBe(0);
    rig.world.advance(PAIRING_MS);
    bot.look();
    bot.look();
    expect(told()).toBe(1);
    bot.access.grant({ ...OWNER, role: "admin", until: null, by: 1 });
    bot.look();
    expect(told()).toBe(1);
  });

  test("judges no try that it cannot record", () => {
    using rig = createDesk();
    rig.record.isFull = true;
    const bot = rig.boot();
    expect(() => bot.attempt(CODE, OWNER)).toThrow(StoreUnavailable);
    expect(() => bot.attempt(WRONG, EVE)).toThrow(StoreUnavailable);
    expect(bot.access.admins).toEqual([]);
  });

  test("does not count texts that cannot be codes, nor an admin's tries", () => {
    using rig = createDesk({ admins: [1] });
    const bot = rig.boot();
    expect(bot.attempt("hello there", EVE)).toBeUndefined();
    expect(bot.attempt(WRONG, { id: 1, name: "" })).toBeUndefined();
    expect(rig.record).toMatchObject({ tries: 0, isThere: true });
  });

  test("is over once an admin has sent the code, which others may have read", () => {
    using rig = createDesk({ admins: [1] });
    const bot = rig.boot();
    expect(bot.attempt(CODE, { id: 1, name: "" })).toEqual({ kind: "already" });
    expect(bot.attempt(CODE, EVE)).toBeUndefined();
    expect(bot.access.admins).toEqual([1]);
  });

  test("makes an admin only by the right code, before five wrong ones and within the hour", () => {
    const step = fc.constantFrom("right", "wrong", "words", "ten minutes", "restart");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        using rig = createDesk();
        const beganAt = rig.world.now;
        let bot = rig.boot();
        let wrong = 0;
        let paired = false;
        for (const one of steps) {
          if (one === "ten minutes") rig.world.advance(PAIRING_MS / 6);
          if (one === "restart") bot = rig.boot();
          if (one === "words") bot.attempt("good morning!", EVE);
          if (one === "wrong") bot.attempt(WRONG, EVE);
          if (one === "right") bot.attempt(CODE, OWNER);
          const isInTime = rig.world.now - beganAt < PAIRING_MS;
          if (one === "right" && isInTime && wrong < MOST_PAIRING_TRIES) paired = true;
          if (one === "wrong" && !paired) wrong += 1;
          expect(bot.access.admins).toEqual(paired ? [OWNER.id] : []);
        }
      }),
    );
  });
});
