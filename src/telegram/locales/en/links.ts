import type { BoundedCount } from "../../../domain/admin-alert.ts";
import type { Unusable } from "../../../domain/downloader.ts";
import type { ShownStatus } from "../../../domain/downloads.ts";
import type { Failure } from "../../../domain/link.ts";
import type { Quality } from "../../../domain/quality.ts";
import { inSentence, named } from "../../../domain/text.ts";
import type { Removal } from "../../../service/fleet/removal.ts";
import { createAmounts } from "../amounts.ts";
import { createPlural } from "../plural.ts";

const { form, counted } = createPlural("en");
const amounts = createAmounts("en", { justNow: "just now", of: "of", mebibytes: "MiB", gibibytes: "GiB" });

const LONGEST_SAYING = 200;

/** How many links. */
export const links = (n: number) => counted(n, "link", "links");

/** A quality in words. */
export const quality = (value: Quality): string => (value === "best" ? "best" : `${value}p`);

/** Why a downloader that answers is of no use. */
export const unusable: Readonly<Record<Unusable, string>> = {
  not_let_in: "does not let this bot in",
  no_method: "is no downloader that this bot can use",
};

/** Why nobody took a link, in the downloader's own words where it gave any. */
export const failure = ({ reason, downloader, says }: Failure) =>
  says !== undefined && says !== ""
    ? `“${named(downloader)}” answered: ${inSentence(says, LONGEST_SAYING)}`
    : {
        unreachable: `“${named(downloader)}” cannot be reached`,
        refused: `“${named(downloader)}” did not take it`,
        incompatible: `“${named(downloader)}” does not let this bot in`,
        silent: `“${named(downloader)}” does not answer`,
      }[reason];

/** A link's prompt, in English. */
export const prompt = {
  waiting: (at: string) => `⏳ Waits till ${at}`,
  goingOut: "⏳ Goes out now",
  retry: (attempts: number, why: Failure, at: string) =>
    `⚠️ Tried ${counted(attempts, "time", "times")}: ${failure(why)}. Next try: ${at}`,
  sending: "📤 Being handed over",
  uncertain: "📤 A downloader may have it already and is being asked",
  unmatched: "🕳 No downloader takes such links now. It waits for one.",
  unmatchedChosen: (downloader: string) => `🕳 Waits for “${named(downloader)}”, which takes nothing now`,
  unreachable: (why: Failure | null) =>
    why === null
      ? "🔌 No downloader for it can be reached. It goes as soon as one is back."
      : `🔌 ${failure(why)}. It goes as soon as a downloader for it is back.`,
  failed: (attempts: number, why: Failure | null) =>
    `❌ Gave up after ${counted(attempts, "try", "tries")}${why === null ? "" : `: ${failure(why)}`}`,
  removed: "🗑 Removed",
  details: ({
    quality: value,
    folder,
    downloader,
  }: {
    quality: Quality;
    folder: string | null;
    downloader: string | null;
  }) =>
    [
      `Quality: ${quality(value)}`,
      ...(folder === null ? [] : [`folder: ${folder}`]),
      ...(downloader === null ? [] : [`server: ${named(downloader)}`]),
    ].join(" · "),
  button: {
    inOneHour: "In 1 h",
    tonight: "Tonight",
    tomorrow: "Tomorrow",
    anyServer: "🎲 Auto",
    undo: "↩️ Undo",
  },
  pressed: {
    waits: (at: string) => `Waits till ${at}`,
    undone: "It is back in the queue",
  },
};

/** What is said about the links of a message that are not simply queued, in English. */
export const arrival = {
  duplicate: "This link is in the queue already ☝️",
  duplicates: "I have these already:",
  inQueue: "in the queue already",
  beingDownloaded: (downloader: string) => `“${named(downloader)}” is downloading it already`,
  more: (n: number) => `… and ${n} more ${form(n, "link", "links")}`,
};

const quoted = (names: readonly string[]) => names.map((name) => `“${named(name)}”`).join(", ");
const more = (rest: number) => (rest === 0 ? "" : ` and ${rest} more`);

/** What `/queue`, `/status`, `/links` and `/remove` say. */
export const lists = {
  queue: {
    empty: "Nothing waits. Send me a link!",
    title: (queued: number, downloads: number) => {
      const there = downloads === 0 ? [] : [`${queued === 0 ? links(downloads) : downloads} at the downloaders`];
      return [...(queued > 0 || downloads === 0 ? [`${links(queued)} in the queue`] : []), ...there].join(" · ");
    },
    page: (page: number, pages: number) => `${page} / ${pages}`,
    owners: ([first, ...others]: readonly string[]) =>
      first === undefined ? "👤 none of ours" : `👤 ${first}${more(others.length)}`,
    status: (status: ShownStatus) =>
      ({
        WORK: "⬇️ Downloading",
        SENDING: "🚚 Going to its folder",
        TO_SEND: "📦 Downloaded, waits to go to its folder",
        MISSING: "❔ May be on its way to its folder; the downloader does not show it now",
        NEW: "🕐 Waits at the downloader",
        UNKNOWN: "❔ At the downloader",
        DONE: "✅ Ready",
      })[status],
    at: (downloader: string) => `at “${named(downloader)}”`,
    silent: (names: readonly string[], rest: number) =>
      `No answer from ${quoted(names)}${more(rest)}: what is there is shown as it was last known.`,
    picking: (n: number) => `Choose the quality of ${n}:`,
    asking: "Asking the downloader…",
  },
  removal: (removal: Removal, downloader: string) =>
    ({
      removed: `🗑 Removed at “${named(downloader)}”`,
      released: `🗑 No longer yours; others still want it, so “${named(downloader)}” goes on`,
      goes_on: `🗑 No longer in the list of “${named(downloader)}”, which goes on with what it has begun: the file may still arrive`,
      being_sent: `📦 “${named(downloader)}” is already sending it to its folder, which cannot be stopped`,
      finished: `✅ “${named(downloader)}” has finished it already`,
      kept: `⚠️ “${named(downloader)}” has it in its list still`,
      silent: `⚠️ “${named(downloader)}” has not confirmed it; look again in a while`,
      not_yours: "There is no such link among yours",
    })[removal],
  status: {
    title: (waiting: number) => (waiting === 0 ? "Downloaders" : `Downloaders · ${links(waiting)} in the queue`),
    none: "No downloader has registered yet. Links wait until one does.",
    online: "online",
    unusable: (problem: Unusable) => `answers, but ${unusable[problem]}`,
    offline: (seen: string) => `does not answer, last seen ${seen}`,
    neverSeen: "does not answer, never seen",
    paused: "paused: gets no new links",
    telegram: "Reaching Telegram:",
    refused: "does not know the bot’s token",
    progress: (percentage: number, of: { current: number; total: number }) =>
      `${Math.floor(percentage)} %${of.current > 0 || of.total > 0 ? ` · ${amounts.sizes(of.current, of.total)}` : ""}`,
    idle: "Nothing is running",
    moreRunning: (n: number) => `and ${n} more`,
    others: (n: number) => `and ${n} of other chats`,
    onlyOthers: (n: number) => `${counted(n, "download", "downloads")} of other chats`,
    waiting: (count: BoundedCount) =>
      `${links(count.links)}${count.more ? " or more" : ""} ${form(count.links, "waits", "wait")} for it`,
    ago: amounts.ago,
  },
  links: {
    none: "No links are in work.",
    more: (n: number) => `and ${links(n)} more`,
  },
  remove: {
    tooMany: (most: number) => `I take at most ${links(most)} at a time.`,
    queued: "🗑 Removed from the queue",
    beingSent: "📤 It is being handed over right now; try again in a minute",
    unknown: "There is no such link among yours",
  },
  button: {
    quality: (quality: string) => `🎞 ${quality}`,
    back: "‹ Back",
    refresh: "🔄 Refresh",
  },
};
