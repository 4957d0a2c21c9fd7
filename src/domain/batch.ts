import { isDeepStrictEqual } from "node:util";
import type { Delivery } from "./delivery.ts";
import type { Link } from "./link.ts";

/** Links that came together, in one message or in a burst of messages, and share a prompt. */
export interface Batch extends Pick<Link, "chatId" | "threadId" | "messageId" | "promptId" | "promptedAt"> {
  /** The id of the link that came first, even after it has left the queue. */
  readonly id: number;
  /** Those in the queue, in the order in which they came; there is always at least one. */
  readonly links: readonly Link[];
  /** Those that were handed over. */
  readonly sent: readonly Delivery[];
  /** When the same link last came to the chat before, by key; epoch ms. */
  readonly cameAt: ReadonlyMap<string, number>;
}

/** The batch that a link is in, by itself or with others. */
export function batchOf({ id, batchId }: Pick<Link, "id" | "batchId">): number {
  return batchId ?? id;
}

/** Whether its prompt does not show all of it yet: the Go version sent it, or it was sent for the links that came first. */
export function isPromptBehind({ promptId, links }: Pick<Batch, "promptId" | "links">): boolean {
  return promptId !== null && links.some((link) => link.promptId === null || link.promptedAt === null);
}

/** Whether a prompt that was drawn for `shown` still shows the links as they are. */
export function areAsShown(links: readonly Link[], shown: readonly Link[] = []): boolean {
  return isDeepStrictEqual(links.map(withoutPrompt), shown.map(withoutPrompt));
}

const withoutPrompt = (link: Link) => ({ ...link, promptId: null, promptedAt: null, unshownChanges: 0 });

/** Puts the rows of a batch together; undefined if none of its links waits any more, in which case its prompt is about to go. */
export function toBatch(
  id: number,
  links: readonly Link[],
  sent: readonly Delivery[],
  cameAt: Batch["cameAt"] = new Map(),
): Batch | undefined {
  const [first] = links;
  if (first === undefined) return undefined;
  const { chatId, threadId } = first;
  const { promptId, promptedAt } = links.find((link) => link.promptedAt !== null) ?? first;
  const messageId = [...sent, ...links].find((one) => one.messageId !== null)?.messageId ?? null;
  return { id, chatId, threadId, messageId, promptId, promptedAt, links, sent, cameAt };
}
