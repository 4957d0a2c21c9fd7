import { batchOf } from "../../domain/batch.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import { DELETABLE_MS, type Deletion, type MessageRef } from "../../domain/message.ts";
import type { LateWrites, Store } from "../../domain/storage.ts";

/** How long messages stay in a chat, in ms, by kind. */
export interface Lifetimes {
  readonly commands: number;
  readonly answers: number;
  readonly notices: number;
}

/** `lasting`: its reader may not look for days, and must not miss it. */
export type MessageKind = keyof Lifetimes | "lasting";

/**
 * How long messages other than prompts stay: as the config says for their kind, or as their chat has chosen. None of these throws: the
 * change is stored within some ms together with others, or later while the database cannot be used.
 */
export interface MessageRetention {
  /** Plans that a message goes when its lifetime is over, counted from now; one that was to go earlier still does. */
  planDeletion(message: MessageRef, kind: MessageKind): void;
  /** Lets a message that was planned to go but is used again stay as long as a new one of this kind. */
  prolong(message: MessageRef, kind: MessageKind): void;
  /** Plans that a message goes now. */
  discard(message: MessageRef): void;
  /** Notes whether a person's message, which was edited and may have links, is to stay when they have gone. */
  keep(message: MessageRef, stays: boolean): void;
}

export function createMessageRetention(deps: {
  store: Pick<Store, "links" | "deliveries" | "deletions" | "transaction">;
  lifetimes: Lifetimes;
  /** A chat's own lifetime instead of the usual one, in ms; undefined: for ever. */
  lifetimeMs: (chatId: number, usualMs: number) => number | undefined;
  now: () => number;
  lateWrites: LateWrites;
  /** Called when there is a message to delete at once. */
  onDeletion: () => void;
}): MessageRetention {
  const { store, lifetimes, now, lateWrites } = deps;
  const { deletions } = store;

  function withDeadline(
    { chatId, messageId }: MessageRef,
    kind: MessageKind,
    plan: (deletion: Deletion) => void,
  ): void {
    const afterMs = deps.lifetimeMs(chatId, kind === "lasting" ? DELETABLE_MS : lifetimes[kind]);
    if (afterMs === undefined) return;
    const deleteAt = now() + Math.min(afterMs, DELETABLE_MS);
    lateWrites.writeSoon("when a message goes", () => plan({ chatId, messageId, deleteAt }));
  }

  return {
    planDeletion: (message, kind) => withDeadline(message, kind, deletions.add),
    prolong: (message, kind) =>
      withDeadline(message, kind, ({ chatId, messageId, deleteAt }) => deletions.prolong(chatId, messageId, deleteAt)),
    keep: (message, stays) =>
      lateWrites.write("whether a message stays", () => store.transaction(() => keep(store, message, stays))),
    discard(message) {
      const deleteAt = now();
      lateWrites.writeSoon("that a message goes", () => deletions.add({ ...message, deleteAt }), deps.onDeletion);
    },
  };
}

function keep(
  { links, deliveries, deletions }: Pick<Store, "links" | "deliveries" | "deletions">,
  { chatId, messageId }: MessageRef,
  keepsMessage: boolean,
): void {
  const waiting = links.ofMessage(chatId, messageId);
  const handedOver = deliveries.ofMessage(chatId, messageId);
  for (const { id } of waiting) links.update(id, { keepsMessage });
  for (const { id } of handedOver) deliveries.update(id, { keepsMessage });
  // It was to go when its download has ended.
  if (keepsMessage && handedOver.length > 0) deletions.done(chatId, [messageId]);
}

/** See `Chat`. */
const FOR_EVER = 0;

type Forgotten = Pick<Link, "id" | "batchId" | "chatId" | "messageId" | "keepsMessage" | "promptId" | "createdAt">;

/** What decides whether and when a person's message goes. */
type Tables = Pick<Store, "links" | "deliveries" | "deletions" | "chats">;

/**
 * Plans the deletion of a link's prompt if this was the last link in it, and of the person's message if this was its last link (rule 15),
 * unless that message holds more than links or the chat lets nothing go by itself. A message that shows reactions to downloads in progress
 * stays until they have ended, as long as it can still be deleted. Call it after the link has left the queue, in the same transaction.
 * Returns whether other links share its prompt. Throws `StoreUnavailable`.
 */
export function forgetMessages(store: Tables, link: Forgotten, now: number): { readonly sharesPrompt: boolean } {
  const { chatId, promptId } = link;
  const batchId = batchOf(link);
  const sharesPrompt = store.links.hasBatch(batchId);
  if (promptId !== null && !sharesPrompt) {
    store.deletions.add({ chatId, messageId: promptId, deleteAt: now, batchId });
  }
  forgetMessage(store, link, now);
  return { sharesPrompt };
}

/** The message of the person. */
function forgetMessage(store: Tables, link: Forgotten, now: number): void {
  const { chatId, messageId } = link;
  if (messageId === null || stays(store, link)) return;
  const use = useOf(store, { chatId, messageId });
  if (use === "queued") return;
  store.deletions.add({ chatId, messageId, deleteAt: use === "downloading" ? link.createdAt + DELETABLE_MS : now });
}

/**
 * Plans the deletion of a message that was kept for reactions, once none of its links is in progress (rule 15). Call it after a delivery
 * was closed, in the same transaction. Throws `StoreUnavailable`.
 */
export function releaseMessage(
  store: Tables,
  delivery: Pick<Delivery, "chatId" | "messageId" | "keepsMessage">,
  deleteAt: number,
): void {
  const { chatId, messageId } = delivery;
  if (messageId === null || stays(store, delivery) || useOf(store, { chatId, messageId }) !== "none") return;
  store.deletions.add({ chatId, messageId, deleteAt });
}

function stays({ chats }: Tables, { chatId, keepsMessage }: Pick<Link, "chatId" | "keepsMessage">): boolean {
  return keepsMessage || chats.byId(chatId)?.lifetimeMs === FOR_EVER;
}

/** What a person's message is still needed for: links of it that wait in the queue, or else downloads in progress. */
function useOf({ links, deliveries }: Tables, { chatId, messageId }: MessageRef): "queued" | "downloading" | "none" {
  if (links.hasMessage(chatId, messageId)) return "queued";
  return deliveries.ofMessage(chatId, messageId).some(({ state }) => state === "open") ? "downloading" : "none";
}
