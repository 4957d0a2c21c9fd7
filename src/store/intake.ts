import { lt } from "drizzle-orm";
import type { Intake } from "../domain/message.ts";
import type { Queries } from "./database.ts";
import { intake } from "./schema.ts";

/** Messages already taken, in SQLite. */
export function createIntake(db: Queries): Intake {
  return {
    take: (chatId, messageId, receivedAt) =>
      db.insert(intake).values({ chatId, messageId, receivedAt }).onConflictDoNothing().returning().get() !== undefined,
    forgetBefore: (receivedAt) => {
      db.delete(intake).where(lt(intake.receivedAt, receivedAt)).run();
    },
  };
}
