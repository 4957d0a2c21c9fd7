import type { LiveMessage } from "../support/bot-api/message.ts";
import type { Ended } from "./lives.ts";

/** A message with links that a person has sent. */
export interface Sent {
  readonly chatId: number;
  readonly messageId: number;
  readonly links: readonly string[];
  /** Those that the chat had not sent before. */
  readonly fresh: readonly string[];
  /** Epoch ms. */
  readonly at: number;
}

/** A link that its owner's press took out of the queue, by the bot's own words. Instants in epoch ms. */
export interface Removal {
  readonly chatId: number;
  readonly link: string;
  readonly pressedAt: number;
  readonly answeredAt: number;
}

/** What was seen of a run, for the judge. Instants in epoch ms. */
export interface History {
  readonly seed: number;
  /** How late the rig itself was at the worst: on a machine with much else to do, the bot is as well. */
  readonly lateMs: number;
  readonly sent: readonly Sent[];
  /** `chat link` of what was removed by its owner's press. */
  readonly removed: ReadonlySet<string>;
  readonly removals: readonly Removal[];
  /** Presses that ask for a removed link back, whatever came of them. */
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
    /** What the bot has told it to drop. */
    readonly dropped: ReadonlySet<string>;
  }[];
  /** What is left in each chat. */
  readonly left: ReadonlyMap<number, readonly LiveMessage[]>;
  readonly deleted: readonly { readonly chatId: number; readonly messageId: number; readonly at: number }[];
  /** What the bot wrote, where. */
  readonly written: readonly { readonly chatId: number; readonly text: string }[];
  /** When the bot was told the id of a message of its own: `chat message`. */
  readonly learnt: ReadonlyMap<string, number>;
  /** Rows of the tables after the last stop. */
  readonly rows: Readonly<
    Record<"links" | "deliveries" | "deletions" | "strays" | "workMessages", readonly Record<string, unknown>[]>
  >;
  readonly quickCheck: readonly Record<string, unknown>[];
}

/** The address of a link by its number, and what is looked for to find it in any text. */
export function linkOf(seed: number, number: number): string {
  return `https://example.com/clip-${seed}-${number}`;
}

/** The links that stand in a text, in any spelling. */
export function linksIn(text: string): string[] {
  return [...new Set([...text.matchAll(/clip-(\d+)-(\d+)/g)].map(([found]) => `https://example.com/${found}`))];
}
