import { and, asc, desc, eq, gt, gte, inArray, isNull, lte, or, sql } from "drizzle-orm";
import type { Links } from "../domain/link.ts";
import { createBulkChanges, ONE_MORE } from "./bulk-changes.ts";
import type { Queries } from "./database.ts";
import { createLinkLists } from "./link-lists.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";
import { links } from "./schema.ts";
import { everyTime, type UntilWritten } from "./until-written.ts";

/** Literal, not bound: SQLite uses a partial index only when it can see the index's condition in the query. */
const isClaimable = sql`"links"."state" in ('queued', 'uncertain')`;
const isShown = sql`"links"."state" <> 'removed'`;

const hasId = eq(links.id, given("id"));
const isOfChat = eq(links.chatId, given("chatId"));
const isOfKey = eq(links.key, given("key"));
const isOfMessage = and(isOfChat, eq(links.messageId, given("messageId")));
/** Uses one index for each half: the first link of a batch has no `batchId`. */
const isOfBatch = or(eq(links.id, given("batchId")), eq(links.batchId, given("batchId")));
const isDue = lte(links.sendAt, given("now"));
const isAfter = sql`(${links.sendAt}, ${links.id}) > (${given("afterSendAt")}, ${given("afterId")})`;

const duplicateIsBeingHandedOver = sql`exists (
  select 1 from links duplicate
  where duplicate.key = ${links.key} and duplicate.id <> ${links.id} and duplicate.state in ('sending', 'uncertain')
)`;

/** Jumps from each chat to the next one in the index: the cost depends on the number of chats, not on that of their links. */
const dueChatIds = sql`(
  with recursive turn(chat) as (
    select min(chat_id) from links where ${isClaimable}
    union all
    select (select min(chat_id) from links where ${isClaimable} and chat_id > turn.chat) from turn where turn.chat is not null
  )
  select chat from turn
  where chat is not null and exists (select 1 from links where ${isClaimable} and chat_id = turn.chat and send_at <= ${given("now")})
)`;

/** Before all links. */
const FIRST = { sendAt: Number.MIN_SAFE_INTEGER, id: 0 };

/** Fields that a link's prompt does not show. */
const UNSEEN: ReadonlySet<string> = new Set(["promptId", "promptedAt", "unshownChanges", "keepsMessage", "undo"]);

/** The queue in SQLite. */
export function createLinks(db: Queries, untilWritten: UntilWritten = everyTime): Links {
  const add = preparedWrite(links, (link) => db.insert(links).values(link).onConflictDoNothing().returning());
  const byId = prepared(() => db.select().from(links).where(hasId));
  const byKey = prepared(() => db.select().from(links).where(and(isOfChat, isOfKey)));
  const ofKey = prepared(() => db.select().from(links).where(isOfKey));
  const ofMessage = prepared(() => db.select().from(links).where(isOfMessage));
  const anyOfMessage = prepared(() => db.select({ id: links.id }).from(links).where(isOfMessage).limit(1));
  const ofBatch = prepared(() => db.select().from(links).where(isOfBatch).orderBy(asc(links.id)));
  const anyOfBatch = prepared(() => db.select({ id: links.id }).from(links).where(isOfBatch).limit(1));
  const latestFrom = prepared(() =>
    db
      .select()
      .from(links)
      .where(
        and(
          isOfChat,
          gte(links.createdAt, given("since")),
          lte(links.createdAt, given("createdUntil")),
          or(gte(links.createdAt, given("createdSince")), isNull(links.promptId)),
          isShown,
          eq(links.sender, given("sender")),
          sql`${links.threadId} is ${given("threadId")}`,
          sql`${links.senderId} is ${given("senderId")}`,
        ),
      )
      .orderBy(desc(links.createdAt), desc(links.id))
      .limit(1),
  );
  const setPrompt = preparedWrite(links, (prompt) => db.update(links).set(prompt).where(isOfBatch));
  const firstDue = prepared(() =>
    db.select({ sendAt: links.sendAt }).from(links).where(isClaimable).orderBy(asc(links.sendAt)).limit(1),
  );
  const firstDueAt = untilWritten(() => firstDue.get()?.sendAt ?? Number.POSITIVE_INFINITY);
  const dueChats = prepared(() => db.select({ chatId: sql<number>`chat` }).from(dueChatIds));
  const nextDue = prepared(() =>
    db
      .select()
      .from(links)
      .where(and(isOfChat, isClaimable, isDue, isAfter, sql`not ${duplicateIsBeingHandedOver}`))
      .orderBy(asc(links.sendAt), asc(links.id))
      .limit(1),
  );
  const update = preparedWrite(links, (change) => db.update(links).set(change).where(hasId).returning());
  const updateSeen = preparedWrite(links, (change) =>
    db
      .update(links)
      .set({ ...change, unshownChanges: ONE_MORE })
      .where(hasId)
      .returning(),
  );
  const shown = prepared(() =>
    db
      .update(links)
      .set({ unshownChanges: 0 })
      .where(and(hasId, eq(links.unshownChanges, given("unshownChanges")))),
  );
  const claim = prepared(() => db.update(links).set({ state: "sending" }).where(hasId));
  const remove = prepared(() => db.delete(links).where(hasId).returning());
  const beingHandedOver = prepared(() =>
    db.select().from(links).where(sql`"links"."state" in ('sending', 'uncertain')`),
  );
  const bringBack = prepared(() => {
    const far = db
      .select({ id: links.id })
      .from(links)
      .where(and(isClaimable, gt(links.sendAt, given("latest"))))
      .orderBy(asc(links.sendAt))
      .limit(given("limit"));
    const sendAt = sql`${given("now")}`;
    return db
      .update(links)
      .set({ sendAt, unshownChanges: ONE_MORE })
      .where(inArray(links.id, far))
      .returning({ id: links.id });
  });
  return {
    add: (link) => add(link).get({ ...link }),
    byId: (id) => byId.get({ id }),
    byKey: (chatId, key) => byKey.get({ chatId, key }),
    ofKey: (key) => ofKey.all({ key }),
    ofMessage: (chatId, messageId) => ofMessage.all({ chatId, messageId }),
    hasMessage: (chatId, messageId) => anyOfMessage.get({ chatId, messageId }) !== undefined,
    ofBatch: (batchId) => ofBatch.all({ batchId }),
    hasBatch: (batchId) => anyOfBatch.get({ batchId }) !== undefined,
    latestFrom: ({ from, unpromptedSince, ...created }) =>
      latestFrom.get({ ...from, ...created, since: Math.min(created.createdSince, unpromptedSince) }),
    setPrompt(batchId, prompt) {
      const whole = { unshownChanges: 0, ...prompt };
      setPrompt(whole).run({ ...whole, batchId });
    },
    dueChats: (now) => (firstDueAt() > now ? [] : dueChats.all({ now }).map(({ chatId }) => chatId)),
    nextDue: ({ chatId, now, after = FIRST }) =>
      nextDue.get({ chatId, now, afterSendAt: after.sendAt, afterId: after.id }),
    update(id, change) {
      const isSeen = Object.keys(change).some((name) => !UNSEEN.has(name));
      return (isSeen ? updateSeen : update)(change).get({ ...change, id });
    },
    shown: (of) => shown.run(of),
    claim: (id) => claim.run({ id }),
    remove: (id) => remove.get({ id }),
    beingHandedOver: () => beingHandedOver.all(),
    bringBack: (of) => bringBack.all(of).length,
    ...createBulkChanges(db),
    ...createLinkLists(db, untilWritten),
  };
}
