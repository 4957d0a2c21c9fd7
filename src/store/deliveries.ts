import { and, asc, count, desc, eq, gte, inArray, isNull, lt, max, or, sql } from "drizzle-orm";
import type { Deliveries, DonePlace } from "../domain/delivery.ts";
import type { Queries } from "./database.ts";
import { deleteSome } from "./delete-some.ts";
import { deliveries } from "./schema.ts";

/** Literal, for the partial index. */
const isOpen = sql`"deliveries"."state" = 'open'`;
/** Nobody knows yet how it ended; the index of such news is partial. */
const isUntold = sql`exists (select 1 from news where news.chat_id = ${deliveries.chatId} and news.message_id is null
  and news.kind <> 'failed' and news.about = ${deliveries.id})`;
const isDone = sql`"deliveries"."state" = 'done'`;
/** What somebody wants to see first. */
const byWork = sql`case ${deliveries.status} when 'WORK' then 0 when 'SENDING' then 1 when 'TO_SEND' then 2 when 'UNKNOWN' then 3 else 4 end`;

const isAfter = ({ closedAt, id }: DonePlace) => sql`(${deliveries.closedAt}, ${deliveries.id}) < (${closedAt}, ${id})`;

/** Accepted links in SQLite. */
export function createDeliveries(db: Queries): Deliveries {
  return {
    add: (delivery) => {
      db.insert(deliveries).values(delivery).onConflictDoNothing({ target: deliveries.linkId }).run();
    },
    byId: (id) => db.select().from(deliveries).where(eq(deliveries.id, id)).get(),
    update: (id, change) => {
      db.update(deliveries).set(change).where(eq(deliveries.id, id)).run();
    },
    open: (downloader) =>
      db
        .select()
        .from(deliveries)
        .where(and(isOpen, downloader === undefined ? undefined : eq(deliveries.downloader, downloader)))
        .orderBy(asc(deliveries.id))
        .all(),
    downloaders: () =>
      db
        .selectDistinct({ name: deliveries.downloader })
        .from(deliveries)
        .where(isOpen)
        .all()
        .map(({ name }) => name),
    unknownSince: (closedAt) =>
      db
        .select()
        .from(deliveries)
        .where(and(gte(deliveries.closedAt, closedAt), eq(deliveries.state, "unknown")))
        .all(),
    atWork: () =>
      db
        .selectDistinct({ name: deliveries.downloader })
        .from(deliveries)
        .where(and(isOpen, sql`ifnull(${deliveries.status}, 'WORK') in ('WORK', 'UNKNOWN')`))
        .all()
        .map(({ name }) => name),
    openPlaces: (chatId) =>
      db
        .select({
          chatId: deliveries.chatId,
          threadId: deliveries.threadId,
          total: count(),
          newest: sql<number>`${max(deliveries.id)}`,
        })
        .from(deliveries)
        .where(and(isOpen, chatId === undefined ? undefined : eq(deliveries.chatId, chatId)))
        .groupBy(deliveries.chatId, deliveries.threadId)
        .all(),
    openAt: ({ chatId, threadId }, limit) =>
      db
        .select()
        .from(deliveries)
        .where(
          and(
            isOpen,
            eq(deliveries.chatId, chatId),
            threadId === null ? isNull(deliveries.threadId) : eq(deliveries.threadId, threadId),
          ),
        )
        .orderBy(byWork, asc(deliveries.id))
        .limit(limit)
        .all(),
    ofKey: (key) => db.select().from(deliveries).where(eq(deliveries.key, key)).all(),
    ofBatch: (batchId) =>
      db
        .select()
        .from(deliveries)
        .where(or(eq(deliveries.linkId, batchId), eq(deliveries.batchId, batchId)))
        .orderBy(asc(deliveries.linkId))
        .all(),
    ofMessage: (chatId, messageId) =>
      db
        .select()
        .from(deliveries)
        .where(and(eq(deliveries.chatId, chatId), eq(deliveries.messageId, messageId)))
        .all(),
    forgetClosedBefore: (closedAt, limit) =>
      deleteSome(db, deliveries, { where: lt(deliveries.closedAt, closedAt), limit }),
    forgetClosedOf: (chatId, limit) =>
      deleteSome(db, deliveries, {
        where: sql`${deliveries.chatId} = ${chatId} and ${deliveries.closedAt} is not null and not ${isUntold}`,
        limit,
      }),
    doneOf: (chatId, { offset, limit }) =>
      db
        .select()
        .from(deliveries)
        .where(and(isDone, eq(deliveries.chatId, chatId)))
        .orderBy(desc(deliveries.closedAt), desc(deliveries.id))
        .limit(limit)
        .offset(offset)
        .all(),
    countDoneOf: (chatId) =>
      db
        .select({ n: count() })
        .from(deliveries)
        .where(and(isDone, eq(deliveries.chatId, chatId)))
        .get()?.n ?? 0,
    cameAt: (chatId, keys) => {
      const found = db
        .select({ key: deliveries.key, at: sql<number>`${max(deliveries.closedAt)}` })
        .from(deliveries)
        // By key, of which there are few, and not by all that came to the chat.
        .where(and(isDone, inArray(deliveries.key, [...keys]), sql`+${deliveries.chatId} = ${chatId}`))
        .groupBy(deliveries.key)
        .all();
      return new Map(found.map(({ key, at }) => [key, at]));
    },
    doneNamesOf: (chatId, { after, limit }) =>
      db
        .select({
          id: deliveries.id,
          closedAt: deliveries.closedAt,
          title: deliveries.title,
          name: deliveries.name,
          url: deliveries.url,
        })
        .from(deliveries)
        .where(and(isDone, eq(deliveries.chatId, chatId), after === undefined ? undefined : isAfter(after)))
        .orderBy(desc(deliveries.closedAt), desc(deliveries.id))
        .limit(limit)
        .all(),
    openOf: (chatId, key) =>
      db
        .select()
        .from(deliveries)
        .where(and(isOpen, eq(deliveries.key, key), eq(deliveries.chatId, chatId)))
        .get(),
    byLinkId: (linkId) => db.select().from(deliveries).where(eq(deliveries.linkId, linkId)).get(),
    latestByKey: (key) =>
      db
        .select()
        .from(deliveries)
        .where(eq(deliveries.key, key))
        .orderBy(sql`${deliveries.state} = 'open' desc`, desc(deliveries.acceptedAt))
        .get(),
    since: ({ chatId, acceptedAt }) =>
      db
        .select()
        .from(deliveries)
        .where(
          and(gte(deliveries.acceptedAt, acceptedAt), chatId === undefined ? undefined : eq(deliveries.chatId, chatId)),
        )
        .orderBy(desc(deliveries.acceptedAt))
        .all(),
  };
}
