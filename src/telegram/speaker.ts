import type { SendMessageParams } from "@gramio/types";
import type { Log } from "../domain/log.ts";
import { DELETABLE_MS, type Deletions } from "../domain/message.ts";
import { unlessUnavailable } from "../domain/storage.ts";
import { type Content, contentParams } from "./content.ts";
import type { Messenger } from "./messenger.ts";

/** How long messages stay in a chat, in ms, by kind. */
export interface Lifetimes {
  readonly commands: number;
  readonly answers: number;
  readonly notices: number;
}

interface Planned {
  readonly chatId: number;
  readonly messageId: number;
  readonly usualMs: number;
}

interface Saying {
  readonly priority: "answer" | "notice";
  readonly usualMs: number;
  readonly replyTo?: number | undefined;
}

/** Where to say something. */
export interface Place {
  readonly chatId: number;
  readonly threadId: number | null;
}

/** Messages that are no prompts. Each goes away by itself after the lifetime of its kind. None of these throws. */
export interface Speaker {
  /** Answers a person, to one of the chat's messages if `replyTo` is given. */
  answer(to: Place, content: Content, replyTo?: number): void;
  /** Answers with a message that will be edited: resolves with its id, or with undefined when it could not be sent. */
  post(to: Place, content: Content): Promise<number | undefined>;
  /** Tells something that nobody asked for. `stays`: whoever it is for may not look for days, and must not miss it. */
  notify(to: Place, content: Content, how?: { readonly stays: boolean }): void;
  /** Puts other words and buttons in place of a message of the bot. */
  edit(chatId: number, messageId: number, content: Content): void;
  /** Plans that a person's command goes away. */
  forgetCommand(chatId: number, messageId: number): void;
}

export function createSpeaker(deps: {
  messenger: Messenger;
  deletions: Deletions;
  lifetimes: Lifetimes;
  /** A chat's own lifetime in place of the usual one; undefined: for ever. */
  lifetimeMs: (chatId: number, usualMs: number) => number | undefined;
  /** Whether the chat does not let the bot write: nobody there misses a notice. */
  isBlocked: (chatId: number) => boolean;
  now: () => number;
  log: Log;
}): Speaker {
  const { messenger, deletions, lifetimes, now, log } = deps;
  const asked = { priority: "answer", usualMs: lifetimes.answers } as const;

  /** Plans that a message goes, or that one that is still used stays a while longer. */
  function plan(how: "add" | "prolong", { chatId, messageId, usualMs }: Planned): void {
    const afterMs = deps.lifetimeMs(chatId, usualMs);
    if (afterMs === undefined) return;
    const deleteAt = now() + Math.min(afterMs, DELETABLE_MS);
    unlessUnavailable(
      () =>
        how === "add" ? deletions.add({ chatId, messageId, deleteAt }) : deletions.prolong(chatId, messageId, deleteAt),
      ({ code }) => log.debug("Cannot plan a deletion now", { code }),
    );
  }

  async function say(to: Place, content: Content, { priority, usualMs, replyTo }: Saying): Promise<number | undefined> {
    const params: SendMessageParams = {
      chat_id: to.chatId,
      ...contentParams(content),
      ...(to.threadId !== null && { message_thread_id: to.threadId }),
      ...(replyTo !== undefined && { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
    };
    const said = await messenger.send(to.chatId, { priority }, (api) => api.sendMessage(params));
    if (!said.ok || said.value === undefined) return undefined;
    const messageId = said.value.message_id;
    plan("add", { chatId: to.chatId, messageId, usualMs });
    return messageId;
  }

  return {
    answer: (to, content, replyTo) => void say(to, content, { ...asked, replyTo }),
    post: (to, content) => say(to, content, asked),
    notify(to, content, { stays } = { stays: false }) {
      if (deps.isBlocked(to.chatId)) return;
      void say(to, content, { priority: "notice", usualMs: stays ? DELETABLE_MS : lifetimes.notices });
    },
    edit(chatId, messageId, content) {
      plan("prolong", { chatId, messageId, usualMs: lifetimes.answers });
      void messenger.send(chatId, { priority: "answer", key: `edit ${messageId}` }, (api) =>
        api.editMessageText({ chat_id: chatId, message_id: messageId, ...contentParams(content) }),
      );
    },
    forgetCommand: (chatId, messageId) => plan("add", { chatId, messageId, usualMs: lifetimes.commands }),
  };
}
