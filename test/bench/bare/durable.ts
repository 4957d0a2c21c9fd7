import { Database } from "bun:sqlite";
import type { Leftover } from "../world/telegram.ts";

/**
 * `none`: nothing is kept. `single`: each step of a link is a transaction of its own. `shared`: what is to be written within
 * one turn of the event loop is one transaction, for which all of it waits.
 */
export type Durability = "none" | "single" | "shared";

type Known = Leftover & { readonly url: string };

/** The bot's durable work about a link, as plainly as it can be done; each resolves when the disk has it. */
export interface Durable {
  claim(link: Known): Promise<void>;
  deliver(link: Known): Promise<void>;
  deleted(link: Known): Promise<void>;
  close(): void;
  /** Transactions so far. */
  readonly commits: number;
}

/** On a database of the bot that holds the links. */
export function createDurable(durability: Durability, path: string): Durable {
  if (durability === "none") {
    const nothing = async () => {};
    return { claim: nothing, deliver: nothing, deleted: nothing, close() {}, commits: 0 };
  }
  const database = new Database(path, { readwrite: true, strict: true });
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = FULL");
  database.run("PRAGMA foreign_keys = ON");
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
  const keyOf = ({ url }: Known) => url.replace("https://", "");
  let commits = 0;
  const commit = (work: () => void): void => {
    commits += 1;
    database.transaction(work).immediate();
  };
  const transaction = durability === "single" ? async (work: () => void) => commit(work) : createTogether(commit);

  return {
    claim: (link) =>
      transaction(() => {
        const id = Number(find.get(keyOf(link))?.id);
        twin.get(keyOf(link), id);
        earlier.get(keyOf(link));
        claim.run(id);
        attempt.run(id, Date.now());
      }),
    deliver: (link) =>
      transaction(() => {
        const row = find.get(keyOf(link));
        if (row === null) throw new Error(`${link.url} is not in the queue`);
        const { id = 0, chat_id = 0, message_id = 0, sender = "", url = "", key = "", quality = "" } = row;
        remove.run(id);
        deliver.run({ id, chat_id, message_id, sender, url, key, quality, now: Date.now() });
        plan.run(link.chatId, link.promptId, Date.now());
        plan.run(link.chatId, link.messageId, Date.now());
      }),
    deleted: ({ chatId, messageId, promptId }) => transaction(() => void done.run(chatId, messageId, promptId)),
    close: () => database.close(),
    get commits() {
      return commits;
    },
  };
}

/** What comes within one turn of the event loop is committed together. */
export function createTogether(commit: (work: () => void) => void): (work: () => void) => Promise<void> {
  let together: { readonly works: (() => void)[]; readonly written: Promise<void> } | undefined;

  function begin(): { readonly works: (() => void)[]; readonly written: Promise<void> } {
    const works: (() => void)[] = [];
    const { promise: written, resolve, reject } = Promise.withResolvers<void>();
    setImmediate(() => {
      together = undefined;
      try {
        commit(() => {
          for (const work of works) work();
        });
        resolve();
      } catch (error) {
        reject(error);
      }
    });
    return { works, written };
  }

  return (work) => {
    together ??= begin();
    together.works.push(work);
    return together.written;
  };
}
