import { and, eq, lt } from "drizzle-orm";
import type { Intake } from "../domain/message.ts";
import type { Queries } from "./database.ts";
import { intake } from "./schema.ts";

/** The links of messages already taken, in SQLite. */
export function createIntake(db: Queries): Intake {
  return {
    take({ chatId, messageId }, keys, receivedAt) {
      const taken = db
        .select()
        .from(intake)
        .where(and(eq(intake.chatId, chatId), eq(intake.messageId, messageId)))
        .get();
      const fresh = keys.filter((key) => !taken?.keys.includes(key));
      if (fresh.length === 0) return [];
      const row = { chatId, messageId, receivedAt, keys: [...(taken?.keys ?? []), ...fresh] };
      db.insert(intake)
        .values(row)
        .onConflictDoUpdate({ target: [intake.chatId, intake.messageId], set: row })
        .run();
      return fresh;
    },
    forgetBefore: (receivedAt) => {
      db.delete(intake).where(lt(intake.receivedAt, receivedAt)).run();
    },
  };
}
