import { and, asc, count, eq, lt } from "drizzle-orm";
import type { HeldMessages } from "../domain/held-message.ts";
import { createBringBack, NOW } from "./bring-back.ts";
import type { Queries } from "./database.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";
import { heldMessages } from "./schema.ts";
import { everyTime, type UntilWritten } from "./until-written.ts";

const target = [heldMessages.chatId, heldMessages.messageId];
const isOfChat = eq(heldMessages.chatId, given("chatId"));

/** Messages of strangers, in SQLite. */
export function createHeldMessages(db: Queries, untilWritten: UntilWritten = everyTime): HeldMessages {
  const hold = preparedWrite(heldMessages, (set) =>
    db.insert(heldMessages).values(set).onConflictDoUpdate({ target, set }),
  );
  const of = prepared(() => db.select().from(heldMessages).where(isOfChat).orderBy(asc(heldMessages.messageId)));
  const chats = prepared(() => db.selectDistinct({ chatId: heldMessages.chatId }).from(heldMessages));
  const counted = prepared(() => db.select({ n: count() }).from(heldMessages));
  const drop = prepared(() =>
    db.delete(heldMessages).where(and(isOfChat, eq(heldMessages.messageId, given("messageId")))),
  );
  const dropAll = prepared(() => db.delete(heldMessages).where(isOfChat));
  const forgetBefore = prepared(() => db.delete(heldMessages).where(lt(heldMessages.heldAt, given("heldAt"))));
  const bringBack = createBringBack(db, heldMessages, { instant: heldMessages.heldAt, set: { heldAt: NOW } });
  const allChats = untilWritten(() => chats.all().map(({ chatId }) => chatId));
  return {
    hold: (message) => hold(message).run({ ...message }),
    of: (chatId) => of.all({ chatId }),
    chats: allChats,
    count: () => counted.get()?.n ?? 0,
    drop: (message) => drop.run({ ...message }),
    dropAll: (chatId) => dropAll.run({ chatId }),
    forgetBefore: (heldAt) => forgetBefore.run({ heldAt }),
    bringBack,
  };
}
