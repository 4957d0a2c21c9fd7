import * as v from "valibot";
import type { LiveMessage } from "../support/bot-api/message.ts";
import type { Command } from "../support/bot-api/profile-methods.ts";

/** One of the people, with the private chat as it is on their screen. */
export interface Seat {
  readonly id: number;
  readonly name: string;
  readonly role: "admin" | "user" | "stranger";
  readonly language: "en" | "ru";
  /** The bot's commands in the menu of this chat. */
  readonly commands: readonly Command[];
  /** Oldest first. */
  readonly messages: readonly LiveMessage[];
  /** How many messages were deleted from the chat. */
  readonly deleted: number;
}

/** A file with its size in bytes; `path` is relative to a folder, or an address. */
export interface SizedFile {
  readonly path: string;
  readonly bytes: number;
}

/** Everything that the page shows. */
export interface State {
  readonly seats: readonly Seat[];
  readonly bot: { readonly runs: boolean; readonly starts: number };
  /** Whether the bot reaches Telegram. */
  readonly telegram: boolean;
  /** Whether the bot can write. */
  readonly database: boolean;
  readonly servers: readonly { readonly name: string; readonly isOn: boolean }[];
  /** Links to send. */
  readonly samples: readonly SizedFile[];
  /** The folder for downloaded files. */
  readonly folder: string;
  readonly files: readonly SizedFile[];
}

/** What a player can do. */
export const actSchema = v.variant("act", [
  v.object({
    act: v.literal("write"),
    person: v.number(),
    text: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(4096)),
    replyTo: v.optional(v.number()),
  }),
  v.object({ act: v.literal("press"), person: v.number(), message: v.number(), button: v.string() }),
  v.object({ act: v.literal("switch"), what: v.picklist(["telegram", "database"]), on: v.boolean() }),
  v.object({ act: v.literal("server"), name: v.string(), on: v.boolean() }),
  v.object({ act: v.literal("kill") }),
]);
export type Act = v.InferInput<typeof actSchema>;

/** The result of an act: the bot's answer to a press, or "" if there is nothing to say. */
export interface Answer {
  readonly text: string;
}
