import { eq, inArray, sql } from "drizzle-orm";
import type { LinkState } from "../domain/link.ts";
import { inOrderOfKeeping } from "../domain/same-link.ts";
import { news, presenceMessages } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { chats, deletions, deliveries, grants, heldMessages, links, strangers } from "./schema.ts";
import { processedMessages } from "./update-schema.ts";
import { workMessages } from "./work-schema.ts";

/** A chat's old and new id. */
export interface Move {
  readonly from: number;
  readonly to: number;
}

/**
 * Makes a chat's new id the owner of everything that the old one owned (Bot API: a group that becomes a supergroup gets a new
 * id). Messages do not come along: a supergroup counts them anew, so an old message id would name somebody else's message
 * there. What both ids own is kept once. Call it in a transaction; a second call changes nothing.
 */
export function moveChat(db: Queries, { from, to }: Move): void {
  const duplicates = duplicatesOf(db, { from, to });
  const spare = db
    .select()
    .from(links)
    .where(inArray(links.id, [...duplicates.keys()]))
    .all();
  for (const { id } of spare) db.delete(links).where(eq(links.id, id)).run();
  const withoutMessages = { chatId: to, messageId: null, threadId: null };
  db.update(links)
    .set({ ...withoutMessages, promptId: null, promptedAt: null })
    .where(eq(links.chatId, from))
    .run();
  // Their messages are in the new chat: with nobody's link they would stay there.
  for (const { id, chatId, batchId, threadId, messageId, keepsMessage, promptId, promptedAt } of spare) {
    const kept = duplicates.get(id);
    if (kept === undefined || chatId !== to) continue;
    const place = { batchId: batchId ?? id, threadId, messageId, keepsMessage, promptId, promptedAt };
    db.update(links).set(place).where(eq(links.id, kept)).run();
  }
  db.update(deliveries).set(withoutMessages).where(eq(deliveries.chatId, from)).run();
  // Its messages cannot be pressed any more: what nobody has read is told again.
  db.update(news).set(withoutMessages).where(eq(news.chatId, from)).run();
  db.delete(presenceMessages).where(eq(presenceMessages.chatId, from)).run();
  db.delete(deletions).where(eq(deletions.chatId, from)).run();
  db.delete(workMessages).where(eq(workMessages.chatId, from)).run();
  db.delete(processedMessages).where(eq(processedMessages.chatId, from)).run();
  // Kept for some seconds, of a group whose access is being taken back: taken later, they would name messages of the old chat.
  db.delete(heldMessages).where(eq(heldMessages.chatId, from)).run();
  moveChoices(db, { from, to });
  moveRequest(db, { from, to });
  const isKnown = db.select().from(grants).where(eq(grants.id, to)).get() !== undefined;
  if (isKnown) db.delete(grants).where(eq(grants.id, from)).run();
  else db.update(grants).set({ id: to }).where(eq(grants.id, from)).run();
}

/** Whether the group may be let in, or what an admin said to that; topics are counted anew. */
function moveRequest(db: Queries, { from, to }: Move): void {
  const isKnown = db.select().from(strangers).where(eq(strangers.id, to)).get() !== undefined;
  if (isKnown) db.delete(strangers).where(eq(strangers.id, from)).run();
  else db.update(strangers).set({ id: to, threadId: null }).where(eq(strangers.id, from)).run();
}

/** Links that both ids have, by the id of the one to drop. */
function duplicatesOf(db: Queries, { from, to }: Move): ReadonlyMap<number, number> {
  const pairs = db.all<{ older: number; olderState: LinkState; newer: number; newerState: LinkState }>(sql`
    select old.id as older, old.state as olderState, new.id as newer, new.state as newerState
    from links old join links new on new.key = old.key and new.chat_id = ${to} and old.chat_id = ${from}
  `);
  return new Map(
    pairs.map(({ older, olderState, newer, newerState }) => {
      const [kept, spare] = inOrderOfKeeping({ id: older, state: olderState }, { id: newer, state: newerState });
      return [spare.id, kept.id];
    }),
  );
}

/** What was chosen under the new id already holds; the old choices fill the rest. The new id can be written to. */
function moveChoices(db: Queries, { from, to }: Move): void {
  const before = db.select().from(chats).where(eq(chats.chatId, from)).get();
  if (before === undefined) return;
  const after = db.select().from(chats).where(eq(chats.chatId, to)).get();
  const chosen = Object.entries(after ?? {}).filter(([, value]) => value !== null);
  const merged = { ...before, menu: null, ...Object.fromEntries(chosen), chatId: to, blockedAt: null };
  db.delete(chats).where(eq(chats.chatId, from)).run();
  db.insert(chats).values(merged).onConflictDoUpdate({ target: chats.chatId, set: merged }).run();
}
