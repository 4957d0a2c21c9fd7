import type { BotApi } from "./bot-api.ts";
import { callOf, type Seen } from "./transcript/call.ts";

/** What was said and done in the chats, in order, as one could read it on the screens. */
export interface Transcript {
  /** Something that a person does, or that happens outside the chats. */
  note(line: string): void;
  lines(): string[];
}

/** Follows the bot's calls; `names` are the names of chats by id. */
export function createTranscript(api: BotApi, names: ReadonlyMap<number, string>): Transcript {
  const notes: { readonly after: number; readonly line: string }[] = [];
  return {
    note: (line) => void notes.push({ after: api.calls.length, line }),
    lines() {
      const seen: Seen = new Map(
        api.deleted.map(({ chatId, message }) => [key(chatId, message.message_id), message.text]),
      );
      const said = api.calls.flatMap((call, index) => [
        ...notes.filter(({ after }) => after === index).map(({ line }) => line),
        ...callOf(call, { names, textOf: (chatId, messageId) => seen.get(key(chatId, messageId)) ?? "a message" }),
      ]);
      return [...said, ...notes.filter(({ after }) => after >= api.calls.length).map(({ line }) => line)];
    },
  };
}

function key(chatId: number, messageId: number): string {
  return `${chatId}/${messageId}`;
}
