import { and, asc, eq, isNotNull, lt, type SQL, sql } from "drizzle-orm";
import type { FailedNews, News, NewsTable } from "../domain/news.ts";
import { createBringBack, NOW } from "./bring-back.ts";
import { news } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { createDeleteSome } from "./delete-some.ts";
import { given, isAmong, listed, prepared, preparedFor, preparedWrite } from "./prepared.ts";
import { deliveries, links } from "./schema.ts";

/** Literal, not bound, so that SQLite uses the partial index. */
const isUntold = sql`"news"."message_id" is null`;
const hasFailed = sql`${news.kind} = 'failed'`;
const isOrphan = sql`case ${news.kind}
  when 'failed' then not exists (select 1 from links where links.id = ${news.about})
  else not exists (select 1 from deliveries where deliveries.id = ${news.about}) end`;

const isOfChat = eq(news.chatId, given("chatId"));
const isAt = and(isOfChat, sql`${news.threadId} is ${given("threadId")}`);
const isOfMessage = and(isOfChat, eq(news.messageId, given("messageId")));
const isAbout = eq(news.about, given("about"));

/** News that nobody has read, in SQLite. */
export function createNews(db: Queries): NewsTable {
  /** `limit` -1: all. */
  const reading = (where: SQL | undefined) => {
    const rows = prepared(() =>
      db
        .select({ news, delivery: deliveries, link: links })
        .from(news)
        .leftJoin(deliveries, and(eq(deliveries.id, news.about), sql`not ${hasFailed}`))
        .leftJoin(links, and(eq(links.id, news.about), hasFailed))
        .where(where)
        .orderBy(asc(news.id))
        .limit(given("limit")),
    );
    return (of: { limit?: number; [name: string]: unknown }): News[] =>
      rows
        .all({ limit: -1, ...of })
        .flatMap(({ news: { id, kind, chatId, threadId, messageId }, delivery, link }): News[] => {
          const one = { id, chatId, threadId, messageId };
          if (kind === "failed") return link === null ? [] : [{ ...one, kind, link }];
          return delivery === null ? [] : [{ ...one, kind, delivery }];
        });
  };

  const known = prepared(() =>
    db
      .select({ id: news.id })
      .from(news)
      .where(and(isAt, isUntold, eq(news.kind, given("kind")), isAbout)),
  );
  const add = preparedWrite(news, (one) => db.insert(news).values(one));
  const untoldPlaces = preparedFor((has) =>
    db
      .selectDistinct({ chatId: news.chatId, threadId: news.threadId })
      .from(news)
      .where(and(isUntold, has("chatId") ? isOfChat : undefined)),
  );
  const untold = reading(and(isAt, isUntold));
  const told = prepared(() =>
    db
      .update(news)
      .set({ messageId: sql`${given("messageId")}` })
      // The plus keeps SQLite from looking at all news of the chat.
      .where(and(isAmong(news.id, "ids"), sql`+${news.chatId} = ${given("chatId")}`)),
  );
  const ofMessage = reading(isOfMessage);
  const ofFailed = reading(and(isOfChat, isNotNull(news.messageId), hasFailed, isAbout));
  const ofDelivery = reading(and(isOfChat, isNotNull(news.messageId), sql`not ${hasFailed}`, isAbout));
  const byId = reading(eq(news.id, given("id")));
  const remove = prepared(() => db.delete(news).where(isAmong(news.id, "ids")));
  const removeMessage = prepared(() => db.delete(news).where(isOfMessage));
  const forgetBefore = createDeleteSome(db, news, sql`${lt(news.createdAt, given("createdAt"))} or ${isOrphan}`);
  const bringBack = createBringBack(db, news, { instant: news.createdAt, set: { createdAt: NOW } });
  return {
    add: (one) => {
      if (known.get({ ...one }) === undefined) add(one).run({ ...one });
    },
    untoldPlaces: (chatId) => untoldPlaces({ chatId }).all({ chatId }),
    untold: (place, limit) => untold({ ...place, limit }),
    told: (ids, { chatId, messageId }) => told.run({ ids: listed(ids), chatId, messageId }),
    ofMessage: (chatId, messageId) => ofMessage({ chatId, messageId }),
    ofFailed: ({ id, chatId }) => ofFailed({ chatId, about: id }).filter(isFailed),
    ofDelivery: ({ id, chatId }) => ofDelivery({ chatId, about: id }),
    byId: (id) => byId({ id })[0],
    remove(ids) {
      if (ids.length > 0) remove.run({ ids: listed(ids) });
    },
    removeMessage: (chatId, messageId) => removeMessage.run({ chatId, messageId }),
    forgetBefore: (createdAt, limit) => forgetBefore({ createdAt, limit }),
    bringBack,
  };
}

const isFailed = (one: News): one is FailedNews => one.kind === "failed";
