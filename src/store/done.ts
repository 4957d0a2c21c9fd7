import { and, count, desc, eq, max, sql } from "drizzle-orm";
import type { Deliveries } from "../domain/delivery.ts";
import type { Queries } from "./database.ts";
import { given, isAmong, listed, prepared, preparedFor } from "./prepared.ts";
import { deliveries } from "./schema.ts";

/** Literal, not bound, so that SQLite uses the partial index. */
const isDone = sql`"deliveries"."state" = 'done'`;
const isDoneOfChat = and(isDone, eq(deliveries.chatId, given("chatId")));
const isAfter = sql`(${deliveries.closedAt}, ${deliveries.id}) < (${given("closedAt")}, ${given("id")})`;
const latestFirst = [desc(deliveries.closedAt), desc(deliveries.id)];

/** What is ready, in SQLite: the history of a chat. */
export function createDone(db: Queries): Pick<Deliveries, "doneOf" | "countDoneOf" | "cameAt" | "doneNamesOf"> {
  const doneOf = prepared(() =>
    db
      .select()
      .from(deliveries)
      .where(isDoneOfChat)
      .orderBy(...latestFirst)
      .limit(given("limit"))
      .offset(given("offset")),
  );
  const countDoneOf = prepared(() => db.select({ n: count() }).from(deliveries).where(isDoneOfChat));
  const cameAt = prepared(() =>
    db
      .select({ key: deliveries.key, at: sql<number>`${max(deliveries.closedAt)}` })
      .from(deliveries)
      // Reads the few rows of each key, not everything that came to the chat.
      .where(and(isDone, isAmong(deliveries.key, "keys"), sql`+${deliveries.chatId} = ${given("chatId")}`))
      .groupBy(deliveries.key),
  );
  const names = {
    id: deliveries.id,
    closedAt: deliveries.closedAt,
    title: deliveries.title,
    name: deliveries.name,
    url: deliveries.url,
  };
  const doneNamesOf = preparedFor((has) =>
    db
      .select(names)
      .from(deliveries)
      .where(and(isDoneOfChat, has("after") ? isAfter : undefined))
      .orderBy(...latestFirst)
      .limit(given("limit")),
  );
  return {
    doneOf: (chatId, page) => doneOf.all({ ...page, chatId }),
    countDoneOf: (chatId) => countDoneOf.get({ chatId })?.n ?? 0,
    cameAt: (chatId, keys) => new Map(cameAt.all({ chatId, keys: listed(keys) }).map(({ key, at }) => [key, at])),
    doneNamesOf: (chatId, { after, limit }) => doneNamesOf({ after }).all({ ...after, chatId, limit }),
  };
}
