import type { SendMessageParams } from "@gramio/types";
import type { Language } from "../domain/chat.ts";
import type { Link } from "../domain/link.ts";
import type { Log } from "../domain/log.ts";
import type { Store } from "../domain/storage.ts";
import type { CardSettings } from "./card/choices.ts";
import { card } from "./card.ts";
import { type Content, contentParams } from "./content.ts";
import type { Messenger } from "./messenger.ts";

/** Bot API: a message of more than 48 hours cannot be deleted; two are left, since this is looked at once an hour. */
const OLDEST_PROMPT_MS = 46 * 3_600_000;
const MOST_RENEWED = 500;
/** A prompt that nobody has missed for a day is not missed. */
const UNPROMPTED_SINCE_MS = 24 * 3_600_000;
const MOST_UNPROMPTED = 500;

/** The prompts of links: one living message each. None of these throws; sending goes on behind them. */
export interface Cards {
  /** Sends the prompt of a link that has none. */
  show(link: Link): void;
  /** Sends the prompts that a chat lacks: it could not be written to, or has become another chat. */
  showMissing(chatId: number): void;
  /** Sends the prompts that a crash, a full queue of messages or an unusable database has swallowed. */
  showUnprompted(): void;
  /** Brings the prompt in line with the link. */
  refresh(link: Link): void;
  /** Puts new prompts, silently, in place of those that could soon not be deleted any more. */
  renew(): void;
}

export function createCards(deps: {
  messenger: Messenger;
  store: Store;
  languageOf: (chatId: number) => Language;
  /** Whether the chat does not let the bot write: its prompts come when it does again. */
  isBlocked: (chatId: number) => boolean;
  settings: CardSettings;
  now: () => number;
  log: Log;
  /** Tells that deletions were planned. */
  nudgeSweeper: () => void;
}): Cards {
  const { messenger, store, settings, now, log } = deps;
  const render = (link: Link): Content => card(link, deps.languageOf(link.chatId), settings, now());

  /** `replaces`: the prompt that it has and is to lose. */
  async function show(link: Link, { silent = false, replaces = null as number | null } = {}): Promise<void> {
    let rendered: Link | undefined;
    const shown = await messenger.send(link.chatId, { priority: "prompt", key: `show ${link.id}` }, async (api) => {
      rendered = store.links.byId(link.id);
      if (rendered === undefined || rendered.promptId !== replaces) return undefined;
      return api.sendMessage({ ...promptOf(rendered), disable_notification: silent });
    });
    if (!shown.ok || shown.value === undefined) return;
    const { message_id: promptId, date } = shown.value;
    // Telegram's clock is the one that makes it too old.
    const promptedAt = date * 1000;
    const { chatId } = link;
    const current = store.transaction(() => {
      if (replaces !== null) store.deletions.add({ chatId, messageId: replaces, deleteAt: now() });
      return store.links.update(link.id, { promptId, promptedAt });
    });
    if (replaces !== null) deps.nudgeSweeper();
    if (current === undefined) {
      // It left the queue while its prompt was on the way.
      store.deletions.add({ chatId, messageId: promptId, deleteAt: now() });
      deps.nudgeSweeper();
    } else if (!Bun.deepEquals({ ...rendered, promptId, promptedAt }, current)) refresh(current);
  }

  function promptOf(link: Link): SendMessageParams {
    const inGroup = link.chatId < 0;
    return {
      chat_id: link.chatId,
      ...contentParams(render(link)),
      ...(link.threadId !== null && { message_thread_id: link.threadId }),
      ...(inGroup &&
        link.messageId !== null && {
          reply_parameters: { message_id: link.messageId, allow_sending_without_reply: true },
        }),
    };
  }

  async function edit(link: Link): Promise<void> {
    const { promptId, chatId } = link;
    if (promptId === null) return;
    const edited = await messenger.send(chatId, { priority: "prompt", key: `edit ${promptId}` }, async (api) => {
      const latest = store.links.byId(link.id);
      // It has left the queue, and its prompt is about to go.
      if (latest === undefined) return undefined;
      return api.editMessageText({ chat_id: chatId, message_id: promptId, ...contentParams(render(latest)) });
    });
    if (edited.ok || edited.kind !== "gone") return;
    // Somebody deleted the prompt; the link still needs its buttons.
    const current = store.links.byId(link.id);
    if (current?.promptId !== promptId) return;
    store.links.update(link.id, { promptId: null, promptedAt: null });
    await show(current);
  }

  function renew(): void {
    for (const link of store.links.promptedBefore(now() - OLDEST_PROMPT_MS, MOST_RENEWED)) {
      // The old one is the link's as long as there is no new one: a crash, or a chat that is blocked, must not cost its buttons.
      sent(show(link, { silent: true, replaces: link.promptId }));
    }
  }

  const warn = (error: unknown) => log.warn("Cannot bring a prompt up to date", { error });
  const sent = (sending: Promise<void>): void => void sending.catch(warn);
  const quietly = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      warn(error);
    }
  };
  const refresh = (link: Link): void => sent(edit(link));

  return {
    show: (link) => sent(show(link)),
    showMissing: (chatId) =>
      quietly(() => {
        for (const link of store.links.unpromptedOf(chatId)) sent(show(link));
      }),
    showUnprompted: () =>
      quietly(() => {
        const createdSince = now() - UNPROMPTED_SINCE_MS;
        for (const link of store.links.unprompted({ createdSince, limit: MOST_UNPROMPTED })) {
          if (!deps.isBlocked(link.chatId)) sent(show(link));
        }
      }),
    refresh,
    renew: () => quietly(renew),
  };
}
