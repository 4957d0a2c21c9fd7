import { and, asc, desc, eq, gt, gte, lt, or, sql } from "drizzle-orm";
import type { Deliveries } from "../domain/delivery.ts";
import { createBringBack, NOW } from "./bring-back.ts";
import type { Queries } from "./database.ts";
import { createDeleteSome } from "./delete-some.ts";
import { createDone } from "./done.ts";
import { given, prepared, preparedFor, preparedWrite } from "./prepared.ts";
import { deliveries } from "./schema.ts";
import { everyTime, type UntilWritten } from "./until-written.ts";
import { createWorkPlaces } from "./work-places.ts";

/** Literal, not bound, so that SQLite uses the partial index. */
const isOpen = sql`"deliveries"."state" = 'open'`;
const isInWork = sql`${isOpen} and not (${deliveries.status} is 'NEW' and ${deliveries.trouble} is not null)`;
const isWaiting = sql`ifnull(${deliveries.status}, 'NEW') = 'NEW'`;
/** Nobody has been told yet how it ended; the index of such news is partial. */
const isUntold = sql`exists (select 1 from news where news.chat_id = ${deliveries.chatId} and news.message_id is null
  and news.kind <> 'failed' and news.about = ${deliveries.id})`;
/** What people want to see first comes first. */
const byWork = sql`case ${deliveries.status} when 'WORK' then 0 when 'SENDING' then 1
  when 'TO_SEND' then 2 when 'UNKNOWN' then 3 else 4 end`;

const hasId = eq(deliveries.id, given("id"));
const isOfChat = eq(deliveries.chatId, given("chatId"));
const isOfKey = eq(deliveries.key, given("key"));
const isSince = gte(deliveries.acceptedAt, given("acceptedAt"));

/** Accepted links in SQLite. */
export function createDeliveries(db: Queries, untilWritten: UntilWritten = everyTime): Deliveries {
  const whole = () => db.select().from(deliveries);
  const names = () => db.selectDistinct({ name: deliveries.downloader }).from(deliveries);

  const add = preparedWrite(deliveries, (delivery) =>
    db.insert(deliveries).values(delivery).onConflictDoNothing({ target: deliveries.linkId }),
  );
  const byId = prepared(() => whole().where(hasId));
  const update = preparedWrite(deliveries, (change) => db.update(deliveries).set(change).where(hasId));
  const open = preparedFor((has) =>
    whole()
      .where(and(isOpen, has("downloader") ? eq(deliveries.downloader, given("downloader")) : undefined))
      .orderBy(asc(deliveries.id)),
  );
  const openAfter = prepared(() =>
    whole()
      .where(and(isOpen, eq(deliveries.downloader, given("downloader")), gt(deliveries.id, given("after"))))
      .orderBy(asc(deliveries.id))
      .limit(given("limit")),
  );
  const waiting = prepared(() =>
    db
      .select({ key: deliveries.key })
      .from(deliveries)
      .where(and(isOpen, eq(deliveries.downloader, given("downloader")), isWaiting)),
  );
  const downloaders = prepared(() => names().where(isOpen));
  const unknownSince = prepared(() =>
    whole().where(and(gte(deliveries.closedAt, given("closedAt")), eq(deliveries.state, "unknown"))),
  );
  const atWork = prepared(() =>
    names().where(and(isOpen, sql`ifnull(${deliveries.status}, 'WORK') in ('WORK', 'UNKNOWN')`)),
  );
  const openAt = prepared(() =>
    whole()
      .where(and(isInWork, isOfChat, sql`${deliveries.threadId} is ${given("threadId")}`))
      .orderBy(byWork, asc(deliveries.id))
      .limit(given("limit")),
  );
  const ofKey = prepared(() => whole().where(isOfKey));
  const ofBatch = prepared(() =>
    whole()
      .where(or(eq(deliveries.linkId, given("batchId")), eq(deliveries.batchId, given("batchId"))))
      .orderBy(asc(deliveries.linkId)),
  );
  const ofMessage = prepared(() => whole().where(and(isOfChat, eq(deliveries.messageId, given("messageId")))));
  const forgetClosedBefore = createDeleteSome(db, deliveries, lt(deliveries.closedAt, given("closedAt")));
  const bringBack = createBringBack(db, deliveries, { instant: deliveries.closedAt, set: { closedAt: NOW } });
  const forgetClosedOf = createDeleteSome(
    db,
    deliveries,
    sql`${isOfChat} and ${deliveries.closedAt} is not null and not ${isUntold}`,
  );
  // Reads the few rows of the key, not everything that the chat has in work.
  const openOf = prepared(() => whole().where(and(isOpen, isOfKey, sql`+${deliveries.chatId} = ${given("chatId")}`)));
  const byLinkId = prepared(() => whole().where(eq(deliveries.linkId, given("linkId"))));
  const latestByKey = prepared(() =>
    whole().where(isOfKey).orderBy(sql`${isInWork} desc`, desc(deliveries.acceptedAt)).limit(1),
  );
  const since = preparedFor((has) =>
    whole()
      .where(and(isSince, has("chatId") ? isOfChat : undefined))
      .orderBy(desc(deliveries.acceptedAt)),
  );
  const allDownloaders = untilWritten(() => downloaders.all().map(({ name }) => name));
  const allAtWork = untilWritten(() => atWork.all().map(({ name }) => name));
  return {
    add: (delivery) => add(delivery).run({ ...delivery }),
    byId: (id) => byId.get({ id }),
    update: (id, change) => update(change).run({ ...change, id }),
    open: (downloader) => open({ downloader }).all({ downloader }),
    openAfter: (of) => openAfter.all(of),
    waitingKeys: (downloader) => waiting.all({ downloader }).map(({ key }) => key),
    downloaders: allDownloaders,
    unknownSince: (closedAt) => unknownSince.all({ closedAt }),
    atWork: allAtWork,
    openAt: (place, limit) => openAt.all({ ...place, limit }),
    ofKey: (key) => ofKey.all({ key }),
    ofBatch: (batchId) => ofBatch.all({ batchId }),
    ofMessage: (chatId, messageId) => ofMessage.all({ chatId, messageId }),
    forgetClosedBefore: (closedAt, limit) => forgetClosedBefore({ closedAt, limit }),
    bringBack,
    forgetClosedOf: (chatId, limit) => forgetClosedOf({ chatId, limit }),
    openOf: (chatId, key) => openOf.get({ chatId, key }),
    byLinkId: (linkId) => byLinkId.get({ linkId }),
    latestByKey: (key) => latestByKey.get({ key }),
    since: (of) => since(of).all(of),
    ...createDone(db),
    ...createWorkPlaces(db, untilWritten),
  };
}
