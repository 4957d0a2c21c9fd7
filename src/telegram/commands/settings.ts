import type { Calendar } from "../../domain/calendar.ts";
import { parseOfferedQuality } from "../../domain/quality.ts";
import { QUIET_HOURS } from "../../domain/quiet-hours.ts";
import { COMMON_ZONES } from "../../domain/zone.ts";
import type { Access } from "../../service/access/access.ts";
import type { ChatChoice, Preferences } from "../../service/chats/preferences.ts";
import { type AnswerRef, answerRef } from "../context/answer-ref.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { Questions } from "../context/questions.ts";
import type { Replies } from "../context/replies.ts";
import { readZone } from "../context/typed-zone.ts";
import { texts } from "../locales/locales.ts";
import { nameOfCode, readButton, settingsButton } from "../views/callback-data.ts";
import {
  LIFETIMES_MS,
  LOUD,
  NOTICES,
  type OfferedSettings,
  type SettingsView,
  settingsPage,
  zoneLine,
} from "../views/settings-page.ts";
import { USUAL, ZONE_STEPS, zonePanel } from "../views/zone-panel.ts";

type Action = "quality" | "language" | "folder" | "lifetime" | "notices" | "quiet" | "zone";

/**
 * `/settings`: what a chat chooses for itself (rule 7), in one message that is edited in place; `/settings ZONE` chooses its time zone. In
 * a group only its admins and the bot's may do that.
 */
export function createSettings(deps: {
  access: Pick<Access, "guestUntil">;
  preferences: Preferences;
  calendarOf: (chatId: number) => Calendar;
  questions: Pick<Questions, "ask">;
  replies: Replies;
  offered: OfferedSettings;
  isGroupAdmin: (chatId: number, userId: number) => Promise<boolean>;
}): { command: RunCommand; press: ButtonHandler } {
  const { preferences, replies, offered } = deps;

  function viewOf({ chatId, userId, isPrivate }: ChatContext): SettingsView {
    return {
      quality: preferences.quality(chatId),
      folder: preferences.folder(chatId),
      notices: preferences.notices(chatId),
      quiet: preferences.quiet(chatId) ?? null,
      own: preferences.own(chatId),
      zone: preferences.zone(chatId),
      calendar: deps.calendarOf(chatId),
      guestUntil: deps.access.guestUntil({ chatId, userId }),
      isPrivate,
    };
  }

  /** Undefined for a choice that is not offered (any more). */
  function chosen(action: Action, choice: string): ChatChoice | undefined {
    switch (action) {
      case "quality": {
        const quality = parseOfferedQuality(choice, offered.qualities);
        return quality === undefined ? undefined : { quality };
      }
      case "folder": {
        const folder = nameOfCode(offered.folders, choice);
        return folder === undefined ? undefined : { folder };
      }
      case "language":
        if (choice === USUAL) return { language: null };
        return choice === "en" || choice === "ru" ? { language: choice } : undefined;
      case "lifetime": {
        if (choice === USUAL) return { lifetimeMs: null };
        const lifetimeMs = [0, ...LIFETIMES_MS].find((ms) => String(ms) === choice);
        return lifetimeMs === undefined ? undefined : { lifetimeMs };
      }
      case "notices": {
        const notices = NOTICES.find((style) => style === choice);
        return notices && { notices };
      }
      case "quiet": {
        if (choice === LOUD) return { quiet: null };
        const quiet = QUIET_HOURS.find((hours) => hours === choice);
        return quiet && { quiet };
      }
      case "zone": {
        if (choice === USUAL) return { zone: null };
        const zone = COMMON_ZONES.find((name) => name === choice);
        return zone && { zone };
      }
    }
  }

  async function mayChoose({ isPrivate, speaksForChat, chatId, userId, actor }: ChatContext): Promise<boolean> {
    if (isPrivate || speaksForChat || actor.role === "admin") return true;
    return userId !== undefined && (await deps.isGroupAdmin(chatId, userId));
  }

  function chooseZone(context: ChatContext, typed: string): string {
    const zone = readZone(typed);
    if (zone === undefined) return context.texts.settings.unknownZone;
    preferences.choose(context.chatId, { zone });
    return zoneLine(viewOf(context), context.texts);
  }

  /** Replaces the settings with the time zones, goes back, or asks for a zone in words. */
  function zones(context: ChatContext, choice: string, answer: AnswerRef): ButtonReply {
    const { texts: words } = context;
    const step = ZONE_STEPS.find((one) => one === choice);
    if (step === undefined) return { text: words.pressed.outdated };
    const view = viewOf(context);
    const of = { own: view.own.zone, line: zoneLine(view, words) };
    if (step === "ask") deps.questions.ask(context, "settings", null);
    else replies.edit(answer, step === "open" ? zonePanel(of, words) : settingsPage(view, offered, context.language));
    return { text: "" };
  }

  return {
    async command({ context, args }) {
      const isAllowed = await mayChoose(context);
      if (!isAllowed) return replies.answer(context, { text: context.texts.settings.onlyAdmins });
      const page = () => settingsPage(viewOf(context), offered, context.language);
      replies.answer(context, args === "" ? page() : { text: chooseZone(context, args) });
    },
    async press(context: ChatContext, press) {
      const carried = readButton(settingsButton, press);
      if (carried === undefined || press.message === undefined) return undefined;
      if (!(await mayChoose(context))) return { text: context.texts.settings.onlyAdmins, alert: true };
      const answer = answerRef(context, press.message);
      if (carried.action === "zones") return zones(context, carried.choice, answer);
      const change = chosen(carried.action, carried.choice);
      if (change === undefined) return { text: context.texts.pressed.outdated };
      preferences.choose(context.chatId, change);
      const language = preferences.language(context.chatId);
      replies.edit(answer, settingsPage(viewOf(context), offered, language));
      return { text: texts[language].pressed.changed };
    },
  };
}
