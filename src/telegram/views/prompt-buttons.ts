import { type Calendar, SEND_TIMES } from "../../domain/calendar.ts";
import type { Link } from "../../domain/link.ts";
import type { Quality } from "../../domain/quality.ts";
import { named, plain } from "../../domain/text.ts";
import type { Texts } from "../locales/locales.ts";
import { codeOf, type LINK_ACTIONS, linkButton } from "./callback-data.ts";
import type { Row } from "./keyboard.ts";

/** What people can choose for a link, and how they read instants. */
export interface PromptSettings {
  readonly qualities: readonly Quality[];
  readonly folders: readonly string[];
  readonly calendar: Calendar;
  readonly downloaders: DownloaderChoices;
}

/** The downloaders that a link's owner can choose from, by name. */
export interface DownloaderChoices {
  /** Everyone who takes this address. */
  matching(url: string): readonly string[];
  all(): readonly string[];
}

/** Besides "auto"; with more servers than that it is for the operator's routes to choose. */
const MOST_DOWNLOADERS = 7;
/** Bot API: 100 buttons a message. */
export const MOST_FOLDERS = 60;
const LONGEST_LABEL = 20;

/** What a link's owner can still choose. */
export function choicesOf(link: Link, of: { words: Texts; settings: PromptSettings }): Row[] {
  const { words, settings } = of;
  const press = (action: (typeof LINK_ACTIONS)[number], choice?: string) =>
    linkButton.pack({ id: link.id, action, ...(choice !== undefined && { choice }) });
  const qualities = settings.qualities.map((quality) => ({
    label: words.quality(quality),
    press: press("quality", String(quality)),
    chosen: quality === link.quality,
  }));
  const folders = settings.folders.slice(0, MOST_FOLDERS).map((folder, index) => ({
    label: plain(folder, LONGEST_LABEL),
    press: press("folder", String(index)),
    chosen: folder === link.folder,
  }));
  const downloaders = downloadersFor(link, settings).map((name) => ({
    label: name === null ? words.prompt.button.anyServer : named(plain(name, LONGEST_LABEL)),
    press: press("server", name === null ? undefined : codeOf(name)),
    chosen: name === link.downloader,
  }));
  const choices: Row[] = [{ choices: qualities }, { choices: folders }, { choices: downloaders }];
  const remove = { label: words.button.remove, press: press("remove") };
  if (link.state === "failed") {
    return [...choices, { choices: [{ label: words.button.retry, press: press("retry") }, remove] }];
  }
  const chosen = link.state === "queued" ? settings.calendar.nameOf(link.sendAt) : undefined;
  const times = SEND_TIMES.map((time) => ({
    label: words.prompt.button[time],
    press: press("time", time),
    chosen: time === chosen,
  }));
  const at = [{ label: words.button.now, press: press("now") }, ...times];
  return [...choices, { choices: at, width: at.length }, { choices: [remove] }];
}

/** The names to choose from, null for any; none where there is no choice. One that was chosen stays, even while it is away. */
function downloadersFor({ url, downloader }: Link, { downloaders }: PromptSettings): (string | null)[] {
  const matching = [...downloaders.matching(url)].sort();
  const names = downloader === null || matching.includes(downloader) ? matching : [downloader, ...matching];
  if (names.length < 2 && downloader === null) return [];
  const first = names.slice(0, MOST_DOWNLOADERS);
  const shown = downloader === null || first.includes(downloader) ? first : [downloader, ...first.slice(1)];
  return [null, ...shown];
}
