import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { drizzle } from "drizzle-orm/bun-sqlite";
import type { Links } from "../../../src/domain/link.ts";
import type { Deletions } from "../../../src/domain/message.ts";
import type { NewsTable } from "../../../src/domain/news.ts";
import { createDeletions } from "../../../src/store/deletions.ts";
import { createDeliveries } from "../../../src/store/deliveries.ts";
import { createLinks } from "../../../src/store/links.ts";
import { migrate } from "../../../src/store/migrate.ts";
import { createNews } from "../../../src/store/news.ts";
import * as schema from "../../../src/store/schema.ts";
import { withSteadyPlans } from "../../../src/store/steady-plans.ts";
import { newLink } from "../../support/links.ts";

interface Tables {
  readonly links: Links;
  readonly deletions: Deletions;
  readonly deliveries: ReturnType<typeof createDeliveries>;
  readonly news: NewsTable;
}

/** How SQLite answers everything that `work` asks, one line a step. */
function planOf(work: (tables: Tables) => unknown): string[] {
  using sqlite = new Database(":memory:", { strict: true });
  migrate(sqlite);
  const asked: { query: string; params: unknown[] }[] = [];
  const logger = { logQuery: (query: string, params: unknown[]) => void asked.push({ query, params }) };
  const db = drizzle(withSteadyPlans(sqlite), { schema, logger });
  db.insert(schema.deletions).values({ chatId: 1, messageId: 1, deleteAt: 0 }).run();
  db.insert(schema.links).values(newLink()).run();
  asked.length = 0;
  const others = { deletions: createDeletions(db), deliveries: createDeliveries(db), news: createNews(db) };
  work({ links: createLinks(db), ...others });
  return asked.flatMap(({ query, params }) =>
    sqlite
      .query<{ detail: string }, (string | number)[]>(`EXPLAIN QUERY PLAN ${query}`)
      .all(...(params as (string | number)[]))
      .map(({ detail }) => detail),
  );
}

/** A chat may have tens of thousands of news that nobody has read. */
const NEWS_ABOUT = /INDEX news_about \(chat_id=\? AND about=\?\)$/;
const DONE = /INDEX deliveries_done \(chat_id=\?\)$/;

test.each<[string, (tables: Tables) => unknown, RegExp]>([
  ["whether anything is due", ({ links }) => links.dueChats(5), /^SCAN links USING .*INDEX links_due$/],
  ["the next chat", ({ links }) => links.dueChats(5), /^SEARCH links USING INDEX links_turn \(chat_id>\?\)$/],
  [
    "whether a chat's links are due",
    ({ links }) => links.dueChats(5),
    /^SEARCH links EXISTS USING INDEX links_turn \(chat_id=\? AND send_at<\?\)$/,
  ],
  [
    "the claim",
    ({ links }) => links.nextDue({ chatId: 1, now: 5 }),
    /^SEARCH links USING INDEX links_turn \(chat_id=\? AND send_at<\?\)$/,
  ],
  [
    "the duplicates of the claim",
    ({ links }) => links.nextDue({ chatId: 1, now: 5 }),
    /^SEARCH duplicate USING .*INDEX links_key \(key=\?\)$/,
  ],
  ["a chat's page", ({ links }) => links.page({ chatId: 1, offset: 0, limit: 5 }), /INDEX links_chat \(chat_id=\?\)$/],
  ["everyone's page", ({ links }) => links.page({ offset: 0, limit: 5 }), /^SCAN links USING INDEX links_all$/],
  ["a chat's count", ({ links }) => links.count({ chatId: 1 }), /COVERING INDEX links_\w+ \(chat_id=\?\)$/],
  [
    "the count of what has failed",
    ({ links }) => links.count({ chatId: 1, part: "failed" }),
    /COVERING INDEX links_chat \(chat_id=\? AND <expr>=\?\)$/,
  ],
  ["everyone's count", ({ links }) => links.count({}), /^SCAN links USING COVERING INDEX/],
  ["what was removed of it", ({ links }) => links.count({ chatId: 1 }), /INDEX links_removed$/],
  ["all that a chat removes", ({ links }) => links.removeAllOf(1, 5), /INDEX links_(chat|arrived)\w* \(chat_id=\?\)$/],
  ["all that a chat gets back", ({ links }) => links.restoreAllOf(1, 5), /INDEX links_\w+ \(/],
  ["the links that share a prompt", ({ links }) => links.ofBatch(1), /INDEX links_batch \(batch_id=\?\)$/],
  ["whether there are any", ({ links }) => links.hasBatch(1), /INDEX links_batch \(batch_id=\?\)$/],
  ["the first of them", ({ links }) => links.ofBatch(1), /SEARCH links USING INTEGER PRIMARY KEY \(rowid=\?\)$/],
  [
    "what was handed over of them",
    ({ deliveries }) => deliveries.ofBatch(1),
    /INDEX deliveries_batch \(batch_id=\?\)$/,
  ],
  [
    "the latest of a burst",
    ({ links }) =>
      links.latestFrom({
        from: { chatId: 1, threadId: null, sender: "ann", senderId: 1 },
        createdSince: 5,
        createdUntil: 7,
        unpromptedSince: 3,
      }),
    /INDEX links_arrived \(chat_id=\? AND created_at>\? AND created_at<\?\)$/,
  ],
  ["a link by its key", ({ links }) => links.byKey(1, "k"), /INDEX links_chat_key \(chat_id=\? AND key=\?\)$/],
  ["the links of a message", ({ links }) => links.ofMessage(1, 2), /INDEX links_message/],
  ["whether a message has any", ({ links }) => links.hasMessage(1, 2), /INDEX links_message/],
  ["what is being handed over", ({ links }) => links.beingHandedOver(), /INDEX links_being_handed_over/],
  ["what nothing matched", ({ links }) => links.unmatched({ after: 5, limit: 5 }), /INDEX links_unmatched/],
  ["what waits for a downloader", ({ links }) => links.postponed({ after: 5, limit: 5 }), /INDEX links_postponed/],
  ["the newest ones", ({ links }) => links.newest({ before: 5, limit: 5 }), /USING INTEGER PRIMARY KEY/],
  ["what lacks a prompt", ({ links }) => links.unprompted({ createdSince: 0, limit: 5 }), /INDEX links_unprompted/],
  ["whose prompt is behind", ({ links }) => links.behind(), /INDEX links_behind/],
  [
    "what shares a prompt with what was handed over last",
    ({ links }) => links.besideHandedOver(5),
    /^SEARCH links USING INDEX links_batch/,
  ],
  ["whose prompt another bot has sent", ({ links }) => links.inherited(5), /INDEX links_prompted \(prompted_at=\?\)/],
  ["what can be purged", ({ links }) => links.purgeable(5, 9), /INDEX links_removed/],
  [
    "what was removed together",
    ({ links }) => links.removedTogether({ chatId: 1, until: 5, after: 2, limit: 9 }),
    /INDEX links_removed \(send_at=\? AND rowid>\?\)$/,
  ],
  [
    "a page of what has failed",
    ({ links }) => links.page({ chatId: 1, part: "failed", offset: 0, limit: 5 }),
    /INDEX links_chat \(chat_id=\? AND <expr>=\?\)$/,
  ],
  [
    "everyone's page of what waits",
    ({ links }) => links.page({ part: "waiting", offset: 0, limit: 5 }),
    /INDEX links_all \(<expr>=\?\)$/,
  ],
  [
    "all that waits",
    ({ links }) => links.idsOf({ chatId: 1, part: "waiting" }),
    /links_chat \(chat_id=\? AND <expr>=\?\)$/,
  ],
  ["the deletions that are due", ({ deletions }) => deletions.dueOfOneChat(5, 9), /INDEX deletions_due/],
  [
    "the deletions that a wrong clock has put too far away",
    ({ deletions }) => deletions.bringBack({ now: 5, latest: 9, limit: 9 }),
    /INDEX deletions_due \(delete_at>\?\)/,
  ],
  [
    "whether a deletion is due",
    ({ deletions }) => deletions.dueChats(5),
    /^SCAN deletions USING COVERING INDEX deletions_due$/,
  ],
  [
    "whether a link was removed",
    ({ links }) => links.purgeable(5, 1),
    /^SCAN links USING COVERING INDEX links_removed$/,
  ],
  ["the chats with deletions that are due", ({ deletions }) => deletions.dueChats(5), /INDEX deletions_due/],
  ["how many deletions wait", ({ deletions }) => deletions.count(), /COVERING INDEX/],
  [
    "what was handed over of a message",
    ({ deliveries }) => deliveries.ofMessage(1, 2),
    /INDEX deliveries_message \(chat_id=\? AND message_id=\?\)$/,
  ],
  ["the duplicate that was delivered", ({ deliveries }) => deliveries.latestByKey("k"), /INDEX deliveries_key/],
  [
    "what a chat has in work of a link",
    ({ deliveries }) => deliveries.openOf(1, "k"),
    /INDEX deliveries_key \(key=\?\)$/,
  ],
  ["the deliveries whose end is unknown", ({ deliveries }) => deliveries.unknownSince(5), /INDEX deliveries_closed/],
  ["a chat's history", ({ deliveries }) => deliveries.forgetClosedOf(1, 5), /INDEX deliveries_chat \(chat_id=\?\)/],
  ["what came", ({ deliveries }) => deliveries.doneOf(1, { offset: 5, limit: 5 }), DONE],
  ["when links came", ({ deliveries }) => deliveries.cameAt(1, ["a", "b"]), /INDEX deliveries_key \(key=\?\)$/],
  ["how much came", ({ deliveries }) => deliveries.countDoneOf(1), DONE],
  ["what it is called", ({ deliveries }) => deliveries.doneNamesOf(1, { after: undefined, limit: 5 }), DONE],
  [
    "what came before it",
    ({ deliveries }) => deliveries.doneNamesOf(1, { after: { closedAt: 3, id: 2 }, limit: 5 }),
    /INDEX deliveries_done \(chat_id=\? AND closed_at<\?\)$/,
  ],
  [
    "what a chat is to be told",
    ({ news }) => news.untold({ chatId: 1, threadId: null }, 9),
    /INDEX news_\w+ \(chat_id=\? AND message_id=\?\)/,
  ],
  ["what tells of a link that was given up", ({ news }) => news.ofFailed({ id: 1, chatId: 1 }), NEWS_ABOUT],
  ["what messages tell of a delivery", ({ news }) => news.ofDelivery({ id: 1, chatId: 1 }), NEWS_ABOUT],
  [
    "whether the same is to be told already",
    ({ news }) => news.add({ chatId: 1, threadId: null, kind: "done", about: 1, createdAt: 5 }),
    NEWS_ABOUT,
  ],
  ["whether a chat is still to hear of it", ({ deliveries }) => deliveries.forgetClosedOf(1, 5), NEWS_ABOUT],
  ["what a message tells", ({ news }) => news.ofMessage(1, 2), /INDEX news_message/],
  ["the open deliveries of one", ({ deliveries }) => deliveries.open("nas"), /INDEX deliveries_open/],
  [
    "some open deliveries of one",
    ({ deliveries }) => deliveries.openAfter({ downloader: "nas", after: 5, limit: 9 }),
    /INDEX deliveries_open/,
  ],
  ["what a downloader has not begun with", ({ deliveries }) => deliveries.waitingKeys("nas"), /INDEX deliveries_open/],
  ["what may be running", ({ deliveries }) => deliveries.atWork(), /INDEX deliveries_open/],
  [
    "what a chat has in work",
    ({ deliveries }) => deliveries.openAt({ chatId: 1, threadId: null }, 9),
    /INDEX deliveries_in_work/,
  ],
  [
    "where a chat has something in work",
    ({ deliveries }) => deliveries.workPlaces(1),
    /SEARCH .*INDEX deliveries_in_work/,
  ],
  ["where a chat is to be told something", ({ news }) => news.untoldPlaces(1), /SEARCH .*INDEX news_untold/],
  [
    "where something has ended in a chat",
    ({ deliveries }) => deliveries.workPlaces(1),
    /SEARCH news USING INDEX news_untold/,
  ],
  ["a topic's", ({ deliveries }) => deliveries.openAt({ chatId: 1, threadId: 2 }, 9), /INDEX deliveries_in_work/],
])("%s is looked up in an index", (_what, work, step) => {
  const plan = planOf(work);
  expect(plan.filter((detail) => step.test(detail))).not.toEqual([]);
  // Taking turns goes through its own list of chats, and where something is in work is put together from two.
  expect(plan.filter((detail) => /^SCAN (?!(?:turn|parts)$)\w+$/.test(detail))).toEqual([]);
});

test("where something is in work stands in an index", () => {
  const plan = planOf(({ deliveries }) => deliveries.workPlaces());
  expect(plan.filter((detail) => /^(?:SCAN|SEARCH) /.test(detail))).toEqual([
    "SCAN deliveries USING COVERING INDEX deliveries_in_work",
    "SEARCH failed USING INDEX deliveries_failed (chat_id=? AND thread_id=?)",
    "SCAN news USING INDEX news_untold",
    "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)",
    "SCAN parts",
  ]);
});

test("neither the claim nor a page sorts what it reads", () => {
  const plan = planOf(({ links, deliveries }) => {
    links.dueChats(5);
    links.nextDue({ chatId: 1, now: 5 });
    links.page({ chatId: 1, offset: 0, limit: 5 });
    links.page({ offset: 0, limit: 5 });
    deliveries.doneOf(1, { offset: 0, limit: 5 });
    deliveries.doneNamesOf(1, { after: { closedAt: 3, id: 2 }, limit: 5 });
  });
  expect(plan.filter((detail) => detail.includes("TEMP B-TREE"))).toEqual([]);
});

test("where anything is to be told costs what is untold, not what nobody has read", () => {
  expect(planOf(({ news }) => news.untoldPlaces())).toEqual([
    expect.stringMatching(/^SCAN news USING .*INDEX news_untold$/),
  ]);
});
