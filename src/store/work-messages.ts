import { and, eq } from "drizzle-orm";
import type { WorkMessages } from "../domain/in-work.ts";
import type { Queries } from "./database.ts";
import { workMessages } from "./work-schema.ts";

/** Messages about what is in work, in SQLite, where a primary key holds no null: no topic is 0. */
export function createWorkMessages(db: Queries): WorkMessages {
  return {
    all: () =>
      db
        .select()
        .from(workMessages)
        .all()
        .map((row) => ({ ...row, threadId: row.threadId || null })),
    save: (message) => {
      const values = { ...message, threadId: message.threadId ?? 0 };
      db.insert(workMessages)
        .values(values)
        .onConflictDoUpdate({ target: [workMessages.chatId, workMessages.threadId], set: values })
        .run();
    },
    remove: ({ chatId, threadId }) => {
      db.delete(workMessages)
        .where(and(eq(workMessages.chatId, chatId), eq(workMessages.threadId, threadId ?? 0)))
        .run();
    },
  };
}
