import type { TelegramCallbackQuery } from "gramio";
import type { ChatContext } from "./chat-context.ts";

/** What to say to a press, in the small window over the chat. */
export interface ButtonReply {
  readonly text: string;
  readonly alert?: boolean;
  /** Resolves with whether what was pressed need not come again; where it is left out it need not. */
  readonly isSafe?: Promise<boolean>;
}

/** Handles the presses that one kind of button makes; undefined for presses that are not its own. */
export type ButtonHandler = (
  context: ChatContext,
  press: TelegramCallbackQuery,
) => ButtonReply | undefined | Promise<ButtonReply | undefined>;
