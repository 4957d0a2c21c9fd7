import { and, asc, eq, inArray, isNotNull, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { FailedNews, News, NewsPlace, NewsTable } from "../domain/news.ts";
import { news } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { deleteSome } from "./delete-some.ts";
import { deliveries, links } from "./schema.ts";

/** Literal, for the partial index. */
const isUntold = sql`"news"."message_id" is null`;
const hasFailed = sql`${news.kind} = 'failed'`;
const isOrphan = sql`case ${news.kind}
  when 'failed' then not exists (select 1 from links where links.id = ${news.about})
  else not exists (select 1 from deliveries where deliveries.id = ${news.about}) end`;
/** SQLite takes 32,766 bound values in a statement. */
const AT_ONCE = 1_000;

/** News that nobody has read, in SQLite. */
export function createNews(db: Queries): NewsTable {
  const isAt = ({ chatId, threadId }: NewsPlace) =>
    and(eq(news.chatId, chatId), threadId === null ? isNull(news.threadId) : eq(news.threadId, threadId));

  function read(where: SQL | undefined, limit = -1): News[] {
    const rows = db
      .select({ news, delivery: deliveries, link: links })
      .from(news)
      .leftJoin(deliveries, and(eq(deliveries.id, news.about), sql`not ${hasFailed}`))
      .leftJoin(links, and(eq(links.id, news.about), hasFailed))
      .where(where)
      .orderBy(asc(news.id))
      .limit(limit)
      .all();
    return rows.flatMap(({ news: { id, kind, chatId, threadId, messageId }, delivery, link }): News[] => {
      const one = { id, chatId, threadId, messageId };
      if (kind === "failed") return link === null ? [] : [{ ...one, kind, link }];
      return delivery === null ? [] : [{ ...one, kind, delivery }];
    });
  }

  function inSteps(ids: readonly number[], work: (some: number[]) => void): void {
    for (let from = 0; from < ids.length; from += AT_ONCE) work(ids.slice(from, from + AT_ONCE));
  }

  return {
    add({ kind, about, ...of }) {
      const again = and(isAt(of), isUntold, eq(news.kind, kind), eq(news.about, about));
      if (db.select({ id: news.id }).from(news).where(again).get() !== undefined) return;
      db.insert(news)
        .values({ ...of, kind, about })
        .run();
    },
    untoldPlaces: (chatId) =>
      db
        .selectDistinct({ chatId: news.chatId, threadId: news.threadId })
        .from(news)
        .where(and(isUntold, chatId === undefined ? undefined : eq(news.chatId, chatId)))
        .all(),
    untold: (place, limit) => read(and(isAt(place), isUntold), limit),
    told: (ids, messageId) =>
      inSteps(ids, (some) => void db.update(news).set({ messageId }).where(inArray(news.id, some)).run()),
    ofMessage: (chatId, messageId) => read(and(eq(news.chatId, chatId), eq(news.messageId, messageId))),
    ofFailed: ({ id, chatId }) =>
      read(and(eq(news.chatId, chatId), isNotNull(news.messageId), hasFailed, eq(news.about, id))).filter(isFailed),
    byId: (id) => read(eq(news.id, id))[0],
    remove: (ids) => inSteps(ids, (some) => void db.delete(news).where(inArray(news.id, some)).run()),
    removeMessage: (chatId, messageId) => {
      db.delete(news)
        .where(and(eq(news.chatId, chatId), eq(news.messageId, messageId)))
        .run();
    },
    forgetBefore: (createdAt, limit) =>
      deleteSome(db, news, { where: sql`${lt(news.createdAt, createdAt)} or ${isOrphan}`, limit }),
  };
}

const isFailed = (one: News): one is FailedNews => one.kind === "failed";
