import type { LiveMessage } from "../support/bot-api/message.ts";
import type { Ended } from "./lives.ts";

/** A message with links that a person has sent. */
export interface Sent {
  readonly chatId: number;
  readonly messageId: number;
  readonly links: readonly string[];
  /** Links that the chat had not sent before. */
  readonly fresh: readonly string[];
  /** Epoch ms. */
  readonly at: number;
}

/** A link that its owner removed from the queue with a button, according to the bot. Times in epoch ms. */
export interface Removal {
  readonly chatId: number;
  readonly link: string;
  readonly pressedAt: number;
  readonly answeredAt: number;
}

/** The record of a run, for the judge. Times in epoch ms. */
export interface History {
  readonly seed: number;
  /** The longest delay of the rig itself: on a busy machine, the bot is delayed too. */
  readonly lateMs: number;
  readonly sent: readonly Sent[];
  /** Links removed by their owners with a button, as `chat link`. */
  readonly removed: ReadonlySet<string>;
  readonly removals: readonly Removal[];
  /** Presses that ask for a removed link back, regardless of the result. */
  readonly undone: readonly { readonly chatId: number; readonly link: string; readonly at: number }[];
  /** Each time that a downloader took a link. */
  readonly acceptances: readonly { readonly link: string; readonly at: number }[];
  /** When a link was accepted for the first time. */
  readonly acceptedAt: ReadonlyMap<string, number>;
  readonly lives: readonly Ended[];
  readonly locks: readonly { readonly from: number; readonly until: number }[];
  readonly downloaders: readonly {
    readonly name: string;
    readonly accepted: readonly string[];
    /** The links that the bot told it to remove. */
    readonly dropped: ReadonlySet<string>;
  }[];
  /** The messages left in each chat. */
  readonly left: ReadonlyMap<number, readonly LiveMessage[]>;
  readonly deleted: readonly { readonly chatId: number; readonly messageId: number; readonly at: number }[];
  /** What the bot wrote, and where. */
  readonly written: readonly { readonly chatId: number; readonly text: string }[];
  /** When the bot learned the id of a message of its own: `chat message`. */
  readonly learnt: ReadonlyMap<string, number>;
  /** Rows of the tables after the last stop. */
  readonly rows: Readonly<
    Record<"links" | "deliveries" | "deletions" | "strays" | "workMessages", readonly Record<string, unknown>[]>
  >;
  readonly quickCheck: readonly Record<string, unknown>[];
}

/** The address of a link by its number, which can be found in any text. */
export function linkOf(seed: number, number: number): string {
  return `https://example.com/clip-${seed}-${number}`;
}

/** The links in a text, in any spelling. */
export function linksIn(text: string): string[] {
  return [...new Set([...text.matchAll(/clip-(\d+)-(\d+)/g)].map(([found]) => `https://example.com/${found}`))];
}
