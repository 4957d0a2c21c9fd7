import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Role } from "../../src/domain/role.ts";
import { createAccess } from "../../src/service/access/access.ts";
import { createAccessChanges } from "../../src/service/access/access-changes.ts";
import { createAccessRequests } from "../../src/service/access/requests.ts";
import { UNDO_MS } from "../../src/service/queue/queue.ts";
import { newLink } from "../support/links.ts";
import { createRecordingLog } from "../support/recording-log.ts";
import { storeFails, watched } from "../unit/service/fuse.ts";
import { createWorld } from "../unit/service/world.ts";

const [ADMIN, EVE] = [1, 666];
const DAY = 24 * 3_600_000;

/** Presses of admins, fresh and stale, and other events. */
const STEPS = ["drop", "keep", "promote", "undo", "user", "day", "let in", "soon", "later", "tomorrow"] as const;
const ALL = [...STEPS, "dies", "locked", "sends"] as const;

test("whatever admins press, nobody has access without a grant, undo restores everything, and each change is told once", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...ALL), { maxLength: 40 }), (steps) => {
      using world = createWorld();
      const store = watched(world.store, (name) => world.watcher(name));
      const boot = () => {
        const [log, now] = [createRecordingLog(), () => world.now];
        const access = createAccess({ settings: { admins: [ADMIN], users: [] }, grants: store.grants, now, log });
        const requests = createAccessRequests({ store, access, sawLanguage: () => {}, now, log });
        return { access, requests, ...createAccessChanges({ store, access, requests, undoMs: UNDO_MS, now, log }) };
      };
      let bot = boot();
      bot.access.grant({ id: EVE, name: "Eve", role: "user", until: null, by: ADMIN });
      /** What the latest press can still restore: the role, and the state of the links. */
      let back: { readonly role: Role; readonly links: readonly (number | string)[][] } | undefined;
      let owed: "removed" | "promoted" | undefined;
      let sent = 0;
      const role = () => bot.access.roleOf({ chatId: EVE, userId: EVE });
      const links = (): (number | string)[][] =>
        world.store.links
          .page({ chatId: EVE, offset: 0, limit: 99 })
          .map(({ id, state, sendAt }) => [id, state, sendAt]);
      const changed = () => {
        back = undefined;
        owed = undefined;
      };

      for (const step of steps) {
        const member = bot.access.member(EVE);
        if (step === "sends" && member !== undefined) {
          sent += 1;
          store.links.add(newLink({ chatId: EVE, url: `https://x.org/${sent}`, sendAt: world.now + 9 * DAY }));
          if (back !== undefined) back = { ...back, links: links() };
        }
        if ((step === "drop" || step === "keep") && member !== undefined) {
          back = { role: role(), links: links() };
          owed = "removed";
          bot.remove({ id: EVE, by: ADMIN, links: step === "drop" ? "remove" : "keep" });
          expect<unknown>([role(), links()]).toEqual(["nobody", step === "drop" ? [] : back.links]);
        }
        if (step === "promote" && member !== undefined && member.role !== "admin") {
          back = { role: role(), links: links() };
          owed = "promoted";
          bot.promote({ id: EVE, by: ADMIN });
          expect(role()).toBe("admin");
        }
        if ((step === "user" || step === "day") && member !== undefined) {
          bot.access.change(member, step, ADMIN);
          changed();
        }
        if (step === "let in" && bot.requests.decide("in", { id: EVE, by: ADMIN, anew: true }) !== undefined) changed();
        if (step === "undo") {
          const wanted = back;
          expect(bot.undo(EVE)).toBe(wanted !== undefined);
          if (wanted !== undefined) expect<unknown>([role(), links()]).toEqual([wanted.role, wanted.links]);
          changed();
        }
        if (step === "dies") bot = boot();
        if (step === "locked") {
          world.watcher = storeFails;
          expect(bot.settle()).toEqual([]);
          world.watcher = () => {};
        }
        if (step === "soon") world.advance(UNDO_MS / 4);
        if (step === "later") world.advance(UNDO_MS);
        if (step === "tomorrow") world.advance(DAY);
        const told = bot.settle().map(({ kind }) => kind);
        if (told.includes("removed") || told.includes("promoted")) {
          expect(told.filter((kind) => kind === "removed" || kind === "promoted")).toEqual(
            owed === undefined ? [] : [owed],
          );
          changed();
        }
        expect(bot.settle()).toEqual([]);
        expect(bot.requests.isRefused(EVE) && role() !== "nobody").toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});
