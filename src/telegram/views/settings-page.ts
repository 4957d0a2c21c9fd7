import { bold, format } from "gramio";
import type { Calendar } from "../../domain/calendar.ts";
import type { Chat, Language, NoticeStyle } from "../../domain/chat.ts";
import type { Quality } from "../../domain/quality.ts";
import { parseQuietHours, QUIET_HOURS, type QuietHours } from "../../domain/quiet-hours.ts";
import { plain } from "../../domain/text.ts";
import type { Content } from "../context/content.ts";
import { type Texts, texts } from "../locales/locales.ts";
import { codeOf, forgetButton, settingsButton } from "./callback-data.ts";
import { type Choice, keyboardOf, type Row } from "./keyboard.ts";
import { MOST_FOLDERS } from "./prompt-buttons.ts";
import { USUAL } from "./zone-panel.ts";

/** What `/settings` shows of a chat. */
export interface SettingsView {
  readonly quality: Quality;
  /** Null if the config has no folders. */
  readonly folder: string | null;
  readonly notices: NoticeStyle;
  /** Null if its news may always make a sound. */
  readonly quiet: QuietHours | null;
  /** What it has chosen itself; null where it leaves that to the config. */
  readonly own: Pick<Chat, "language" | "lifetimeMs" | "quiet" | "zone">;
  readonly zone: string;
  /** In that zone. */
  readonly calendar: Pick<Calendar, "clock" | "format" | "now">;
  /** Until when the reader is a guest, epoch ms; null for everybody else. */
  readonly guestUntil: number | null;
  readonly isPrivate: boolean;
}

/** What chats can choose from, and what applies to those that do not choose. */
export interface OfferedSettings {
  readonly qualities: readonly Quality[];
  readonly folders: readonly string[];
  /** What the config says about the bot's messages and the commands. */
  readonly usualLifetimesMs: readonly number[];
}

const LANGUAGES = { en: "🌐 English", ru: "🌐 Русский" } as const satisfies Record<Language, string>;
/** In the order of their buttons. */
export const NOTICES: readonly NoticeStyle[] = ["message", "reaction", "off"];
const MINUTE_MS = 60_000;
/** How long messages may stay, besides as the config says and for ever. */
export const LIFETIMES_MS = [MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS];
/** What a button carries for "never". */
const NEVER = "0";
/** What a button carries for no quiet hours. */
export const LOUD = "-";

/** The settings of a chat, with a row of buttons for each; the chosen ones are marked. */
export function settingsPage(view: SettingsView, offered: OfferedSettings, language: Language): Content {
  const words = texts[language];
  const { settings } = words;
  const { folder, own, guestUntil } = view;
  const lifetime = own.lifetimeMs === null ? usualLifetime(offered, words) : words.duration(own.lifetimeMs);
  const lines = [
    settings.quality(view.quality),
    ...(folder === null ? [] : [settings.folder(folder)]),
    settings.language(own.language, language),
    settings.lifetime(own.lifetimeMs, lifetime),
    settings.notices(view.notices),
    settings.quiet(view.quiet),
    zoneLine(view, words),
    ...(guestUntil === null ? [] : [words.people.guestUntil(view.calendar.format(guestUntil, language))]),
  ];
  const text = format`${bold(settings.title)}\n${lines.join("\n")}`;
  const forget = { label: words.people.forget.button, press: forgetButton.pack({ action: "ask" }) };
  const ofPeople: Row[] = view.isPrivate ? [{ choices: [forget] }] : [];
  return { text, keyboard: keyboardOf([...rows(view, offered, words), ...ofPeople]) };
}

/** The time zone of a chat, and what its clocks show. */
export function zoneLine(
  { own, zone, calendar }: Pick<SettingsView, "own" | "zone" | "calendar">,
  words: Texts,
): string {
  return words.settings.zone({ zone, isOwn: own.zone !== null, clock: calendar.clock(calendar.now()) });
}

/** `1–10 min`, or `30 s – 10 min`: the shortest and the longest of the config's. */
function usualLifetime({ usualLifetimesMs: all }: OfferedSettings, { duration }: Texts): string {
  const [from = "", to = ""] = [Math.min(...all), Math.max(...all)].map(duration);
  if (from === to) return to;
  const [n, unit] = from.split(" ");
  return to.endsWith(` ${unit}`) ? `${n}–${to}` : `${from} – ${to}`;
}

function rows(
  { quality, folder, notices, own }: SettingsView,
  { qualities, folders }: OfferedSettings,
  words: Texts,
): Row[] {
  const { button } = words.settings;
  return [
    row(
      "quality",
      String(quality),
      qualities.map((one) => [String(one), words.quality(one)]),
    ),
    row(
      "folder",
      codeOf(folder ?? ""),
      folders.slice(0, MOST_FOLDERS).map((one) => [codeOf(one), `📁 ${plain(one, 20)}`]),
    ),
    row("language", own.language ?? USUAL, [[USUAL, button.automatic], ...Object.entries(LANGUAGES)]),
    row("lifetime", own.lifetimeMs === null ? USUAL : String(own.lifetimeMs), [
      [USUAL, button.usual],
      ...LIFETIMES_MS.map((ms) => [String(ms), button.after(words.duration(ms))] as const),
      [NEVER, button.never],
    ]),
    row(
      "notices",
      notices,
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

function row(
  action: "quality" | "folder" | "language" | "lifetime" | "notices" | "quiet",
  chosen: string,
  choices: readonly (readonly [choice: string, label: string])[],
): Row {
  return {
    choices: choices.map(
      ([choice, label]): Choice => ({
        label,
        press: settingsButton.pack({ action, choice }),
        chosen: choice === chosen,
      }),
    ),
  };
}
