import { and, eq } from "drizzle-orm";
import type { WorkMessages } from "../domain/in-work.ts";
import { workMessages } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";

const target = [workMessages.chatId, workMessages.threadId];

/** Messages about what is in work, in SQLite, where a primary key holds no null: no topic is 0. */
export function createWorkMessages(db: Queries): WorkMessages {
  const all = prepared(() => db.select().from(workMessages));
  const save = preparedWrite(workMessages, (set) =>
    db.insert(workMessages).values(set).onConflictDoUpdate({ target, set }),
  );
  const remove = prepared(() =>
    db
      .delete(workMessages)
      .where(and(eq(workMessages.chatId, given("chatId")), eq(workMessages.threadId, given("threadId")))),
  );
  return {
    all: () => all.all().map((row) => ({ ...row, threadId: row.threadId || null })),
    save: (message) => {
      const row = { ...message, threadId: message.threadId ?? 0 };
      save(row).run(row);
    },
    remove: ({ chatId, threadId }) => remove.run({ chatId, threadId: threadId ?? 0 }),
  };
}
