import type { TelegramMessage, TelegramUser } from "gramio";
import { type Folder, folderFor } from "../../domain/folder.ts";
import type { Log } from "../../domain/log.ts";
import { foreign, plain } from "../../domain/text.ts";
import { titlesOf } from "../../domain/title.ts";
import { type LinkProblem, type LinkRules, parseLink } from "../../domain/url.ts";
import { senderName } from "../../domain/user-name.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { MessageRetention } from "../../service/cleanup/message-retention.ts";
import type { Arrival, Enqueued, EnqueueTogether } from "../../service/queue/enqueue.ts";
import type { CheckQuota } from "../../service/queue/quota.ts";
import { messageIdOf } from "../context/answer-ref.ts";
import type { ChatContext } from "../context/chat-context.ts";
import { failureWords } from "../context/failure-words.ts";
import type { LinkFile, ReadLinkFile } from "../context/link-file.ts";
import { goesWithLinks, linksIn, ownPartsOf } from "../context/message-text.ts";
import type { Replies } from "../context/replies.ts";
import type { Prompts } from "../notify/prompts.ts";
import type { TellDirect } from "./direct-links.ts";

/** What the config says about links. */
export interface LinkSettings extends LinkRules {
  readonly maxLinksPerMessage: number;
  /** The config's folders, with what in a message chooses each. */
  readonly folderRules: readonly Folder[];
}

/** Links were taken, or refused. */
export interface TakenLinks {
  /** Resolves with whether they are stored, noted or told, so that their message need not come again; undefined: they are. */
  readonly isSafe: Promise<boolean> | undefined;
  /** None of them was taken. */
  readonly isRefused?: true;
}

/**
 * Takes the links of a message, or the new ones in an edited message; undefined if it has none. Rejects with `StoreUnavailable` for edits.
 */
export type TakeLinks = (
  context: ChatContext,
  message: TelegramMessage,
  how?: { readonly isEdit: boolean },
) => Promise<TakenLinks> | undefined;

interface Arriving {
  readonly context: ChatContext;
  readonly message: TelegramMessage;
  readonly isEdit: boolean;
  /** See `Link`. */
  readonly keepsMessage: boolean;
}

type WantedLink = Arrival["links"][number];
/** `text` is the link as it was written. */
type RefusedLink = { readonly text: string; readonly reason: LinkProblem };
type Duplicate = Extract<Enqueued, { kind: "duplicate" | "in_delivery" }>;

/** Keeps a list below 4096 units; there are at most 100 links in a message. */
const MOST_LISTED = 15;
const LONGEST_LISTED = 120;
const REFUSED: TakenLinks = { isSafe: undefined, isRefused: true };

export function createTakeLinks(deps: {
  enqueueTogether: EnqueueTogether;
  checkQuota: CheckQuota;
  prompts: Prompts;
  replies: Replies;
  retention: Pick<MessageRetention, "keep">;
  tellDirect: TellDirect;
  preferences: Preferences;
  settings: LinkSettings;
  readLinkFile: ReadLinkFile;
  /** The bot itself; undefined until it has introduced itself to Telegram. */
  bot: () => TelegramUser | undefined;
  log: Log;
}): TakeLinks {
  const { enqueueTogether, prompts, replies, preferences, settings } = deps;
  const tags = settings.folderRules.flatMap((folder) => folder.tags);

  function tell({ context, message, keepsMessage }: Arriving, taken: readonly Enqueued[]): TakenLinks {
    const messageId = messageIdOf(message);
    for (const one of taken) if (one.kind === "queued") prompts.show(one.link);
    const duplicates = taken.filter((one) => one.kind === "duplicate" || one.kind === "in_delivery");
    if (duplicates.length > 0) pointAt(context, duplicates);
    // Nothing from this message is in the queue, so nothing else would ever delete it.
    if (duplicates.length > 0 && duplicates.length === taken.length && !keepsMessage && messageId !== null)
      replies.scheduleDeletion(context.chatId, messageId);
    const directs = taken.flatMap((one) => (one.kind === "direct" ? one.direct : []));
    return { isSafe: directs.length > 0 ? deps.tellDirect(context, directs, messageId ?? undefined) : undefined };
  }

  function pointAt(context: ChatContext, duplicates: readonly Duplicate[]): void {
    const { arrival } = context.texts;
    const [only] = duplicates;
    if (duplicates.length === 1 && only?.kind === "duplicate" && only.link.promptId !== null) {
      replies.answer(context, { text: arrival.duplicate }, only.link.promptId);
      return;
    }
    const lines = duplicates.map((one) =>
      one.kind === "duplicate"
        ? listed(one.link.url, arrival.inQueue)
        : listed(one.delivery.url, arrival.beingDownloaded(one.delivery.downloader)),
    );
    replies.answer(context, { text: lines.length === 1 ? lines.join("") : list(context, arrival.duplicates, lines) });
  }

  /** What may be queued of the links in a message, each once, and what is refused. */
  function parseAll(found: readonly string[], message: TelegramMessage) {
    const titleOf = titlesOf(ownPartsOf(message));
    const links: WantedLink[] = [];
    const refused: RefusedLink[] = [];
    for (const text of found) {
      const parsed = parseLink(text, settings);
      if (!parsed.ok) {
        refused.push({ text, reason: parsed.reason });
        continue;
      }
      const { url, key, name } = parsed;
      if (!links.some((other) => other.key === key)) links.push({ url, key, title: titleOf(text) ?? name });
    }
    return { links, refused };
  }

  function refuse(context: ChatContext, messageId: number, refused: readonly RefusedLink[]): void {
    const lines = refused.map(({ text, reason }) => listed(text, context.texts.problem(reason)));
    replies.answer(context, { text: list(context, context.texts.refusedLinks, lines) }, messageId);
  }

  /** Rejects with `StoreUnavailable` for edits. */
  async function take(arriving: Arriving, found: readonly string[]): Promise<TakenLinks> {
    const { context, message, isEdit, keepsMessage } = arriving;
    const { chatId, threadId } = context;
    const { links, refused } = parseAll(found, message);
    if (links.length === 0) {
      refuse(context, message.message_id, refused);
      return REFUSED;
    }
    const excess = deps.checkQuota(
      context.actor,
      links.map(({ key }) => key),
    );
    if (excess !== undefined) {
      replies.answer(context, { text: context.texts.admin.tooManyOpen(excess.open, excess.most) }, message.message_id);
      return REFUSED;
    }
    const taken = await enqueueTogether({
      chatId,
      threadId,
      messageId: messageIdOf(message),
      senderId: context.userId ?? null,
      keepsMessage,
      sender: senderName({ username: context.username, id: context.userId ?? context.chatId }),
      quality: preferences.quality(chatId),
      folder: folderFor(settings.folderRules, { parts: ownPartsOf(message), threadId }) ?? preferences.folder(chatId),
      links,
      isEdit,
      asksAgain: true,
    });
    if (refused.length > 0) refuse(context, message.message_id, refused);
    return tell(arriving, taken);
  }

  /** See `TakenLinks`; never rejects. */
  async function takeWithFile(arriving: Arriving, written: readonly string[], reading: Promise<LinkFile>) {
    const { context, message } = arriving;
    try {
      const { links, trouble } = await reading;
      const told =
        trouble === undefined || replies.tell(context, { text: context.texts.linkFile[trouble] }, message.message_id);
      const found = [...written, ...links];
      const { isSafe = true } = found.length === 0 ? REFUSED : await take(arriving, found);
      return (await Promise.all([told, isSafe])).every(Boolean);
    } catch (error) {
      return replies.tell(context, { text: failureWords(error, context, deps.log) });
    }
  }

  return (context, message, { isEdit } = { isEdit: false }) => {
    const { chatId, isPrivate } = context;
    const bot = deps.bot();
    const keepsMessage = !goesWithLinks(message, { bot, isPrivate, tags });
    // Words may have been added or removed even if no link was.
    const messageId = messageIdOf(message);
    if (isEdit && messageId !== null) deps.retention.keep({ chatId, messageId }, keepsMessage);
    const written = linksIn(message, { bot, isPrivate });
    if (written.length > settings.maxLinksPerMessage) {
      const text = context.texts.tooManyLinks(written.length, settings.maxLinksPerMessage);
      replies.answer(context, { text }, message.message_id);
      return Promise.resolve(REFUSED);
    }
    const arriving = { context, message, isEdit, keepsMessage };
    const file = deps.readLinkFile(message, context);
    if (file !== undefined) return Promise.resolve({ isSafe: takeWithFile(arriving, written, file) });
    return written.length === 0 ? undefined : take(arriving, written);
  };
}

function listed(link: string, words: string): string {
  return `${foreign(plain(withoutUserinfo(link), LONGEST_LISTED))} — ${words}`;
}

/** A reply about a link with a password does not repeat the password. */
function withoutUserinfo(link: string): string {
  return link.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1…@");
}

function list(context: ChatContext, title: string, lines: readonly string[]): string {
  const left = lines.length - MOST_LISTED;
  const shown = left > 0 ? [...lines.slice(0, MOST_LISTED), context.texts.arrival.more(left)] : lines;
  return [title, ...shown].join("\n");
}
