import type { Link } from "../../domain/link.ts";
import type { MessageRef } from "../../domain/message.ts";
import type { LateWrites, Store } from "../../domain/storage.ts";

/** Bot API: a message of more than 48 hours cannot be deleted; two are left, since this is looked at once an hour. */
const OLDEST_PROMPT_MS = 46 * 3_600_000;
const MOST_RENEWED = 500;
/** A prompt that nobody has missed for a day is not missed. */
const MISSED_SINCE_MS = 24 * 3_600_000;
const MOST_MISSED = 500;

/** A message that was sent as a link's prompt. */
export interface SentPrompt {
  readonly promptId: number;
  /** Epoch ms by Telegram's clock, which is the one that makes it too old. */
  readonly promptedAt: number;
}

/** Which message is the prompt of which link; nothing else writes that. Each function may throw `StoreUnavailable`. */
export interface LinkPrompts {
  /** The link as it is now; undefined when it has left the queue, and its prompt is about to go. */
  current(linkId: number): Link | undefined;
  /**
   * Makes a message the link's prompt, and plans the deletion of the prompt that it had; later where the database cannot be
   * used. `attached` gets the link as it is then; it is not called when the link left the queue while the message was on
   * its way: that is planned to be deleted instead.
   */
  attach(link: Pick<Link, "id" | "chatId">, sent: SentPrompt, attached: (link: Link) => void): void;
  /** Somebody deleted this prompt. Returns the link that has none any more; undefined when it is not the link's prompt. */
  detach(linkId: number, promptId: number): Link | undefined;
  /** Attaches a message of the bot that was pressed: a crash between sending and storing has left it behind. */
  adopt(link: Link, promptId: number): Link;
  /** Plans the deletion of a message that was the prompt of a link that is sent: nothing else would ever delete it. */
  drop(prompt: MessageRef): void;
  /** Links whose prompt could soon not be deleted any more, oldest prompt first; as many as are renewed at a time. */
  ageing(): Link[];
  /** The chat's links without a prompt. */
  missingOf(chatId: number): Link[];
  /** Links whose prompt the Go version has sent, with buttons that nobody answers, in chats that can be written to. */
  inherited(): Link[];
  /** Links whose prompt got lost today, in a crash or an unusable database, of chats that can be written to. */
  missed(): Link[];
}

export function createLinkPrompts(deps: {
  store: Pick<Store, "links" | "deletions" | "transaction">;
  /** Whether the chat does not let the bot write: its prompts come when it does again. */
  isBlocked: (chatId: number) => boolean;
  lateWrites: LateWrites;
  now: () => number;
  /** Told that there is a message to delete at once. */
  onDeletion: () => void;
}): LinkPrompts {
  const { store, now } = deps;
  const { links, deletions } = store;
  /** Links whose prompt is sent and could not be stored yet: they lack none. */
  const unstored = new Set<number>();

  function attachNow({ id, chatId }: Pick<Link, "id" | "chatId">, sent: SentPrompt): Link | undefined {
    const { promptId } = sent;
    const { link, spare } = store.transaction(() => {
      // As the prompt that another one had replaced it may have been about to go.
      deletions.done(chatId, [promptId]);
      const former = links.byId(id)?.promptId ?? null;
      const link = links.update(id, sent);
      const spare = link === undefined ? promptId : former === promptId ? null : former;
      if (spare !== null) deletions.add({ chatId: link?.chatId ?? chatId, messageId: spare, deleteAt: now() });
      return { link, spare };
    });
    if (spare !== null) deps.onDeletion();
    return link;
  }

  return {
    current: (linkId) => links.byId(linkId),
    attach(link, sent, attached) {
      unstored.add(link.id);
      deps.lateWrites.write("which message is a prompt", () => {
        const current = attachNow(link, sent);
        unstored.delete(link.id);
        if (current !== undefined) attached(current);
      });
    },
    detach: (linkId, promptId) =>
      store.transaction(() => {
        if (links.byId(linkId)?.promptId !== promptId) return undefined;
        return links.update(linkId, { promptId: null, promptedAt: null });
      }),
    adopt: (link, promptId) => attachNow(link, { promptId, promptedAt: now() }) ?? link,
    drop(prompt) {
      deletions.add({ ...prompt, deleteAt: now() });
      deps.onDeletion();
    },
    ageing: () => links.promptedBefore(now() - OLDEST_PROMPT_MS, MOST_RENEWED),
    missingOf: (chatId) => links.unpromptedOf(chatId).filter(({ id }) => !unstored.has(id)),
    inherited: () => links.inherited(MOST_MISSED).filter(({ chatId }) => !deps.isBlocked(chatId)),
    missed: () =>
      links
        .unprompted({ createdSince: now() - MISSED_SINCE_MS, limit: MOST_MISSED })
        .filter(({ id, chatId }) => !unstored.has(id) && !deps.isBlocked(chatId)),
  };
}
