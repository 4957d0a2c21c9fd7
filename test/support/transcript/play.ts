import type { CallbackAnswer } from "../bot-api/callbacks.ts";
import type { Group } from "../bot-api/groups.ts";
import { isAbout, type LiveMessage, type Message } from "../bot-api/message.ts";
import type { Person, Pressing } from "../bot-api/people.ts";
import type { ChatRef } from "../bot-api/waits.ts";
import type { Writing } from "../bot-api/writing.ts";
import type { BotApi } from "../bot-api.ts";
import { createTranscript, type Transcript } from "../transcript.ts";

/** What people do in their chats, step by step; everything is in the transcript. */
export interface Play<Name extends string> extends Transcript {
  says(name: Name, text: string, how?: Writing): Message;
  presses(name: Name, message: { readonly id: number }, button: string, how?: Pressing): Promise<CallbackAnswer>;
  /** Opens a panel with its button; the message then shows it. */
  opens(name: Name, message: { readonly id: number }, panel: string, how?: Pressing): Promise<void>;
  /** The first message of the bot in the chat that contains all of this, now or later. */
  reads(chat: ChatRef, ...parts: string[]): Promise<LiveMessage>;
  /** The first message in the chat that has this button and contains all of this, now or later. */
  offers(chat: ChatRef, button: string, ...parts: string[]): Promise<LiveMessage>;
  /** The name of a chat in this play. */
  nameOf(chatId: unknown): string | undefined;
  /** How many buttons were pressed so far. */
  readonly taps: number;
  /** Whether somebody has pressed a button of the message. */
  wasPressed(message: { readonly chatId: number; readonly messageId: number }): boolean;
}

const BACK = /^(‹ )?(Back|Назад)$/;

/** Begins a play; people and groups have the names given here. */
export function createPlay<Name extends string>(
  api: BotApi,
  { people, groups }: { people: Readonly<Record<Name, Person>>; groups: Readonly<Record<string, Group>> },
): Play<Name> {
  const named = [...Object.entries<{ id: number }>(people), ...Object.entries<{ id: number }>(groups)];
  const names = new Map(named.map(([name, { id }]) => [id, name]));
  const transcript = createTranscript(api, names);
  const pressed: string[] = [];

  async function presses(name: Name, { id }: { readonly id: number }, button: string, how: Pressing = {}) {
    transcript.note(`${name} presses [${button}]`);
    pressed.push(`${(how.in ?? people[name]).id} ${id}`);
    return people[name].presses(id, button, how);
  }

  return {
    ...transcript,
    says(name, text, how = {}) {
      const where = how.in === undefined ? "" : `, in ${names.get(how.in.id)}`;
      transcript.note(`${name}${where}: ${text.replaceAll("\n", " ⏎ ")}`);
      return people[name].sends(text, how);
    },
    presses,
    async opens(name, message, panel, how = {}) {
      await presses(name, message, panel, how);
      const isOpen = ({ id, buttons }: LiveMessage) =>
        id === message.id && buttons.flat().some(({ text }) => BACK.test(text));
      await api.message(how.in ?? people[name], isOpen, { what: `the panel of [${panel}]` });
    },
    reads: (chat, ...parts) =>
      api.message(chat, (message) => message.byBot && parts.every((part) => isAbout(message, part)), {
        what: parts.join(" and "),
      }),
    offers: (chat, button, ...parts) =>
      api.message(
        chat,
        (message) =>
          message.buttons.flat().some(({ text }) => text === button) && parts.every((part) => isAbout(message, part)),
        { what: `[${button}] for ${parts.join(" and ")}` },
      ),
    nameOf: (chatId) => names.get(Number(chatId)),
    get taps() {
      return pressed.length;
    },
    wasPressed: ({ chatId, messageId }) => pressed.includes(`${chatId} ${messageId}`),
  };
}
