import { Database } from "bun:sqlite";
import type { Call } from "../bot-api/journal.ts";
import { isAbout } from "../bot-api/message.ts";
import type { BotApi } from "../bot-api.ts";

/** Checks whether people can see their links at any moment, and which news was told to whom. */
export interface LinkWatch extends Disposable {
  /** Must be called after each call was carried out, and before the bot gets the answer. */
  called(call: Call): void;
  /** Links that were in no live message of their chat, and after which call of the bot. */
  readonly unseen: ReadonlySet<string>;
  /** How many checks of a link were made. */
  readonly looks: number;
  /** Every message that contained news, as `chat id`. */
  readonly news: ReadonlySet<string>;
}

/** Links that were accepted, were not removed by their owner, and have not ended with news that was read. */
const LIVING = `
  select chat_id as chatId, url from links where state <> 'removed'
  union select chat_id, url from deliveries where state = 'open'
  union select d.chat_id, d.url from news n join deliveries d on d.id = n.about
    where n.kind <> 'failed' and d.state in ('done', 'lost', 'unknown')`;
const TOLD = "select distinct chat_id as chatId, message_id as messageId from news where message_id is not null";

/** Reads the bot's database while it runs; `of` is called when there is one. */
export function createLinkWatch(of: () => { readonly api: BotApi; readonly path: string } | undefined): LinkWatch {
  const unseen = new Set<string>();
  const news = new Set<string>();
  let database: Database | undefined;
  let looks = 0;

  return {
    unseen,
    news,
    get looks() {
      return looks;
    },
    called({ method, params }) {
      const there = of();
      if (there === undefined) return;
      database ??= new Database(there.path, { readonly: true });
      for (const { chatId, url } of database.query<{ chatId: number; url: string }, []>(LIVING).all()) {
        looks += 1;
        // Without the scheme, as a person may have written it.
        const address = url.replace(/^https?:\/\//, "");
        if (there.api.messages(chatId).some((message) => isAbout(message, address))) continue;
        unseen.add(`${url} in ${chatId} after ${method} ${JSON.stringify(params).slice(0, 200)}`);
      }
      const told = database.query<{ chatId: number; messageId: number }, []>(TOLD).all();
      for (const { chatId, messageId } of told) news.add(`${chatId} ${messageId}`);
    },
    [Symbol.dispose]: () => database?.close(),
  };
}
