import { and, eq, gte, lt } from "drizzle-orm";
import type { Grants, Invites } from "../domain/role.ts";
import type { Queries } from "./database.ts";
import { grants, invites } from "./schema.ts";

/** Who was let in at run time, in SQLite. */
export function createGrants(db: Queries): Grants {
  return {
    all: () => db.select().from(grants).all(),
    save: (grant) => {
      db.insert(grants).values(grant).onConflictDoUpdate({ target: grants.id, set: grant }).run();
    },
    remove: (id) => {
      db.delete(grants).where(eq(grants.id, id)).run();
    },
  };
}

/** Invites in SQLite. */
export function createInvites(db: Queries): Invites {
  return {
    add: (invite) => {
      db.insert(invites).values(invite).run();
    },
    redeem: (code, now) =>
      db
        .delete(invites)
        .where(and(eq(invites.code, code), gte(invites.expiresAt, now)))
        .returning()
        .get(),
    forgetExpired: (now) => {
      db.delete(invites).where(lt(invites.expiresAt, now)).run();
    },
  };
}
