import { setImmediate } from "node:timers/promises";
import type { TelegramMessage, TelegramUser } from "gramio";
import { findLinks } from "../../domain/incoming.ts";
import type { Log } from "../../domain/log.ts";
import { decodedText, splitText } from "../../domain/text.ts";
import { keyOf } from "../../domain/url.ts";
import { describeApiError } from "../api/api-error.ts";
import type { Api } from "../api/bot-api.ts";
import type { Texts } from "../locales/locales.ts";
import { isAddressedTo } from "./addressing.ts";

/** The most links in one file; it counts as one message. */
const MOST_LINKS_OF_A_FILE = 500;
const MOST_BYTES = 1_000_000;
/** Both calls together stay below the limit of an update (`update-batch.ts`). */
const CALL_MS = 5_000;

/** What is wrong with a file, as `texts` can say it. */
export type FileTrouble = keyof Texts["linkFile"];

/** The links of a text file, in its order. */
export interface LinkFile {
  readonly links: readonly string[];
  readonly trouble?: FileTrouble;
}

/** Reads a message's text file; undefined for a message without one. Never rejects. */
export type ReadLinkFile = (
  message: TelegramMessage,
  where: { readonly isPrivate: boolean },
) => Promise<LinkFile> | undefined;

/** In a group only a file that is meant for the bot is read. */
export function createReadLinkFile(deps: { api: Api; bot: () => TelegramUser | undefined; log: Log }): ReadLinkFile {
  const { api, log } = deps;

  async function read(fileId: string): Promise<string | FileTrouble> {
    try {
      const content = await api.file(fileId, { mostBytes: MOST_BYTES, timeoutMs: CALL_MS });
      return content === "too_big" ? "tooBig" : decodedText(content);
    } catch (error) {
      log.warn("Cannot get a file of links from Telegram", { error: describeApiError(error) });
      return "unreadable";
    }
  }

  async function linksIn(file: NonNullable<TelegramMessage["document"]>): Promise<LinkFile> {
    if ((file.file_size ?? 0) > MOST_BYTES) return { links: [], trouble: "tooBig" };
    const text = await read(file.file_id);
    if (text === "tooBig" || text === "unreadable") return { links: [], trouble: text };
    const links = await linksOf(text);
    if (links.length > MOST_LINKS_OF_A_FILE) return { links: [], trouble: "tooMany" };
    return links.length === 0 ? { links, trouble: "noLinks" } : { links };
  }

  return (message, { isPrivate }) => {
    const file = textFileOf(message);
    const isMeant = isPrivate || isAddressedTo(deps.bot(), message);
    return file !== undefined && isMeant ? linksIn(file) : undefined;
  };
}

function textFileOf({ document }: TelegramMessage): TelegramMessage["document"] {
  const name = document?.file_name;
  const isText = name === undefined ? document?.mime_type === "text/plain" : /\.txt$/i.test(name);
  return isText ? document : undefined;
}

const BARE = /^[\p{L}\p{N}][\p{L}\p{N}.-]{0,252}\.\p{L}{2,63}\/\S*$/u;

/** An address on a line of its own may lack its scheme. */
function withScheme(line: string): string {
  return BARE.test(line.trim()) ? `https://${line.trim()}` : line;
}

/** Each link once, and at most one more than allowed; a large file is read in pieces, between which the event loop turns. */
async function linksOf(text: string): Promise<string[]> {
  const byKey = new Map<string, string>();
  for (const piece of splitText(text)) {
    for (const link of findLinks([{ text: piece.split("\n").map(withScheme).join("\n") }]))
      if (!byKey.has(keyOf(link))) byKey.set(keyOf(link), link);
    if (byKey.size > MOST_LINKS_OF_A_FILE) break;
    await setImmediate();
  }
  return [...byKey.values()].slice(0, MOST_LINKS_OF_A_FILE + 1);
}
