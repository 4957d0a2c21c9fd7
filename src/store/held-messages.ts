import { and, asc, count, eq, lt } from "drizzle-orm";
import type { HeldMessages } from "../domain/held-message.ts";
import type { Queries } from "./database.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";
import { heldMessages } from "./schema.ts";

const target = [heldMessages.chatId, heldMessages.messageId];
const isOfChat = eq(heldMessages.chatId, given("chatId"));

/** Messages of strangers, in SQLite. */
export function createHeldMessages(db: Queries): HeldMessages & { forgetRemembered(): void } {
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
  /** Whose there are is asked at each tick; see `Remembered`. */
  let whose: readonly number[] | undefined;
  const changing =
    <Args extends unknown[]>(change: (...args: Args) => void) =>
    (...args: Args): void => {
      whose = undefined;
      change(...args);
    };
  return {
    hold: changing((message) => hold(message).run({ ...message })),
    of: (chatId) => of.all({ chatId }),
    chats() {
      whose ??= chats.all().map(({ chatId }) => chatId);
      return [...whose];
    },
    count: () => counted.get()?.n ?? 0,
    drop: changing((message) => drop.run({ ...message })),
    dropAll: changing((chatId) => dropAll.run({ chatId })),
    forgetBefore: changing((heldAt) => forgetBefore.run({ heldAt })),
    forgetRemembered: changing(() => {}),
  };
}
