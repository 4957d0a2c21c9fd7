import { bold, format } from "gramio";
import type { Calendar } from "../../domain/calendar.ts";
import type { Language, NoticeStyle } from "../../domain/chat.ts";
import { parseOfferedQuality, type Quality } from "../../domain/quality.ts";
import { parseQuietHours, QUIET_HOURS } from "../../domain/quiet-hours.ts";
import { plain } from "../../domain/text.ts";
import { COMMON_ZONES } from "../../domain/zone.ts";
import type { Access } from "../../service/access/access.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import { type AnswerRef, answerRef } from "../context/answer-ref.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { Content } from "../context/content.ts";
import type { Questions } from "../context/questions.ts";
import type { Replies } from "../context/replies.ts";
import { readZone } from "../context/typed-zone.ts";
import { type Texts, texts } from "../locales/locales.ts";
import { codeOf, forgetButton, nameOfCode, readButton, settingsButton } from "../views/callback-data.ts";
import { type Choice, keyboardOf, type Row } from "../views/keyboard.ts";
import { MOST_FOLDERS } from "../views/prompt-buttons.ts";
import { USUAL, ZONE_STEPS, zonePanel } from "../views/zone-panel.ts";

const LANGUAGES = { en: "🌐 English", ru: "🌐 Русский" } as const satisfies Record<Language, string>;
const NOTICES: readonly NoticeStyle[] = ["message", "reaction", "off"];
const MINUTE_MS = 60_000;
const LIFETIMES_MS = [MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS];
/** The value that a button carries for "never". */
const NEVER = "0";
/** The value for no quiet hours. */
const LOUD = "-";

type Action = "quality" | "language" | "folder" | "lifetime" | "notices" | "quiet" | "zone";
type Choices = Parameters<Preferences["choose"]>[1];

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
  qualities: readonly Quality[];
  folders: readonly string[];
  /** What the config says about the bot's messages and the commands. */
  usualLifetimesMs: readonly number[];
  isGroupAdmin: (chatId: number, userId: number) => Promise<boolean>;
}): { command: RunCommand; press: ButtonHandler } {
  const { preferences, replies, qualities, folders } = deps;

  function content({ chatId, userId, isPrivate }: ChatContext, language: Language): Content {
    const words = texts[language];
    const { settings } = words;
    const folder = preferences.folder(chatId);
    const until = deps.access.guestUntil({ chatId, userId });
    const own = preferences.own(chatId);
    const lines = [
      settings.quality(preferences.quality(chatId)),
      ...(folder === null ? [] : [settings.folder(folder)]),
      settings.language(own.language, language),
      settings.lifetime(own.lifetimeMs, own.lifetimeMs === null ? usual(words) : words.duration(own.lifetimeMs)),
      settings.notices(preferences.notices(chatId)),
      settings.quiet(preferences.quiet(chatId) ?? null),
      zoneLine(chatId, words),
      ...(until === null ? [] : [words.people.guestUntil(deps.calendarOf(chatId).format(until, language))]),
    ];
    const text = format`${bold(settings.title)}\n${lines.join("\n")}`;
    const forget = { label: words.people.forget.button, press: forgetButton.pack({ action: "ask" }) };
    const ofPeople: Row[] = isPrivate ? [{ choices: [forget] }] : [];
    return { text, keyboard: keyboardOf([...rows(chatId, words), ...ofPeople]) };
  }

  function zoneLine(chatId: number, { settings }: Texts): string {
    const calendar = deps.calendarOf(chatId);
    const isOwn = preferences.own(chatId).zone !== null;
    return settings.zone({ zone: preferences.zone(chatId), isOwn, clock: calendar.clock(calendar.now()) });
  }

  function usual({ duration }: Texts): string {
    const [from = "", to = ""] = [Math.min(...deps.usualLifetimesMs), Math.max(...deps.usualLifetimesMs)].map(duration);
    if (from === to) return to;
    const [n, unit] = from.split(" ");
    return to.endsWith(` ${unit}`) ? `${n}–${to}` : `${from} – ${to}`;
  }

  function rows(chatId: number, words: Texts): Row[] {
    const { button } = words.settings;
    const own = preferences.own(chatId);
    const row = (
      action: Action,
      chosen: string,
      choices: readonly (readonly [choice: string, label: string])[],
    ): Row => ({
      choices: choices.map(
        ([choice, label]): Choice => ({
          label,
          press: settingsButton.pack({ action, choice }),
          chosen: choice === chosen,
        }),
      ),
    });
    return [
      row(
        "quality",
        String(preferences.quality(chatId)),
        qualities.map((quality) => [String(quality), words.quality(quality)]),
      ),
      row(
        "folder",
        codeOf(preferences.folder(chatId) ?? ""),
        folders.slice(0, MOST_FOLDERS).map((folder) => [codeOf(folder), `📁 ${plain(folder, 20)}`]),
      ),
      row("language", own.language ?? USUAL, [[USUAL, button.automatic], ...Object.entries(LANGUAGES)]),
      row("lifetime", own.lifetimeMs === null ? USUAL : String(own.lifetimeMs), [
        [USUAL, button.usual],
        ...LIFETIMES_MS.map((ms) => [String(ms), button.after(words.duration(ms))] as const),
        [NEVER, button.never],
      ]),
      row(
        "notices",
        preferences.notices(chatId),
        NOTICES.map((style) => [style, button.notices[style]]),
      ),
      row("quiet", own.quiet ?? LOUD, [
        [LOUD, button.loud],
        ...QUIET_HOURS.flatMap((hours) => {
          const parsed = parseQuietHours(hours);
          return parsed === undefined ? [] : [[hours, button.quiet(parsed)] as const];
        }),
      ]),
      { choices: [{ label: button.zone, press: settingsButton.pack({ action: "zones", choice: "open" }) }] },
    ];
  }

  /** Undefined for a choice that is not offered (any more). */
  function chosen(action: Action, choice: string): Choices | undefined {
    switch (action) {
      case "quality": {
        const quality = parseOfferedQuality(choice, qualities);
        return quality === undefined ? undefined : { quality };
      }
      case "folder": {
        const folder = nameOfCode(folders, choice);
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

  function chooseZone({ chatId, texts: words }: ChatContext, typed: string): string {
    const zone = readZone(typed);
    if (zone === undefined) return words.settings.unknownZone;
    preferences.choose(chatId, { zone });
    return zoneLine(chatId, words);
  }

  /** Replaces the settings with the time zones, goes back, or asks for a zone in words. */
  function zones(context: ChatContext, choice: string, answer: AnswerRef): ButtonReply {
    const { chatId, texts: words } = context;
    const step = ZONE_STEPS.find((one) => one === choice);
    if (step === undefined) return { text: words.pressed.outdated };
    const of = { own: preferences.own(chatId).zone, line: zoneLine(chatId, words) };
    if (step === "ask") deps.questions.ask(context, "settings", null);
    else replies.edit(answer, step === "open" ? zonePanel(of, words) : content(context, context.language));
    return { text: "" };
  }

  return {
    async command({ context, args }) {
      const isAllowed = await mayChoose(context);
      if (!isAllowed) return replies.answer(context, { text: context.texts.settings.onlyAdmins });
      const asked = args === "" ? content(context, context.language) : { text: chooseZone(context, args) };
      replies.answer(context, asked);
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
      replies.edit(answer, content(context, language));
      return { text: texts[language].pressed.changed };
    },
  };
}
