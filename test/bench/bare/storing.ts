import { Database } from "bun:sqlite";
import { and, eq, inArray, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { attempts, deletions, deliveries, links } from "../../../src/store/schema.ts";
import { withSteadyPlans } from "../../../src/store/steady-plans.ts";

/** Writes and reads for the life of a link, in as many transactions as the bot makes, whether they are shared or not. */
export interface Storing {
  /** Does the work for one more link; a fraction of a commit is carried over to the next ones. */
  store(link: { readonly url: string; readonly chatId: number }, of: { commits: number; statements: number }): void;
  /** Transactions so far. */
  readonly commits: number;
}

/** Each commit has a single statement of SQLite's own. */
export function plainStoring(path: string): Storing {
  const database = open(path);
  database.run("create table if not exists links (url text primary key, chat_id integer, steps integer)");
  const step = database.query(
    "insert into links values (?, ?, 1) on conflict (url) do update set steps = steps + 1 returning *",
  );
  const transaction = database.transaction((url: string, chatId: number) => void step.get(url, chatId));
  let owed = 0;
  let commits = 0;
  return {
    store({ url, chatId }, each) {
      for (owed += each.commits; owed >= 1; owed -= 1) {
        commits += 1;
        transaction.immediate(url, chatId);
      }
    },
    get commits() {
      return commits;
    },
  };
}

/** On a database of the bot: as many statements as it runs, with the library that it uses, prepared once. */
export function drizzleStoring(path: string): Storing {
  const database = open(path);
  database.run("PRAGMA foreign_keys = ON");
  const life = lifeByDrizzle(database);
  const commit = database.transaction((works: readonly (() => void)[]) => {
    for (const work of works) work();
  });
  let works: (() => void)[] = [];
  let owed = 0;
  let commits = 0;
  return {
    store(link, each) {
      works.push(...life(link, each.statements));
      owed += each.commits;
      const whole = Math.floor(owed);
      owed -= whole;
      commits += whole;
      const size = Math.ceil(works.length / whole);
      for (let nth = 0; nth < whole; nth += 1) commit.immediate(works.slice(nth * size, (nth + 1) * size));
      if (whole > 0) works = [];
    },
    get commits() {
      return commits;
    },
  };
}

/** Sixteen writes that every link needs; the rest are reads. */
function lifeByDrizzle(
  database: Database,
): (link: { readonly url: string; readonly chatId: number }, statements: number) => (() => void)[] {
  const db = drizzle(withSteadyPlans(database));
  const given = sql.placeholder;
  const isOfKey = and(eq(links.chatId, given("chatId")), eq(links.key, given("key")));
  const isDelivered = eq(deliveries.key, given("key"));
  const added = { chatId: given("chatId"), key: given("key"), url: given("url"), sender: "ann" };
  const enqueue = db
    .insert(links)
    .values({ ...added, quality: "best", sendAt: given("now"), createdAt: given("now") })
    .returning()
    .prepare();
  const look = db.select().from(links).where(isOfKey).prepare();
  const lookDelivered = db.select().from(deliveries).where(isDelivered).prepare();
  const prompted = db
    .update(links)
    .set({ promptId: sql`${given("messageId")}`, promptedAt: sql`${given("now")}` })
    .where(isOfKey)
    .prepare();
  const claim = db.update(links).set({ state: "sending" }).where(isOfKey).prepare();
  const attempt = db
    .insert(attempts)
    .values({ linkId: given("id"), downloader: "nas", startedAt: given("now") })
    .prepare();
  const remove = db.delete(links).where(isOfKey).returning().prepare();
  const deliver = db
    .insert(deliveries)
    .values({ ...added, linkId: given("id"), quality: "best", downloader: "nas", acceptedAt: given("now") })
    .prepare();
  const seen = db
    .update(deliveries)
    .set({ status: sql`${given("status")}`, seenAt: sql`${given("now")}` })
    .where(isDelivered)
    .prepare();
  const done = db
    .update(deliveries)
    .set({ state: "done", closedAt: sql`${given("now")}` })
    .where(isDelivered)
    .prepare();
  const plan = db
    .insert(deletions)
    .values({ chatId: given("chatId"), messageId: given("messageId"), deleteAt: given("now") })
    .prepare();
  const deleted = db
    .delete(deletions)
    .where(and(eq(deletions.chatId, given("chatId")), inArray(deletions.messageId, [given("one"), given("other")])))
    .prepare();
  let messageId = 0;

  return ({ url, chatId }, statements) => {
    const key = url.replace("https://", "");
    const of = { url, key, chatId, now: Date.now() };
    const first = messageId;
    messageId += 4;
    let id = 0;
    const writes = [
      () => {
        id = enqueue.get(of).id;
      },
      () => prompted.run({ ...of, messageId: first }),
      () => claim.run(of),
      () => attempt.run({ ...of, id }),
      () => void remove.get(of),
      () => deliver.run({ ...of, id }),
      ...[0, 1].map((nth) => () => plan.run({ ...of, messageId: first + nth })),
      ...(["NEW", "WORK", "SENDING"] as const).map((status) => () => seen.run({ ...of, status })),
      () => done.run(of),
      ...[2, 3].map((nth) => () => plan.run({ ...of, messageId: first + nth })),
      ...[0, 2].map((nth) => () => deleted.run({ ...of, one: first + nth, other: first + nth + 1 })),
    ];
    const looks = Array.from({ length: Math.max(0, Math.round(statements) - writes.length) }, (_, nth) =>
      nth % 2 === 0 ? () => void look.get(of) : () => void lookDelivered.get(of),
    );
    const perWrite = Math.ceil(looks.length / writes.length);
    return writes.flatMap((write, nth) => [write, ...looks.slice(nth * perWrite, (nth + 1) * perWrite)]);
  };
}

function open(path: string): Database {
  const database = new Database(path, { create: true, readwrite: true, strict: true });
  for (const pragma of ["journal_mode = WAL", "synchronous = FULL"]) database.run(`PRAGMA ${pragma}`);
  return database;
}
