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
