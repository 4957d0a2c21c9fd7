import { eq, inArray, sql } from "drizzle-orm";
import type { LinkState } from "../domain/link.ts";
import { inOrderOfKeeping } from "../domain/same-link.ts";
import { news, presenceMessages, processedMessages, workMessages } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { chats, deletions, deliveries, grants, heldMessages, links, strangers } from "./schema.ts";

/** A chat's old and new id. */
export interface Move {
  readonly from: number;
  readonly to: number;
}

/**
 * Makes a chat's new id the owner of everything that the old one owned (Bot API: a group that becomes a supergroup gets a new id).
 * Messages are not moved: a supergroup numbers them from the start, so an old message id would be that of another message there. What both
 * ids own is kept once. Call it in a transaction; a second call changes nothing.
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
  // Their messages are in the new chat, and would stay there if no link referred to them.
  for (const { id, chatId, batchId, threadId, messageId, keepsMessage, promptId, promptedAt } of spare) {
    const kept = duplicates.get(id);
    if (kept === undefined || chatId !== to) continue;
    const place = { batchId: batchId ?? id, threadId, messageId, keepsMessage, promptId, promptedAt };
    db.update(links).set(place).where(eq(links.id, kept)).run();
  }
  db.update(deliveries).set(withoutMessages).where(eq(deliveries.chatId, from)).run();
  // Its messages can no longer be pressed: what nobody has read is told again.
  db.update(news).set(withoutMessages).where(eq(news.chatId, from)).run();
  db.delete(presenceMessages).where(eq(presenceMessages.chatId, from)).run();
  db.delete(deletions).where(eq(deletions.chatId, from)).run();
  db.delete(workMessages).where(eq(workMessages.chatId, from)).run();
  db.delete(processedMessages).where(eq(processedMessages.chatId, from)).run();
  // They were kept for some seconds for a group that is losing its access: taken later, they would refer to messages of the old chat.
  db.delete(heldMessages).where(eq(heldMessages.chatId, from)).run();
  moveChoices(db, { from, to });
  moveRequest(db, { from, to });
  const isKnown = db.select().from(grants).where(eq(grants.id, to)).get() !== undefined;
  if (isKnown) db.delete(grants).where(eq(grants.id, from)).run();
  else db.update(grants).set({ id: to }).where(eq(grants.id, from)).run();
}

/** Whether the group may have access, or how an admin answered that; topics are numbered from the start. */
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

/** What was chosen under the new id already holds; the old choices fill in the rest. The bot can write to the new id. */
function moveChoices(db: Queries, { from, to }: Move): void {
  const before = db.select().from(chats).where(eq(chats.chatId, from)).get();
  if (before === undefined) return;
  const after = db.select().from(chats).where(eq(chats.chatId, to)).get();
  const chosen = Object.entries(after ?? {}).filter(([, value]) => value !== null);
  const merged = { ...before, menu: null, ...Object.fromEntries(chosen), chatId: to, blockedAt: null };
  db.delete(chats).where(eq(chats.chatId, from)).run();
  db.insert(chats).values(merged).onConflictDoUpdate({ target: chats.chatId, set: merged }).run();
}
