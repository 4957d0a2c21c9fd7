import { Database } from "bun:sqlite";
import type { Call } from "../bot-api/journal.ts";
import { isAbout } from "../bot-api/message.ts";
import type { BotApi } from "../bot-api.ts";

/** Sees whether people can see their links at any moment, and what was told to whom. */
export interface LinkWatch extends Disposable {
  /** To be told of each call, after it was carried out and before the bot hears of that. */
  called(call: Call): void;
  /** Links that stood in no living message of their chat, and after which call of the bot. */
  readonly unseen: ReadonlySet<string>;
  /** How many times a link was looked for. */
  readonly looks: number;
  /** Every message that has told news, as `chat id`. */
  readonly news: ReadonlySet<string>;
}

/** What was taken, and has neither been taken away by its owner nor ended and been read. */
const LIVING = `
  select chat_id as chatId, url from links where state <> 'removed'
  union select chat_id, url from deliveries where state = 'open'
  union select d.chat_id, d.url from news n join deliveries d on d.id = n.about
    where n.kind <> 'failed' and d.state in ('done', 'lost', 'unknown')`;
const TOLD = "select distinct chat_id as chatId, message_id as messageId from news where message_id is not null";

/** Reads the bot's database beside it; `of` is asked when it is there. */
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
        // As a person may have written it.
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
