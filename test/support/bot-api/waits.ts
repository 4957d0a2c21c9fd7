import type { Watch } from "../watch.ts";
import type { CallbackAnswer, Callbacks } from "./callbacks.ts";
import type { Call, Journal } from "./journal.ts";
import type { LiveMessage } from "./message.ts";
import type { Updates } from "./updates.ts";

/**
 * A chat by its id, or by something with an id: a person's private chat has the person's id. `seenBy`: a person, who also sees ephemeral
 * messages.
 */
export type ChatRef = number | { readonly id: number; readonly seenBy?: number };

/** What a wait is about, for its error, and how long it may take (default `WAIT_LIMIT_MS`). */
export interface Wait {
  readonly what?: string;
  readonly withinMs?: number;
}

/** Waits for what the bot does; each rejects at its deadline with what happened instead. */
export interface Waits {
  /** The first such call, past or future; `after` is a number of calls to skip: `api.calls.length` means "from now on". */
  waitFor(wanted: (call: Call) => boolean, wait?: Wait & { readonly after?: number }): Promise<Call>;
  /** The first live message that matches, now or later, also after an edit. */
  message(chat: ChatRef, wanted: (message: LiveMessage) => boolean, wait?: Wait): Promise<LiveMessage>;
  /** Resolves once the message is not in the chat. */
  gone(chat: ChatRef, messageId: number, wait?: Wait): Promise<true>;
  /** Resolves once every update is confirmed: the bot is done with all of them. */
  settled(wait?: Wait): Promise<true>;
}

interface Parts {
  readonly watch: Watch;
  readonly journal: Journal;
  readonly updates: Updates;
  readonly callbacks: Callbacks;
  readonly live: (chat: ChatRef) => readonly LiveMessage[];
}

/** The public waits, and the two of a press: for the button, and for the bot's answer. */
export function createWaits({ watch, journal, updates, callbacks, live }: Parts): Waits & {
  button(chat: ChatRef, isThere: () => boolean, what: string): Promise<true>;
  answer(queryId: string, pressed: string): Promise<CallbackAnswer>;
} {
  const until = <T>(find: () => T | undefined, wait: Wait | undefined, what: string, chat?: ChatRef) => {
    const inChat = () => (chat === undefined ? "" : `\nIn the chat: ${JSON.stringify(live(chat).map(brief))}`);
    const seen = () => journal.account() + inChat();
    return watch.until(find, { what: wait?.what ?? what, seen, withinMs: wait?.withinMs });
  };
  return {
    waitFor: (wanted, wait) =>
      until(() => journal.calls.slice(wait?.after ?? 0).find(wanted), wait, "a call of the bot"),
    message: (chat, wanted, wait) => until(() => live(chat).find(wanted), wait, `a message in ${idOf(chat)}`, chat),
    gone(chat, messageId, wait) {
      const isGone = () => live(chat).every(({ id }) => id !== messageId) || undefined;
      return until(isGone, wait, `message ${messageId} to leave ${idOf(chat)}`, chat);
    },
    settled: (wait) => until(() => updates.pending.length === 0 || undefined, wait, "all updates to be confirmed"),
    button: (chat, isThere, what) => until(() => isThere() || undefined, undefined, what, chat),
    answer: (queryId, pressed) =>
      until(() => callbacks.answerTo(queryId), undefined, `the answer to a press of "${pressed}"`),
  };
}

/** The id that a reference stands for. */
export function idOf(ref: ChatRef): number {
  return typeof ref === "number" ? ref : ref.id;
}

function brief({ id, byBot, text, buttons }: LiveMessage): object {
  return { id, byBot, text, buttons: buttons.map((row) => row.map((button) => button.text).join(" | ")) };
}
