import type { Database } from "bun:sqlite";
import { and, desc, eq, inArray, ne, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { attempts, deletions, deliveries, links } from "../../../src/store/schema.ts";
import { withSteadyPlans } from "../../../src/store/steady-plans.ts";
import type { Leftover } from "../world/telegram.ts";

export type Known = Leftover & { readonly url: string };

/** What has to be stored about a link, in the plainest way; each runs in a transaction. */
export interface Steps {
  claim(link: Known): void;
  deliver(link: Known): void;
  deleted(link: Known): void;
}

const keyOf = ({ url }: Known) => url.replace("https://", "");
const notThere = ({ url }: Known) => new Error(`${url} is not in the queue`);

/** With SQLite's own statements, prepared once. */
export function plainSteps(database: Database): Steps {
  const find = database.query<Record<string, string | number | null>, [string]>("select * from links where key = ?");
  const twin = database.query("select 1 from links where key = ? and id <> ? and state in ('sending', 'uncertain')");
  const earlier = database.query("select 1 from deliveries where key = ? order by accepted_at desc limit 1");
  const claim = database.query("update links set state = 'sending' where id = ?");
  const attempt = database.query("insert into attempts (link_id, downloader, started_at) values (?, 'nas', ?)");
  const remove = database.query("delete from links where id = ?");
  const deliver = database.query(
    `insert into deliveries (link_id, chat_id, message_id, sender, url, key, quality, downloader, accepted_at)
     values ($id, $chat_id, $message_id, $sender, $url, $key, $quality, 'nas', $now)`,
  );
  const plan = database.query("insert into deletions (chat_id, message_id, delete_at) values (?, ?, ?)");
  const done = database.query("delete from deletions where chat_id = ? and message_id in (?, ?)");
  return {
    claim(link) {
      const id = Number(find.get(keyOf(link))?.id);
      twin.get(keyOf(link), id);
      earlier.get(keyOf(link));
      claim.run(id);
      attempt.run(id, Date.now());
    },
    deliver(link) {
      const row = find.get(keyOf(link));
      if (row === null) throw notThere(link);
      const { id = 0, chat_id = 0, message_id = 0, sender = "", url = "", key = "", quality = "" } = row;
      remove.run(id);
      deliver.run({ id, chat_id, message_id, sender, url, key, quality, now: Date.now() });
      plan.run(link.chatId, link.promptId, Date.now());
      plan.run(link.chatId, link.messageId, Date.now());
    },
    deleted: ({ chatId, messageId, promptId }) => void done.run(chatId, messageId, promptId),
  };
}

/** The same with drizzle, which the bot uses for its statements; also prepared once. */
export function drizzleSteps(database: Database): Steps {
  const db = drizzle(withSteadyPlans(database));
  const given = sql.placeholder;
  const isOfKey = eq(links.key, given("key"));
  const isTaken = inArray(links.state, ["sending", "uncertain"]);
  const find = db.select().from(links).where(isOfKey).prepare();
  const twin = db
    .select({ id: links.id })
    .from(links)
    .where(and(isOfKey, ne(links.id, given("id")), isTaken))
    .prepare();
  const earlier = db
    .select()
    .from(deliveries)
    .where(eq(deliveries.key, given("key")))
    .orderBy(desc(deliveries.acceptedAt))
    .limit(1)
    .prepare();
  const isOfId = eq(links.id, given("id"));
  const claim = db.update(links).set({ state: "sending" }).where(isOfId).prepare();
  const attempt = db
    .insert(attempts)
    .values({ linkId: given("id"), downloader: "nas", startedAt: given("now") })
    .prepare();
  const remove = db.delete(links).where(isOfId).returning().prepare();
  const deliver = db
    .insert(deliveries)
    .values({
      ...{ linkId: given("id"), chatId: given("chatId"), messageId: given("messageId"), sender: given("sender") },
      ...{ url: given("url"), key: given("key"), quality: sql`${given("quality")}` },
      ...{ downloader: "nas", acceptedAt: given("now") },
    })
    .prepare();
  const plan = db
    .insert(deletions)
    .values({ chatId: given("chatId"), messageId: given("messageId"), deleteAt: given("now") })
    .prepare();
  const isOne = sql`${deletions.messageId} in (${given("messageId")}, ${given("promptId")})`;
  const done = db
    .delete(deletions)
    .where(and(eq(deletions.chatId, given("chatId")), isOne))
    .prepare();
  return {
    claim(link) {
      const key = keyOf(link);
      const id = find.get({ key })?.id;
      twin.get({ key, id });
      earlier.get({ key });
      claim.run({ id });
      attempt.run({ id, now: Date.now() });
    },
    deliver(link) {
      const row = find.get({ key: keyOf(link) });
      if (row === undefined || remove.get({ id: row.id }) === undefined) throw notThere(link);
      const { chatId } = link;
      deliver.run({ ...row, now: Date.now() });
      plan.run({ chatId, messageId: link.promptId, now: Date.now() });
      plan.run({ chatId, messageId: link.messageId, now: Date.now() });
    },
    deleted: ({ chatId, messageId, promptId }) => void done.run({ chatId, messageId, promptId }),
  };
}
