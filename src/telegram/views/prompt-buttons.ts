import { type Calendar, SEND_TIMES, type SendTime } from "../../domain/calendar.ts";
import type { Link } from "../../domain/link.ts";
import type { Quality } from "../../domain/quality.ts";
import { oneLine } from "../../domain/text.ts";
import type { Standing } from "../../domain/window.ts";
import type { Texts } from "../locales/locales.ts";
import { codeOf, type PROMPT_ACTIONS, promptButton } from "./callback-data.ts";
import type { Choice, Row } from "./keyboard.ts";
import { LONGEST_COPIED } from "./keyboard.ts";
import { linkName } from "./link-name.ts";
import { type Panel, panelChoice } from "./prompt-panel.ts";

/** What people can choose for a link. */
export interface PromptChoices {
  readonly qualities: readonly Quality[];
  readonly folders: readonly string[];
  readonly downloaders: DownloaderChoices;
}

/** The same, and how a chat reads times. */
export interface PromptSettings extends PromptChoices {
  readonly calendar: Calendar;
}

/** The downloaders that a link's owner can choose from, by name. */
export interface DownloaderChoices {
  /** All that take this address. */
  matching(url: string): readonly string[];
  /** What is open and shut for it when its time comes. */
  standing(link: Pick<Link, "url" | "downloader" | "sendAt">): Standing;
  all(): readonly string[];
}

/** Besides "auto"; with more servers, the operator's routes should choose. */
const MOST_DOWNLOADERS = 7;
/** Bot API: 100 buttons a message. */
export const MOST_FOLDERS = 60;
const LONGEST_LABEL = 20;
const LONGEST_ENTRY = 40;

/** The one time on a closed prompt; the others are behind *more*. */
const FREQUENT: SendTime = "tonight";

/** A prompt as its buttons see it. */
export interface Buttons {
  readonly batchId: number;
  /** The latest link that the prompt shows. */
  readonly lastId: number;
  readonly panel: Panel;
  /** The links in the queue that the buttons are about; at least one. */
  readonly targets: readonly Link[];
  /** The links of the current page, each with its number. */
  readonly entries: readonly { readonly link: Link; readonly n: number }[];
  readonly pages: number;
  /** Whether the prompt shows several links. */
  readonly isList: boolean;
  readonly words: Texts;
  readonly settings: PromptSettings;
}

/** The buttons of the open panel. */
export function buttonsOf(of: Buttons): Row[] {
  switch (of.panel.open) {
    case "quality":
      return [{ choices: qualities(of) }, back(of)];
    case "folder":
      return [{ choices: folders(of) }, back(of)];
    case "more":
      return [...more(of), back(of)];
    case "pick":
      return [...entries(of), { choices: [...nextPage(of), ...back(of).choices] }];
    case "closed":
      return closed(of);
  }
}

/** At most eight buttons; while something of it can be brought back, *undo* replaces *more*. */
function closed(of: Buttons): Row[] {
  const { targets, words, settings, panel, isList } = of;
  const { button } = words.panels;
  const removed = targets.filter(({ state }) => state === "removed");
  const undo = { label: words.prompt.button.undo, press: press(of, "undo") };
  const toAll = panel.linkId === null ? [] : [open(of, button.back, { open: "pick", linkId: null })];
  if (removed.length === targets.length) return [{ choices: [undo, ...toAll] }];
  const waiting = targets.filter(({ state }) => state !== "removed");
  const state = same(waiting.map((link) => link.state));
  const labels = state === "asking" ? words.prompt.button.answer : words.button;
  const now: Choice = { label: state === "failed" ? words.button.retry : labels.now, press: press(of, "now") };
  const quality = same(waiting.map((link) => words.quality(link.quality)));
  const folder = same(waiting.map((link) => link.folder)) ?? undefined;
  const toFolders = open(of, button.folder(folder && oneLine(folder, LONGEST_LABEL)), { open: "folder" });
  return [
    { choices: [{ ...now, style: "primary" }, time(of, FREQUENT)] },
    {
      choices: [
        open(of, button.quality(quality), { open: "quality" }),
        ...(settings.folders.length === 0 ? [] : [toFolders]),
      ],
    },
    {
      choices: [
        removed.length === 0 ? open(of, button.more, { open: "more" }) : undo,
        { label: labels.remove, press: press(of, "remove"), style: "danger" },
      ],
    },
    { choices: isList && panel.linkId === null ? [open(of, button.oneOf, { open: "pick" }), ...nextPage(of)] : toAll },
  ];
}

function qualities(of: Buttons): Choice[] {
  const chosen = same(of.targets.map(({ quality }) => quality));
  return of.settings.qualities.map((quality) => ({
    label: of.words.quality(quality),
    press: press(of, "quality", String(quality)),
    chosen: quality === chosen,
  }));
}

function folders(of: Buttons): Choice[] {
  const chosen = same(of.targets.map(({ folder }) => folder));
  return of.settings.folders.slice(0, MOST_FOLDERS).map((folder) => ({
    label: oneLine(folder, LONGEST_LABEL) || "…",
    press: press(of, "folder", codeOf(folder)),
    chosen: folder === chosen,
  }));
}

function time(of: Buttons, name: SendTime): Choice {
  const { calendar } = of.settings;
  const chosen = of.targets.every(({ state, sendAt }) => state === "queued" && calendar.nameOf(sendAt) === name);
  const { button } = of.words.prompt;
  const label = name === "inOneHour" ? button.inOneHour : button[name](calendar.clock(calendar.instantOf(name)));
  return { label, press: press(of, "time", name), chosen };
}

function more(of: Buttons): Row[] {
  const { words, targets } = of;
  const chosen = same(targets.map(({ downloader }) => downloader));
  const downloaders = downloadersFor(of).map((name) => ({
    label: name === null ? words.prompt.button.anyServer : oneLine(name, LONGEST_LABEL) || "…",
    press: press(of, "server", name === null ? undefined : codeOf(name)),
    chosen: name === chosen,
  }));
  const [only, ...others] = targets;
  const times = SEND_TIMES.filter((name) => name !== FREQUENT).map((name) => time(of, name));
  return [
    { choices: times },
    { choices: downloaders },
    { choices: only === undefined || others.length > 0 ? [] : [copy(of, only.url)] },
  ];
}

function copy(of: Buttons, url: string): Choice {
  const label = of.words.panels.button.copy;
  return url.length <= LONGEST_COPIED ? { label, press: url, copies: true } : { label, press: press(of, "copy") };
}

/** A row for each link of the page, with its number and its name, because screen readers read nothing else of it. */
function entries(of: Buttons): Row[] {
  return of.entries.map(({ link, n }) => ({
    choices: [open(of, `${n}. ${linkName(link, LONGEST_ENTRY)}`, { open: "closed", linkId: link.id })],
  }));
}

function nextPage(of: Buttons): Choice[] {
  const { pages, panel, words } = of;
  if (pages < 2) return [];
  const page = (panel.page + 1) % pages;
  return [open(of, words.panels.button.page(panel.page + 1, pages), { open: panel.open, page })];
}

function back(of: Buttons): Row {
  return { choices: [open(of, of.words.panels.button.back, { open: "closed" })] };
}

function open(of: Buttons, label: string, to: Partial<Panel> & Pick<Panel, "open">): Choice {
  const panel = { ...of.panel, ...to };
  return { label, press: press({ ...of, panel }, "open", panelChoice(panel)) };
}

function press(
  { batchId, lastId, panel }: Pick<Buttons, "batchId" | "lastId" | "panel">,
  action: (typeof PROMPT_ACTIONS)[number],
  choice?: string,
): string {
  const link = panel.linkId ?? 0;
  return promptButton.pack({ batch: batchId, link, last: lastId, action, ...(choice !== undefined && { choice }) });
}

/** The names to choose from, null for any; none if there is no choice. A chosen one stays, even while it is away. */
function downloadersFor({ targets, settings: { downloaders } }: Buttons): (string | null)[] {
  const takers = targets.map(({ url }) => downloaders.matching(url));
  const matching = [...(takers[0] ?? [])].filter((name) => takers.every((names) => names.includes(name))).sort();
  const downloader = same(targets.map((link) => link.downloader)) ?? null;
  const names = downloader === null || matching.includes(downloader) ? matching : [downloader, ...matching];
  if (names.length < 2 && downloader === null) return [];
  const first = names.slice(0, MOST_DOWNLOADERS);
  const shown = downloader === null || first.includes(downloader) ? first : [downloader, ...first.slice(1)];
  return [null, ...shown];
}

/** The value that all of them have; undefined if they differ. */
function same<T>([first, ...others]: readonly T[]): T | undefined {
  return others.every((one) => one === first) ? first : undefined;
}
