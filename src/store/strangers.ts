import { and, asc, count, desc, eq, gt, gte, isNull, lt, or } from "drizzle-orm";
import type { Strangers } from "../domain/role.ts";
import { createBringBack, LATEST, NOW } from "./bring-back.ts";
import type { Queries } from "./database.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";
import { createRemembered } from "./remembered.ts";
import { strangers } from "./schema.ts";

const hasId = eq(strangers.id, given("id"));
const now = given("now");
const askedAt = given("askedAt");

/** Who asked for access, in SQLite; see `Remembered`. */
export function createStrangers(db: Queries): Strangers & { forgetRemembered(): void } {
  const byId = prepared(() => db.select().from(strangers).where(hasId));
  const save = preparedWrite(strangers, (set) =>
    db.insert(strangers).values(set).onConflictDoUpdate({ target: strangers.id, set }),
  );
  const remove = prepared(() => db.delete(strangers).where(hasId));
  const refused = prepared(() =>
    db
      .select()
      .from(strangers)
      .where(gt(strangers.refusedUntil, now))
      .orderBy(desc(strangers.refusedUntil), asc(strangers.id))
      .limit(given("limit")),
  );
  const askedSince = prepared(() => db.select({ n: count() }).from(strangers).where(gte(strangers.askedAt, askedAt)));
  const forgetAskedBefore = prepared(() => {
    const means = or(isNull(strangers.refusedUntil), lt(strangers.refusedUntil, now));
    return db.delete(strangers).where(and(lt(strangers.askedAt, askedAt), means));
  });
  const bringBack = createBringBack(db, strangers, {
    instant: strangers.askedAt,
    // The messages that showed the request to admins go at the same time, for the same reason.
    set: { askedAt: NOW, shownIn: [] },
  });
  const bringBackRefusals = createBringBack(db, strangers, {
    instant: strangers.refusedUntil,
    set: { refusedUntil: LATEST },
  });
  const remembered = createRemembered((id) => byId.get({ id }));
  return {
    byId: remembered.byId,
    save: (stranger) => {
      remembered.forget(stranger.id);
      save(stranger).run({ ...stranger });
    },
    remove: (id) => {
      remembered.forget(id);
      remove.run({ id });
    },
    refused: (at, limit) => refused.all({ now: at, limit }),
    askedSince: (at) => askedSince.get({ askedAt: at })?.n ?? 0,
    forgetAskedBefore: (at, present) => {
      remembered.forgetAll();
      forgetAskedBefore.run({ askedAt: at, now: present });
    },
    bringBack: (of) => {
      remembered.forgetAll();
      return bringBack(of);
    },
    bringBackRefusals: (of) => {
      remembered.forgetAll();
      return bringBackRefusals(of);
    },
    forgetRemembered: remembered.forgetAll,
  };
}
