import type { TelegramCallbackQuery } from "gramio";
import type { ChatContext } from "./chat-context.ts";

/** The answer to a press, in the small window over the chat. */
export interface ButtonReply {
  readonly text: string;
  readonly alert?: boolean;
  /** Resolves with whether the press need not be delivered again; without it, it need not. */
  readonly isSafe?: Promise<boolean>;
}

/** Handles the presses of one kind of button; undefined for presses that are not its own. */
export type ButtonHandler = (
  context: ChatContext,
  press: TelegramCallbackQuery,
) => ButtonReply | undefined | Promise<ButtonReply | undefined>;

/** What several of these, which answer one press, say about its delivery. */
export function safeTogether(all: readonly Pick<ButtonReply, "isSafe">[]): Pick<ButtonReply, "isSafe"> {
  const safe = all.flatMap(({ isSafe }) => isSafe ?? []);
  return safe.length === 0 ? {} : { isSafe: Promise.all(safe).then((each) => each.every(Boolean)) };
}
