import { and, eq, gte, lt } from "drizzle-orm";
import type { Grants, Invites } from "../domain/role.ts";
import type { Queries } from "./database.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";
import { grants, invites } from "./schema.ts";

/** Who was let in at run time, in SQLite. */
export function createGrants(db: Queries): Grants {
  const all = prepared(() => db.select().from(grants));
  const save = preparedWrite(grants, (set) =>
    db.insert(grants).values(set).onConflictDoUpdate({ target: grants.id, set }),
  );
  const remove = prepared(() => db.delete(grants).where(eq(grants.id, given("id"))));
  return {
    all: () => all.all(),
    save: (grant) => save(grant).run({ ...grant }),
    remove: (id) => remove.run({ id }),
  };
}

/** Invites in SQLite. */
export function createInvites(db: Queries): Invites {
  const now = given("now");
  const add = preparedWrite(invites, (invite) => db.insert(invites).values(invite));
  const redeem = prepared(() =>
    db
      .delete(invites)
      .where(and(eq(invites.code, given("code")), gte(invites.expiresAt, now)))
      .returning(),
  );
  const forgetExpired = prepared(() => db.delete(invites).where(lt(invites.expiresAt, now)));
  return {
    add: (invite) => add(invite).run({ ...invite }),
    redeem: (code, at) => redeem.get({ code, now: at }),
    forgetExpired: (at) => forgetExpired.run({ now: at }),
  };
}
