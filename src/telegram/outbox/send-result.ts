import type { Bot } from "gramio";
import type { ApiFailure } from "../api/api-error.ts";

/** In this order within a chat; `LIFETIMES_MS` says how long each is worth sending. */
export type Priority = "answer" | "prompt" | "notice" | "cleanup";

export const PRIORITIES: readonly Priority[] = ["answer", "prompt", "notice", "cleanup"];

const HOUR_MS = 3_600_000;

/** A message that could not be sent for this long is dropped: a late prompt still helps, a late notice does not. */
export const LIFETIMES_MS: Readonly<Record<Priority, number>> = {
  answer: HOUR_MS,
  prompt: 24 * HOUR_MS,
  notice: HOUR_MS,
  cleanup: HOUR_MS,
};

/** GramIO's `bot.api`. */
export type BotApi = Bot["api"];

/** How a sending ended. */
export type SendResult<T> =
  /** `value` is undefined if Telegram said that the message already looks like that. */
  { readonly ok: true; readonly value: T | undefined } | { readonly ok: false; readonly kind: SendFailure };

export type SendFailure =
  /** Telegram refused it for good. */
  | Exclude<ApiFailure["kind"], "network" | "server" | "flood" | "migrated" | "not_modified">
  /** A newer edit with the same key took its place. */
  | "superseded"
  /** It could not be sent within its lifetime. */
  | "expired"
  /** Too much was waiting. */
  | "dropped"
  /** The bot stops. */
  | "stopped";

/** What to leave out when a call is repeated, named after the refusal. */
export type Omission = "cant_parse" | "preview_refused" | "thread_not_found" | "reply_not_found" | Extra;

/** What a message is better with but can do without: a local Bot API server may be older than it. */
export type Extra =
  | "button_extras"
  /** Only one person sees it, or is offered it (Bot API: ephemeral messages and commands). */
  | "aside";

/** One call on its way to one chat. */
export interface Outgoing {
  /** The id that the caller named; the chat may have migrated since. */
  readonly chatId: number;
  readonly priority: Priority;
  readonly key: string | undefined;
  readonly queuedAt: number;
  readonly omissions: Set<Omission>;
  /** Which of these its latest try had. */
  readonly extras: Set<Extra>;
  /** Makes the call and settles the sender's promise with its value; rejects if the call failed. */
  attempt(api: BotApi): Promise<void>;
  unchanged(): void;
  fail(kind: SendFailure): void;
}
