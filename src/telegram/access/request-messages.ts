import { InlineKeyboard } from "gramio";
import type { Calendar } from "../../domain/calendar.ts";
import type { Language } from "../../domain/chat.ts";
import type { Log } from "../../domain/log.ts";
import type { MessageRef } from "../../domain/message.ts";
import type { Access } from "../../service/access/access.ts";
import {
  type AccessRequests,
  type Asked,
  DECISIONS,
  type Decided,
  type Decision,
} from "../../service/access/requests.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { MessageRetention } from "../../service/cleanup/message-retention.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import { type Content, contentParams } from "../context/content.ts";
import type { HearsAll } from "../context/hears-all.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import type { CommandMenu } from "../notify/command-menu.ts";
import type { NewsTeller } from "../notify/news.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { readButton, requestButton } from "../views/callback-data.ts";
import { displayName } from "../views/display-name.ts";
import type { HeldLinks } from "./held-links.ts";

/** The messages that show admins who asks for access, and let them decide. */
export interface RequestMessages {
  /**
   * Sends one to each admin who is to be asked, if that makes sense; see `Asked`. `isShown` resolves with false if no admin could be
   * reached. Neither throws nor rejects.
   */
  ask(stranger: { id: number; name: string; language: Language; threadId: number | null }): {
    readonly kind: Asked["kind"];
    readonly isShown: Promise<boolean>;
  };
  /** Lets in somebody who was refused. Throws `StoreUnavailable`. */
  letIn(decision: Exclude<Decision, "no">, of: { id: number; by: number }): void;
  /** Updates the messages about somebody who was let in otherwise, and tells news that ended meanwhile. Never throws. */
  refresh(id: number): void;
  readonly press: ButtonHandler;
}

export function createRequestMessages(deps: {
  requests: AccessRequests;
  access: Pick<Access, "saw">;
  preferences: Pick<Preferences, "language">;
  retention: MessageRetention;
  held: Pick<HeldLinks, "forget">;
  outbox: Outbox;
  replies: Replies;
  menu: CommandMenu;
  news: Pick<NewsTeller, "tellLeft">;
  hearsAll: HearsAll;
  calendarOf: (chatId: number) => Calendar;
  log: Log;
}): RequestMessages {
  const { requests, access, preferences, retention, held, outbox, replies, menu, news, calendarOf, log } = deps;
  const inWords = (at: number, chatId: number) => calendarOf(chatId).format(at, preferences.language(chatId));

  function contentFor(id: number, chatId: number): Content {
    const language = preferences.language(chatId);
    const { stranger: words } = texts[language].admin;
    const request = requests.read(id);
    const { kind, name } = request;
    if (kind === "refused") return { text: words.refused(name, id, request.by) };
    if (kind === "granted") {
      const { by, until } = request;
      return { text: until === null ? words.letIn(name, id, by) : words.guest(name, id, by, inWords(until, chatId)) };
    }
    const keyboard = new InlineKeyboard();
    for (const action of DECISIONS) keyboard.text(words.button[action], requestButton.pack({ action, id }));
    return { text: words.asks(name, id), keyboard };
  }

  /** False if the admin cannot be reached. */
  async function show(id: number, admin: number): Promise<boolean> {
    const content = contentFor(id, admin);
    const sent = await outbox.send(admin, { priority: "notice" }, (api) =>
      api.sendMessage({ chat_id: admin, ...contentParams(content) }),
    );
    if (!sent.ok || sent.value === undefined) return false;
    const shown = { chatId: admin, messageId: sent.value.message_id };
    if (!requests.shown(id, shown)) showDecision(id, [shown]);
    return true;
  }

  /** Shows the decision on the messages, which then disappear like other notices. */
  function showDecision(id: number, messages: readonly MessageRef[]): void {
    for (const message of messages) {
      replies.edit(message, contentFor(id, message.chatId));
      retention.planDeletion(message, "notices");
    }
  }

  async function tell(id: number, decided: Decided): Promise<void> {
    const language = preferences.language(id);
    const { people, hearsLittle } = texts[language];
    const granted = (until: number | null) =>
      until === null ? people.in[id < 0 ? "group" : "person"] : people.guest(inWords(until, id));
    const isDeaf = decided.kind === "granted" && id < 0 && !(await deps.hearsAll(id));
    const words = decided.kind === "refused" ? people.stranger.refused : granted(decided.until);
    const text = isDeaf ? `${words}\n\n${hearsLittle}` : words;
    replies.notify({ chatId: id, threadId: decided.threadId }, { text }, { stays: true });
  }

  function carryOut(id: number, decided: Decided): void {
    showDecision(id, decided.messages);
    if (decided.kind === "granted") menu.update(id);
    else held.forget(id);
    void tell(id, decided);
    // About links that went while the access was removed.
    if (decided.kind === "granted") news.tellLeft(id);
  }

  return {
    ask(stranger) {
      const asked = requests.ask(stranger);
      if (asked.kind !== "asked") return { kind: asked.kind, isShown: Promise.resolve(true) };
      const showing = asked.admins.map((admin) =>
        show(stranger.id, admin).catch((error) => {
          log.warn("Cannot show an admin who asks for access", { error });
          return false;
        }),
      );
      return { kind: asked.kind, isShown: Promise.all(showing).then((shown) => shown.includes(true)) };
    },
    letIn(decision, { id, by }) {
      const decided = requests.decide(decision, { id, by, anew: true });
      if (decided !== undefined) carryOut(id, decided);
    },
    refresh(id) {
      showDecision(id, requests.close(id));
      news.tellLeft(id);
    },
    press(context, press): ButtonReply | undefined {
      const carried = readButton(requestButton, press);
      if (carried === undefined) return undefined;
      const { action, id } = carried;
      if (context.actor.role !== "admin") return { text: context.texts.pressed.noAccess, alert: true };
      if (!Number.isSafeInteger(id) || action === undefined) return { text: context.texts.pressed.outdated };
      access.saw(press.from.id, displayName(press.from));
      const decided = requests.decide(action, { id, by: press.from.id });
      if (decided !== undefined) carryOut(id, decided);
      const pressed = { chatId: context.chatId, messageId: press.message?.message_id ?? 0 };
      const isShown = decided?.messages.some((message) => Bun.deepEquals(message, pressed)) ?? false;
      if (press.message !== undefined && !isShown) showDecision(id, [pressed]);
      return { text: decided === undefined ? context.texts.admin.stranger.decided : context.texts.pressed.changed };
    },
  };
}
