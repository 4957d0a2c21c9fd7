import { areAsShown, type Batch, batchOf, toBatch } from "../../domain/batch.ts";
import type { Link, PromptedLink } from "../../domain/link.ts";
import type { MessageRef } from "../../domain/message.ts";
import type { LateWrites, Store } from "../../domain/storage.ts";

/** Bot API: a message older than 48 hours cannot be deleted; two hours are spare, because this is checked once an hour. */
const OLDEST_PROMPT_MS = 46 * 3_600_000;
const MOST_RENEWED = 500;
/** A prompt that nobody has missed for a day is not needed. */
const MISSED_SINCE_MS = 24 * 3_600_000;
const MOST_MISSED = 500;
const MOST_UNTAKEN = 50;
const MOST_HANDED_OVER = 200;

/** A message that was sent as the prompt of a batch. */
export interface SentPrompt {
  readonly promptId: number;
  /** Epoch ms by Telegram's clock, which decides when it is too old. */
  readonly promptedAt: number;
  /** The links that were drawn in it; left out if that is not known. */
  readonly shown?: readonly Link[] | undefined;
}

/** A batch, as far as its links in the queue describe it. */
export type WaitingBatch = Pick<Batch, "id" | "chatId" | "promptId" | "links">;

/** Which message is the prompt of which batch; nothing else writes that. Each function may throw `StoreUnavailable`. */
export interface LinkPrompts {
  /** The batch as it is now; undefined when all of it has left the queue and its prompt is about to go. */
  current(batchId: number): Batch | undefined;
  /** The same without what takes further look-ups, for callers that do not show it. */
  waiting(batchId: number): WaitingBatch | undefined;
  /** Whether its prompt has been sent, but that is not stored yet. */
  isSent(batchId: number): boolean;
  /** The batch that a link in the queue is in. */
  ofLink(linkId: number): Batch | undefined;
  /**
   * Makes a message in `chatId` the batch's prompt within some ms, or later while the database cannot be used, and plans the deletion of
   * the former prompt. `attached` gets the batch's links as they are then: unchanged if the group has got another id while the message was
   * on its way. If all of them left the queue meanwhile, it is not called, and the message is planned to be deleted.
   */
  attach(batch: Pick<Batch, "id" | "chatId">, sent: SentPrompt, attached: (links: readonly Link[]) => void): void;
  /**
   * A prompt was edited and now shows its links as given here. Stored with the next write; if there is none, the prompt is edited once
   * more after a start.
   */
  drawn(links: readonly Pick<Link, "id" | "unshownChanges">[]): void;
  /** Somebody deleted this prompt. Returns the batch that now has none; undefined if it is not a batch's prompt. */
  detach(batchId: number, promptId: number): Batch | undefined;
  /**
   * Attaches a message of the bot that was pressed: a crash between sending and storing has left it behind. Done later while the database
   * cannot be used.
   */
  adopt(batch: Pick<Batch, "id" | "chatId">, promptId: number): void;
  /** Plans the deletion of a message that was the prompt of links that have been sent: nothing else would ever delete it. */
  drop(prompt: MessageRef): void;
  /**
   * Batches whose prompt will soon be too old to delete, oldest prompt first, in chats that can be written to; as many as are renewed at a
   * time.
   */
  ageing(): Batch[];
  /** The chat's batches without a prompt. */
  missingOf(chatId: number): Batch[];
  /** Batches whose prompt was sent by the Go version, with buttons that nobody answers, in chats that can be written to. */
  inherited(): Batch[];
  /** Batches with links that no downloader takes; as many as are brought up to date at a time. */
  untaken(): Batch[];
  /** Batches whose prompt is out of date, in chats that can be written to. */
  behind(): Pick<Batch, "id" | "chatId">[];
  /**
   * Batches of which some links wait and some are among the last that were handed over, in chats that can be written to: an earlier run
   * may not have got round to showing that.
   */
  halfHandedOver(): Pick<Batch, "id" | "chatId">[];
  /** Batches whose prompt was lost in the last day, in a crash or while the database could not be used, in chats that can be written to. */
  missed(): Batch[];
  /** What a prompt that is too old to be deleted finally says: the links that were handed over, and whether others wait. */
  ending(batchId: number): Pick<Batch, "sent"> & { readonly waits: boolean };
}

export function createLinkPrompts(deps: {
  store: Pick<Store, "links" | "deliveries" | "deletions" | "transaction">;
  lateWrites: LateWrites;
  now: () => number;
  /** Called when there is a message to delete at once. */
  onDeletion: () => void;
}): LinkPrompts {
  const { store, now } = deps;
  const { links, deliveries, deletions } = store;
  /** Batches whose prompt has been sent, but that is not stored yet: they lack none. */
  const unstored = new Set<number>();

  function current(batchId: number): Batch | undefined {
    const waiting = links.ofBatch(batchId);
    const [first] = waiting;
    if (first === undefined) return undefined;
    const keys = waiting.map(({ key }) => key);
    return toBatch(batchId, waiting, deliveries.ofBatch(batchId), deliveries.cameAt(first.chatId, keys));
  }
  /** The batches that links are in, each once, in their order. */
  const batchesOf = (found: readonly Link[]) => [...new Set(found.map(batchOf))].flatMap((id) => current(id) ?? []);
  const placesOf = (found: readonly PromptedLink[]) => [
    ...new Map(found.map((link) => [batchOf(link), { id: batchOf(link), chatId: link.chatId }])).values(),
  ];
  const lacking = (found: readonly Link[]) => batchesOf(found).filter(({ id }) => !unstored.has(id));

  function attachNow(
    { id, chatId: sentTo }: Pick<Batch, "id" | "chatId">,
    { promptId, promptedAt, shown }: SentPrompt,
  ): Link[] {
    const { attached, spare } = store.transaction(() => {
      const waiting = links.ofBatch(id);
      const chatId = waiting[0]?.chatId ?? sentTo;
      // There another message has this id.
      if (chatId !== sentTo) return { attached: waiting, spare: [] };
      const formers = waiting.flatMap((link) => (link.promptId === promptId ? [] : (link.promptId ?? [])));
      const sent = { promptId, promptedAt, unshownChanges: Number(shown !== undefined && !areAsShown(waiting, shown)) };
      links.setPrompt(id, sent);
      const spare = waiting.length === 0 ? [promptId] : [...new Set(formers)];
      for (const messageId of spare) deletions.add({ chatId, messageId, deleteAt: now(), batchId: id });
      return { attached: waiting.map((link) => ({ ...link, ...sent })), spare };
    });
    if (spare.length > 0) deps.onDeletion();
    return attached;
  }

  return {
    current,
    waiting: (batchId) => toBatch(batchId, links.ofBatch(batchId), []),
    isSent: (batchId) => unstored.has(batchId),
    ofLink(linkId) {
      const link = links.byId(linkId);
      return link && current(batchOf(link));
    },
    attach(batch, sent, attached) {
      unstored.add(batch.id);
      let links: Link[] = [];
      deps.lateWrites.writeSoon(
        "which message is a prompt",
        () => {
          links = attachNow(batch, sent);
        },
        () => {
          unstored.delete(batch.id);
          if (links.length > 0) attached(links);
        },
      );
    },
    drawn(shown) {
      const changed = shown.filter(({ unshownChanges }) => unshownChanges > 0);
      if (changed.length > 0) deps.lateWrites.writeAlong("what a prompt shows", () => changed.forEach(links.shown));
    },
    detach: (batchId, promptId) =>
      store.transaction(() => {
        if (current(batchId)?.promptId !== promptId) return undefined;
        links.setPrompt(batchId, { promptId: null, promptedAt: null });
        return current(batchId);
      }),
    // After the prompt that may just have been sent and is about to be stored.
    adopt: (batch, promptId) =>
      deps.lateWrites.write("which message is a prompt", () =>
        store.transaction(() => {
          // It may have been about to go, as a prompt that another one had replaced.
          deletions.done(batch.chatId, [promptId]);
          // What it shows is not known.
          attachNow(batch, { promptId, promptedAt: now(), shown: [] });
        }),
      ),
    drop(prompt) {
      deletions.add({ ...prompt, deleteAt: now() });
      deps.onDeletion();
    },
    ageing: () => batchesOf(links.promptedBefore(now() - OLDEST_PROMPT_MS, MOST_RENEWED)),
    missingOf: (chatId) => lacking(links.unpromptedOf(chatId)),
    inherited: () => batchesOf(links.inherited(MOST_MISSED)),
    untaken: () =>
      batchesOf(links.unmatched({ after: 0, limit: MOST_UNTAKEN }).flatMap(({ id }) => links.byId(id) ?? [])),
    behind: () => placesOf(links.behind()),
    halfHandedOver: () => placesOf(links.besideHandedOver(MOST_HANDED_OVER)),
    missed: () => lacking(links.unprompted({ createdSince: now() - MISSED_SINCE_MS, limit: MOST_MISSED })),
    ending: (batchId) => ({
      sent: deliveries.ofBatch(batchId),
      waits: links.ofBatch(batchId).length > 0,
    }),
  };
}
