import { and, count, countDistinct, eq, isNotNull, max, notInArray, or, sql, sum } from "drizzle-orm";
import type { Deliveries } from "../domain/delivery.ts";
import { news } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { given, preparedFor } from "./prepared.ts";
import { deliveries } from "./schema.ts";
import type { UntilWritten } from "./until-written.ts";

/** Literal, not bound, so that SQLite uses the partial index. */
const isOpen = sql`"deliveries"."state" = 'open'`;
/** How many deliveries of a place have failed at their downloader, see `hasFailedThere`. Literal, as above. */
const failedThere = sql`(select count(*) from deliveries as failed where failed."state" = 'open'
  and failed."status" = 'NEW' and failed."trouble" is not null
  and failed.chat_id = ${deliveries.chatId} and failed.thread_id is ${deliveries.threadId})`;
/** Literal, as above. */
const isUntold = sql`"news"."message_id" is null`;
/** Its downloader is done with it, however that ended; see `hasFailedThere`. */
const hasEnded = or(
  notInArray(deliveries.state, ["open", "removed"]),
  and(eq(deliveries.state, "open"), eq(deliveries.status, "NEW"), isNotNull(deliveries.trouble)),
);
const newest = sql<number>`${max(deliveries.id)}`.as("newest");

/** The places where something is in work, or has ended and has not been told yet, in SQLite. */
export function createWorkPlaces(db: Queries, untilWritten: UntilWritten): Pick<Deliveries, "workPlaces"> {
  const places = preparedFor((has) => {
    const open = db
      .select({
        chatId: deliveries.chatId,
        threadId: deliveries.threadId,
        inWork: sql<number>`${count()} - ${failedThere}`.as("in_work"),
        ended: sql<number>`0`.as("ended"),
        newest,
      })
      .from(deliveries)
      .where(and(isOpen, has("chatId") ? eq(deliveries.chatId, given("chatId")) : undefined))
      .groupBy(deliveries.chatId, deliveries.threadId);
    const ended = db
      .select({
        chatId: news.chatId,
        threadId: news.threadId,
        inWork: sql<number>`0`.as("in_work"),
        ended: sql<number>`${countDistinct(deliveries.id)}`.as("ended"),
        newest,
      })
      .from(news)
      .innerJoin(deliveries, and(eq(deliveries.id, news.about), sql`not ${news.kind} = 'failed'`))
      .where(and(isUntold, hasEnded, has("chatId") ? eq(news.chatId, given("chatId")) : undefined))
      .groupBy(news.chatId, news.threadId);
    const parts = open.unionAll(ended).as("parts");
    return db
      .select({
        chatId: parts.chatId,
        threadId: parts.threadId,
        inWork: sum(parts.inWork).mapWith(Number),
        ended: sum(parts.ended).mapWith(Number),
        newest: sql<number>`${max(parts.newest)}`,
      })
      .from(parts)
      .groupBy(parts.chatId, parts.threadId)
      .having(({ inWork, ended }) => sql`${inWork} + ${ended} > 0`);
  });
  const all = untilWritten(() => places({}).all());
  return { workPlaces: (chatId) => (chatId === undefined ? all() : places({ chatId }).all({ chatId })) };
}
