import { and, asc, count, desc, eq, gt, gte, inArray, isNull, lt, lte, or, sql } from "drizzle-orm";
import type { Links, QueuePart } from "../domain/link.ts";
import { createBulkChanges } from "./bulk-changes.ts";
import type { Queries } from "./database.ts";
import { links } from "./schema.ts";

/** Literal, not bound: SQLite uses a partial index only when it can see the index's condition in the query. */
const isClaimable = sql`"links"."state" in ('queued', 'uncertain')`;
const isRemoved = sql`"links"."state" = 'removed'`;
const isShown = sql`"links"."state" <> 'removed'`;
const isPostponed = sql`("links"."state" = 'unreachable' or ("links"."state" = 'queued' and "links"."attempts" > 0))`;
const hasFailed = sql`("state" = 'failed')`;

/** What a list shows: of one chat or of all, a part or the whole. */
const isListed = ({ chatId, part }: { chatId?: number; part?: QueuePart }) =>
  and(
    isShown,
    chatId === undefined ? undefined : eq(links.chatId, chatId),
    part === undefined ? undefined : sql`${hasFailed} = ${part === "failed" ? 1 : 0}`,
  );

/** Two indexes, one each: the first of a batch has no batch but itself. */
const isOfBatch = (batchId: number) => or(eq(links.id, batchId), eq(links.batchId, batchId));

/** Thousands of them are looked at to find a few. */
const WAITING = {
  id: links.id,
  url: links.url,
  downloader: links.downloader,
  state: links.state,
  attempts: links.attempts,
  sendAt: links.sendAt,
};

const duplicateIsBeingHandedOver = sql`exists (
  select 1 from links duplicate
  where duplicate.key = ${links.key} and duplicate.id <> ${links.id} and duplicate.state in ('sending', 'uncertain')
)`;

/** From each chat to the next one in the index: what it costs is the number of chats, not that of their links. */
const dueChats = (now: number) => sql`
  with recursive turn(chat) as (
    select min(chat_id) from links where ${isClaimable}
    union all
    select (select min(chat_id) from links where ${isClaimable} and chat_id > turn.chat) from turn where turn.chat is not null
  )
  select chat as "chatId" from turn
  where chat is not null and exists (select 1 from links where ${isClaimable} and chat_id = turn.chat and send_at <= ${now})`;

/** The queue in SQLite. */
export function createLinks(db: Queries): Links {
  return {
    add: (link) => db.insert(links).values(link).onConflictDoNothing().returning().get(),
    byId: (id) => db.select().from(links).where(eq(links.id, id)).get(),
    byKey: (chatId, key) =>
      db
        .select()
        .from(links)
        .where(and(eq(links.chatId, chatId), eq(links.key, key)))
        .get(),
    ofKey: (key) => db.select().from(links).where(eq(links.key, key)).all(),
    ofMessage: (chatId, messageId) =>
      db
        .select()
        .from(links)
        .where(and(eq(links.chatId, chatId), eq(links.messageId, messageId)))
        .all(),
    hasMessage: (chatId, messageId) =>
      db
        .select({ id: links.id })
        .from(links)
        .where(and(eq(links.chatId, chatId), eq(links.messageId, messageId)))
        .limit(1)
        .get() !== undefined,
    hasBatch: (batchId) =>
      db.select({ id: links.id }).from(links).where(isOfBatch(batchId)).limit(1).get() !== undefined,
    ofBatch: (batchId) => db.select().from(links).where(isOfBatch(batchId)).orderBy(asc(links.id)).all(),
    latestFrom: ({ from: { chatId, threadId, sender, senderId }, createdSince, unpromptedSince }) =>
      db
        .select()
        .from(links)
        .where(
          and(
            eq(links.chatId, chatId),
            gte(links.createdAt, Math.min(createdSince, unpromptedSince)),
            or(gte(links.createdAt, createdSince), isNull(links.promptId)),
            isShown,
            eq(links.sender, sender),
            sql`${links.threadId} is ${threadId}`,
            sql`${links.senderId} is ${senderId}`,
          ),
        )
        .orderBy(desc(links.createdAt), desc(links.id))
        .limit(1)
        .get(),
    setPrompt: (batchId, prompt) => {
      db.update(links).set(prompt).where(isOfBatch(batchId)).run();
    },
    dueChats(now) {
      const first = db
        .select({ id: links.id })
        .from(links)
        .where(and(isClaimable, lte(links.sendAt, now)))
        .limit(1)
        .get();
      return first === undefined ? [] : db.all<{ chatId: number }>(dueChats(now)).map(({ chatId }) => chatId);
    },
    nextDue: ({ chatId, now }) =>
      db
        .select()
        .from(links)
        .where(
          and(eq(links.chatId, chatId), isClaimable, lte(links.sendAt, now), sql`not ${duplicateIsBeingHandedOver}`),
        )
        .orderBy(asc(links.sendAt), asc(links.id))
        .limit(1)
        .get(),
    update: (id, change) => db.update(links).set(change).where(eq(links.id, id)).returning().get(),
    remove: (id) => {
      db.delete(links).where(eq(links.id, id)).run();
    },
    ...createBulkChanges(db),
    beingHandedOver: () => db.select().from(links).where(sql`"links"."state" in ('sending', 'uncertain')`).all(),
    unmatched: ({ after, limit }) =>
      db
        .select(WAITING)
        .from(links)
        .where(and(sql`"links"."state" = 'unmatched'`, gt(links.id, after)))
        .orderBy(asc(links.id))
        .limit(limit)
        .all(),
    postponed: ({ after, limit }) =>
      db
        .select(WAITING)
        .from(links)
        .where(and(isPostponed, gt(links.id, after)))
        .orderBy(asc(links.id))
        .limit(limit)
        .all(),
    newest: ({ before, limit }) =>
      db.select().from(links).where(lt(links.id, before)).orderBy(desc(links.id)).limit(limit).all(),
    unprompted: ({ createdSince, limit }) =>
      db
        .select()
        .from(links)
        .where(and(isNull(links.promptId), isShown, gte(links.createdAt, createdSince)))
        .orderBy(asc(links.id))
        .limit(limit)
        .all(),
    inherited: (limit) =>
      db
        .select()
        .from(links)
        .where(and(sql`"prompt_id" is not null`, isNull(links.promptedAt)))
        .limit(limit)
        .all(),
    purgeable: (now, limit) =>
      db
        .select()
        .from(links)
        .where(and(isRemoved, lte(links.sendAt, now)))
        .limit(limit)
        .all(),
    promptedBefore: (promptedAt, limit) =>
      db
        .select()
        .from(links)
        .where(and(sql`"prompt_id" is not null`, lt(links.promptedAt, promptedAt)))
        .orderBy(asc(links.promptedAt))
        .limit(limit)
        .all(),
    unpromptedOf: (chatId) =>
      db
        .select()
        .from(links)
        .where(and(isNull(links.promptId), isShown, eq(links.chatId, chatId)))
        .orderBy(asc(links.id))
        .all(),
    page: ({ offset, limit, ...of }) =>
      db
        .select()
        .from(links)
        .where(isListed(of))
        .orderBy(hasFailed, asc(links.sendAt), asc(links.id))
        .limit(limit)
        .offset(offset)
        .all(),
    count: (of) => db.select({ n: count() }).from(links).where(isListed(of)).get()?.n ?? 0,
    idsOf: (of) =>
      db
        .select({ id: links.id })
        .from(links)
        .where(isListed(of))
        .orderBy(asc(links.id))
        .all()
        .map(({ id }) => id),
    bringBack({ now, latest, limit }) {
      const far = db
        .select({ id: links.id })
        .from(links)
        .where(and(isClaimable, gt(links.sendAt, latest)))
        .orderBy(asc(links.sendAt))
        .limit(limit);
      return db.update(links).set({ sendAt: now }).where(inArray(links.id, far)).returning({ id: links.id }).all()
        .length;
    },
  };
}
