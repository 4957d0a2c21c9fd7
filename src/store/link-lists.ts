import { and, asc, count, desc, eq, gt, gte, inArray, isNull, lt, lte, or, sql } from "drizzle-orm";
import type { Links } from "../domain/link.ts";
import { LONGEST_UNDO_MS } from "../domain/time.ts";
import type { Queries } from "./database.ts";
import { given, type Has, prepared, preparedFor } from "./prepared.ts";
import { deliveries, links } from "./schema.ts";
import { everyTime, type UntilWritten } from "./until-written.ts";

/** Literal, not bound: SQLite uses a partial index only when it can see the index's condition in the query. */
const isRemoved = sql`"links"."state" = 'removed'`;
const isShown = sql`"links"."state" <> 'removed'`;
const isPostponed = sql`("links"."state" = 'unreachable' or ("links"."state" = 'queued' and "links"."attempts" > 0))`;
const isPrompted = sql`"prompt_id" is not null`;
/** Links of people who have blocked the bot stay for ever, and must not use up the limit of a list. */
const isReached = sql`not exists (select 1 from chats where chats.chat_id = ${links.chatId} and chats.blocked_at is not null)`;
const hasFailed = sql`("state" = 'failed')`;

const isOfChat = eq(links.chatId, given("chatId"));
const comesAfter = gt(links.id, given("after"));
const limit = given("limit");

/** Only these columns: thousands of rows are read to find a few. */
const WAITING = {
  id: links.id,
  url: links.url,
  downloader: links.downloader,
  state: links.state,
  attempts: links.attempts,
  sendAt: links.sendAt,
};

type Lists = Pick<
  Links,
  | ("unmatched" | "postponed" | "newest" | "unprompted" | "inherited" | "purgeable" | "promptedBefore")
  | ("unpromptedOf" | "page" | "count" | "idsOf" | "behind" | "besideHandedOver")
>;

/** What a list shows: of one chat or of all, a part or the whole. */
type Listed = Parameters<Links["count"]>[0];

/** The lists of the queue: those that people read, and those that the bot goes through again and again. */
export function createLinkLists(db: Queries, untilWritten: UntilWritten = everyTime): Lists {
  const isOfPart = (has: Has) => (has("part") ? sql`${hasFailed} = ${given("hasFailed")}` : undefined);
  const isListed = (has: Has) => and(isShown, has("chatId") ? isOfChat : undefined, isOfPart(has));
  const whole = () => db.select().from(links);
  const waiting = () => db.select(WAITING).from(links);
  const places = () => db.select({ id: links.id, batchId: links.batchId, chatId: links.chatId }).from(links);

  const unmatched = prepared(() =>
    waiting().where(and(sql`"links"."state" = 'unmatched'`, comesAfter)).orderBy(asc(links.id)).limit(limit),
  );
  const postponed = prepared(() => waiting().where(and(isPostponed, comesAfter)).orderBy(asc(links.id)).limit(limit));
  const newest = prepared(() =>
    whole()
      .where(lt(links.id, given("before")))
      .orderBy(desc(links.id))
      .limit(limit),
  );
  const unprompted = prepared(() =>
    whole()
      .where(and(isNull(links.promptId), isShown, isReached, gte(links.createdAt, given("createdSince"))))
      .orderBy(asc(links.id))
      .limit(limit),
  );
  const inherited = prepared(() =>
    whole()
      .where(and(isPrompted, isReached, isNull(links.promptedAt)))
      .limit(limit),
  );
  const behind = prepared(() =>
    places()
      .where(and(isPrompted, isReached, sql`"unshown_changes" > 0`))
      .orderBy(asc(links.id)),
  );
  const besideHandedOver = prepared(() => {
    const latest = db
      .select({ id: sql<number>`coalesce(${deliveries.batchId}, ${deliveries.linkId})` })
      .from(deliveries)
      .where(gt(deliveries.id, sql`(select max(id) from deliveries) - ${given("most")}`));
    return places().where(and(isPrompted, isReached, or(inArray(links.id, latest), inArray(links.batchId, latest))));
  });
  const anyRemoved = prepared(() => db.select({ id: links.id }).from(links).where(isRemoved).limit(1));
  const isNoneRemoved = untilWritten(() => anyRemoved.get() === undefined);
  const purgeable = prepared(() =>
    whole()
      .where(and(isRemoved, or(lte(links.sendAt, given("now")), gt(links.sendAt, given("latest")))))
      .limit(limit),
  );
  const promptedBefore = prepared(() =>
    whole()
      .where(and(isPrompted, isReached, lt(links.promptedAt, given("promptedAt"))))
      .orderBy(asc(links.promptedAt))
      .limit(limit),
  );
  const unpromptedOf = prepared(() =>
    whole()
      .where(and(isNull(links.promptId), isShown, isOfChat))
      .orderBy(asc(links.id)),
  );
  const page = preparedFor((has) =>
    whole()
      .where(isListed(has))
      .orderBy(hasFailed, asc(links.sendAt), asc(links.id))
      .limit(limit)
      .offset(given("offset")),
  );
  /** Counts all of them in one index, and subtracts the removed ones, counted in another: checking each state would read every row. */
  const counted = preparedFor((has) => {
    const isOfThisChat = has("chatId") ? sql`+${links.chatId} = ${given("chatId")}` : undefined;
    const removed = db
      .select({ n: count() })
      .from(links)
      .where(and(isRemoved, isOfThisChat, isOfPart(has)));
    const all = and(has("chatId") ? isOfChat : undefined, isOfPart(has));
    return db
      .select({ n: sql<number>`count(*) - ${removed}` })
      .from(links)
      .where(all);
  });
  const ids = preparedFor((has) => db.select({ id: links.id }).from(links).where(isListed(has)).orderBy(asc(links.id)));
  // The status line asks for it every ten seconds.
  const countAll = untilWritten(() => counted({}).get({ hasFailed: 0 })?.n ?? 0);
  const values = (of: Listed) => ({ ...of, hasFailed: of.part === "failed" ? 1 : 0 });
  return {
    unmatched: (of) => unmatched.all(of),
    postponed: (of) => postponed.all(of),
    newest: (of) => newest.all(of),
    unprompted: (of) => unprompted.all(of),
    inherited: (most) => inherited.all({ limit: most }),
    behind: () => behind.all(),
    besideHandedOver: (most) => besideHandedOver.all({ most }),
    purgeable: (now, most) =>
      isNoneRemoved() ? [] : purgeable.all({ now, latest: now + LONGEST_UNDO_MS, limit: most }),
    promptedBefore: (promptedAt, most) => promptedBefore.all({ promptedAt, limit: most }),
    unpromptedOf: (chatId) => unpromptedOf.all({ chatId }),
    page: ({ offset, limit: most, ...of }) => page(of).all({ ...values(of), offset, limit: most }),
    count: (of) =>
      of.chatId === undefined && of.part === undefined ? countAll() : (counted(of).get(values(of))?.n ?? 0),
    idsOf: (of) =>
      ids(of)
        .all(values(of))
        .map(({ id }) => id),
  };
}
