import { InlineKeyboard } from "gramio";
import type { Calendar } from "../../domain/calendar.ts";
import type { Language } from "../../domain/chat.ts";
import type { Log } from "../../domain/log.ts";
import type { MessageRef } from "../../domain/message.ts";
import type { Access } from "../../service/access/access.ts";
import { type AccessRequests, DECISIONS, type Decided } from "../../service/access/requests.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { MessageRetention } from "../../service/cleanup/message-retention.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import { type Content, contentParams } from "../context/content.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import type { CommandMenu } from "../notify/command-menu.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { readButton, requestButton } from "../views/callback-data.ts";
import { displayName } from "../views/display-name.ts";

/** The messages that show admins who wants to be let in, and let them decide. */
export interface RequestMessages {
  /** Sends one to each admin who is to be asked. Never throws. */
  ask(stranger: { id: number; name: string; language: Language }): void;
  /** Brings those about somebody who was let in otherwise in line. Never throws. */
  refresh(id: number): void;
  readonly press: ButtonHandler;
}

export function createRequestMessages(deps: {
  requests: AccessRequests;
  access: Pick<Access, "saw">;
  preferences: Pick<Preferences, "language">;
  retention: MessageRetention;
  outbox: Outbox;
  replies: Replies;
  menu: CommandMenu;
  calendar: Calendar;
  log: Log;
}): RequestMessages {
  const { requests, access, preferences, retention, outbox, replies, menu, calendar, log } = deps;
  const inWords = (at: number, language: Language) => calendar.format(at, language);

  function contentFor(id: number, chatId: number): Content {
    const language = preferences.language(chatId);
    const { stranger: words } = texts[language].admin;
    const request = requests.read(id);
    const { kind, name } = request;
    if (kind === "refused") return { text: words.refused(name, id, request.by) };
    if (kind === "granted") {
      const { by, until } = request;
      return { text: until === null ? words.letIn(name, id, by) : words.guest(name, id, by, inWords(until, language)) };
    }
    const keyboard = new InlineKeyboard();
    for (const action of DECISIONS) keyboard.text(words.button[action], requestButton.pack({ action, id }));
    return { text: words.asks(name, id), keyboard };
  }

  async function show(id: number, admin: number): Promise<void> {
    const content = contentFor(id, admin);
    const sent = await outbox.send(admin, { priority: "notice" }, (api) =>
      api.sendMessage({ chat_id: admin, ...contentParams(content) }),
    );
    if (!sent.ok || sent.value === undefined) return;
    const shown = { chatId: admin, messageId: sent.value.message_id };
    if (!requests.shown(id, shown)) showDecision(id, [shown]);
  }

  /** Says on the messages what was decided; then they go as other notices do. */
  function showDecision(id: number, messages: readonly MessageRef[]): void {
    for (const message of messages) {
      replies.edit(message.chatId, message.messageId, contentFor(id, message.chatId));
      retention.planDeletion(message, "notices");
    }
  }

  function tell(id: number, decided: Decided): void {
    const language = preferences.language(id);
    const { you } = texts[language].admin;
    const granted = (until: number | null) => (until === null ? you.in("user") : you.guest(inWords(until, language)));
    const text = decided.kind === "refused" ? you.refused : granted(decided.until);
    replies.notify({ chatId: id, threadId: null }, { text }, { stays: true });
  }

  return {
    ask(stranger) {
      for (const admin of requests.ask(stranger)) {
        void show(stranger.id, admin).catch((error) =>
          log.warn("Cannot show an admin who wants to be let in", { error }),
        );
      }
    },
    refresh: (id) => showDecision(id, requests.close(id)),
    press(context, press): ButtonReply | undefined {
      const carried = readButton(requestButton, press);
      if (carried === undefined) return undefined;
      const { action, id } = carried;
      if (context.actor.role !== "admin") return { text: context.texts.pressed.noAccess, alert: true };
      if (!Number.isSafeInteger(id) || action === undefined) return { text: context.texts.pressed.outdated };
      access.saw(press.from.id, displayName(press.from));
      const decided = requests.decide(action, { id, by: press.from.id });
      if (decided !== undefined) {
        showDecision(id, decided.messages);
        if (decided.kind === "granted") menu.update(id);
        tell(id, decided);
      }
      if (press.message !== undefined)
        showDecision(id, [{ chatId: context.chatId, messageId: press.message.message_id }]);
      return { text: decided === undefined ? context.texts.admin.stranger.decided : context.texts.pressed.changed };
    },
  };
}
