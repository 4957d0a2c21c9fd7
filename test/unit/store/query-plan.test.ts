import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { drizzle } from "drizzle-orm/bun-sqlite";
import type { Links } from "../../../src/domain/link.ts";
import type { Deletions, ProcessedMessages } from "../../../src/domain/message.ts";
import type { NewsTable } from "../../../src/domain/news.ts";
import { createDeletions } from "../../../src/store/deletions.ts";
import { createDeliveries } from "../../../src/store/deliveries.ts";
import { createLinks } from "../../../src/store/links.ts";
import { migrate } from "../../../src/store/migrate.ts";
import { createNews } from "../../../src/store/news.ts";
import { createProcessedMessages } from "../../../src/store/processed-messages.ts";
import * as schema from "../../../src/store/schema.ts";
import { withSteadyPlans } from "../../../src/store/steady-plans.ts";
import { newLink } from "../../support/links.ts";

interface Tables {
  readonly links: Links;
  readonly deletions: Deletions;
  readonly deliveries: ReturnType<typeof createDeliveries>;
  readonly news: NewsTable;
  readonly processedMessages: ProcessedMessages;
}

/** SQLite's plans for all queries of `work`, one line per step. */
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
  work({ links: createLinks(db), processedMessages: createProcessedMessages(db), ...others });
  return asked.flatMap(({ query, params }) =>
    sqlite
      .query<{ detail: string }, (string | number)[]>(`EXPLAIN QUERY PLAN ${query}`)
      .all(...(params as (string | number)[]))
      .map(({ detail }) => detail),
  );
}

/** A chat may have tens of thousands of unread news. */
const NEWS_ABOUT = /INDEX news_about \(chat_id=\? AND about=\?\)$/;
const DONE = /INDEX deliveries_done \(chat_id=\?\)$/;

test.each<[string, (tables: Tables) => unknown, RegExp]>([
  ["whether anything is due", ({ links }) => links.dueChats(5), /^SCAN links USING .*INDEX links_due$/],
  [
    "the next chat with due links",
    ({ links }) => links.dueChats(5),
    /^SEARCH links USING INDEX links_turn \(chat_id>\?\)$/,
  ],
  [
    "whether a chat's links are due",
    ({ links }) => links.dueChats(5),
    /^SEARCH links EXISTS USING INDEX links_turn \(chat_id=\? AND send_at<\?\)$/,
  ],
  [
    "the claim",
    ({ links }) => links.nextDue({ chatId: 1, now: 5 }),
    /^SEARCH links USING INDEX links_turn \(chat_id=\? AND send_at>\? AND send_at<\?\)$/,
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
    "the count of failed links",
    ({ links }) => links.count({ chatId: 1, part: "failed" }),
    /COVERING INDEX links_chat \(chat_id=\? AND <expr>=\?\)$/,
  ],
  ["everyone's count", ({ links }) => links.count({}), /^SCAN links USING COVERING INDEX/],
  ["a chat's removed links", ({ links }) => links.count({ chatId: 1 }), /INDEX links_removed$/],
  [
    "all links that a chat removes",
    ({ links }) => links.removeAllOf(1, 5),
    /INDEX links_(chat|arrived)\w* \(chat_id=\?\)$/,
  ],
  ["all links that a chat restores", ({ links }) => links.restoreAllOf(1, 5), /INDEX links_\w+ \(/],
  ["the links that share a prompt", ({ links }) => links.ofBatch(1), /INDEX links_batch \(batch_id=\?\)$/],
  ["whether links share a prompt", ({ links }) => links.hasBatch(1), /INDEX links_batch \(batch_id=\?\)$/],
  [
    "the first link of a prompt",
    ({ links }) => links.ofBatch(1),
    /SEARCH links USING INTEGER PRIMARY KEY \(rowid=\?\)$/,
  ],
  [
    "the deliveries that share a prompt",
    ({ deliveries }) => deliveries.ofBatch(1),
    /INDEX deliveries_batch \(batch_id=\?\)$/,
  ],
  [
    "the latest link of a burst",
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
  ["whether a message has links", ({ links }) => links.hasMessage(1, 2), /INDEX links_message/],
  ["the links that are being handed over", ({ links }) => links.beingHandedOver(), /INDEX links_being_handed_over/],
  ["the unmatched links", ({ links }) => links.unmatched({ after: 5, limit: 5 }), /INDEX links_unmatched/],
  [
    "the links that wait for a downloader",
    ({ links }) => links.postponed({ after: 5, limit: 5 }),
    /INDEX links_postponed/,
  ],
  ["the newest links", ({ links }) => links.newest({ before: 5, limit: 5 }), /USING INTEGER PRIMARY KEY/],
  [
    "the links without a prompt",
    ({ links }) => links.unprompted({ createdSince: 0, limit: 5 }),
    /INDEX links_unprompted/,
  ],
  ["the links whose prompt is outdated", ({ links }) => links.behind(), /INDEX links_behind/],
  [
    "the links that share a prompt with the latest deliveries",
    ({ links }) => links.besideHandedOver(5),
    /^SEARCH links USING INDEX links_batch/,
  ],
  [
    "the links whose prompt another bot sent",
    ({ links }) => links.inherited(5),
    /INDEX links_prompted \(prompted_at=\?\)/,
  ],
  ["the links to purge", ({ links }) => links.purgeable(5, 9), /INDEX links_removed/],
  [
    "the links that were removed together",
    ({ links }) => links.removedTogether({ chatId: 1, until: 5, after: 2, limit: 9 }),
    /INDEX links_removed \(send_at=\? AND rowid>\?\)$/,
  ],
  [
    "a page of failed links",
    ({ links }) => links.page({ chatId: 1, part: "failed", offset: 0, limit: 5 }),
    /INDEX links_chat \(chat_id=\? AND <expr>=\?\)$/,
  ],
  [
    "everyone's page of waiting links",
    ({ links }) => links.page({ part: "waiting", offset: 0, limit: 5 }),
    /INDEX links_all \(<expr>=\?\)$/,
  ],
  [
    "the ids of all waiting links",
    ({ links }) => links.idsOf({ chatId: 1, part: "waiting" }),
    /links_chat \(chat_id=\? AND <expr>=\?\)$/,
  ],
  ["the deletions that are due", ({ deletions }) => deletions.dueOfOneChat(5, 9), /INDEX deletions_due/],
  [
    "the deletions that are too far ahead after a clock jump",
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
    "the deliveries of a message",
    ({ deliveries }) => deliveries.ofMessage(1, 2),
    /INDEX deliveries_message \(chat_id=\? AND message_id=\?\)$/,
  ],
  ["the latest message received", ({ processedMessages }) => processedMessages.newestAt(5), /INDEX intake_received /],
  ["the delivered duplicate", ({ deliveries }) => deliveries.latestByKey("k"), /INDEX deliveries_key/],
  [
    "a chat's open delivery of a link",
    ({ deliveries }) => deliveries.openOf(1, "k"),
    /INDEX deliveries_key \(key=\?\)$/,
  ],
  ["the deliveries whose end is unknown", ({ deliveries }) => deliveries.unknownSince(5), /INDEX deliveries_closed/],
  ["a chat's history", ({ deliveries }) => deliveries.forgetClosedOf(1, 5), /INDEX deliveries_chat \(chat_id=\?\)/],
  ["a page of finished downloads", ({ deliveries }) => deliveries.doneOf(1, { offset: 5, limit: 5 }), DONE],
  [
    "when links were finished",
    ({ deliveries }) => deliveries.cameAt(1, ["a", "b"]),
    /INDEX deliveries_key \(key=\?\)$/,
  ],
  ["the count of finished downloads", ({ deliveries }) => deliveries.countDoneOf(1), DONE],
  [
    "the names of finished downloads",
    ({ deliveries }) => deliveries.doneNamesOf(1, { after: undefined, limit: 5 }),
    DONE,
  ],
  [
    "the names of earlier finished downloads",
    ({ deliveries }) => deliveries.doneNamesOf(1, { after: { closedAt: 3, id: 2 }, limit: 5 }),
    /INDEX deliveries_done \(chat_id=\? AND closed_at<\?\)$/,
  ],
  [
    "a chat's untold news",
    ({ news }) => news.untold({ chatId: 1, threadId: null }, 9),
    /INDEX news_\w+ \(chat_id=\? AND message_id=\?\)/,
  ],
  ["the news of a link that was given up", ({ news }) => news.ofFailed({ id: 1, chatId: 1 }), NEWS_ABOUT],
  ["the news of a delivery", ({ news }) => news.ofDelivery({ id: 1, chatId: 1 }), NEWS_ABOUT],
  [
    "whether the same news is untold already",
    ({ news }) => news.add({ chatId: 1, threadId: null, kind: "done", about: 1, createdAt: 5 }),
    NEWS_ABOUT,
  ],
  ["whether a forgotten delivery has unread news", ({ deliveries }) => deliveries.forgetClosedOf(1, 5), NEWS_ABOUT],
  ["the news of a message", ({ news }) => news.ofMessage(1, 2), /INDEX news_message/],
  ["a downloader's open deliveries", ({ deliveries }) => deliveries.open("nas"), /INDEX deliveries_open/],
  [
    "a page of a downloader's open deliveries",
    ({ deliveries }) => deliveries.openAfter({ downloader: "nas", after: 5, limit: 9 }),
    /INDEX deliveries_open/,
  ],
  [
    "the links that a downloader has not begun",
    ({ deliveries }) => deliveries.waitingKeys("nas"),
    /INDEX deliveries_open/,
  ],
  ["the downloaders that may be working", ({ deliveries }) => deliveries.atWork(), /INDEX deliveries_open/],
  [
    "a chat's links in work",
    ({ deliveries }) => deliveries.openAt({ chatId: 1, threadId: null }, 9),
    /INDEX deliveries_in_work/,
  ],
  [
    "the topics where a chat has links in work",
    ({ deliveries }) => deliveries.workPlaces(1),
    /SEARCH .*INDEX deliveries_in_work/,
  ],
  ["the topics where a chat has untold news", ({ news }) => news.untoldPlaces(1), /SEARCH .*INDEX news_untold/],
  [
    "the topics where a chat's links have ended",
    ({ deliveries }) => deliveries.workPlaces(1),
    /SEARCH news USING INDEX news_untold/,
  ],
  [
    "a topic's links in work",
    ({ deliveries }) => deliveries.openAt({ chatId: 1, threadId: 2 }, 9),
    /INDEX deliveries_in_work/,
  ],
])("an index answers: %s", (_what, work, step) => {
  const plan = planOf(work);
  expect(plan.filter((detail) => step.test(detail))).not.toEqual([]);
  // `turn` is the query's own list of chats, and `parts` the union of two index scans.
  expect(plan.filter((detail) => /^SCAN (?!(?:turn|parts)$)\w+$/.test(detail))).toEqual([]);
});

test("workPlaces() reads only indices", () => {
  const plan = planOf(({ deliveries }) => deliveries.workPlaces());
  expect(plan.filter((detail) => /^(?:SCAN|SEARCH) /.test(detail))).toEqual([
    "SCAN deliveries USING COVERING INDEX deliveries_in_work",
    "SEARCH failed USING INDEX deliveries_failed (chat_id=? AND thread_id=?)",
    "SCAN news USING INDEX news_untold",
    "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)",
    "SCAN parts",
  ]);
});

test("neither the claim nor a page needs a sort", () => {
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

test("untoldPlaces() scans only untold news, not all unread news", () => {
  expect(planOf(({ news }) => news.untoldPlaces())).toEqual([
    expect.stringMatching(/^SCAN news USING .*INDEX news_untold$/),
  ]);
});
