import type { BoundedCount } from "../../../domain/admin-alert.ts";
import type { Unusable } from "../../../domain/downloader.ts";
import type { ShownStatus } from "../../../domain/downloads.ts";
import type { Failure } from "../../../domain/link.ts";
import type { Quality } from "../../../domain/quality.ts";
import { named, oneLine } from "../../../domain/text.ts";
import type { Removal } from "../../../service/fleet/removal.ts";
import { createAmounts } from "../amounts.ts";
import { createPlural } from "../plural.ts";

const { form, counted } = createPlural("en");
const amounts = createAmounts("en", { justNow: "just now", of: "of", mebibytes: "MB", gibibytes: "GB" });

const LONGEST_SAYING = 200;

/** How many links. */
export const links = (n: number) => counted(n, "link", "links");

/** A quality in words. */
export const quality = (value: Quality): string => (value === "best" ? "best" : `${value}p`);

/** Why a downloader that answers is of no use. */
export const unusable: Readonly<Record<Unusable, string>> = {
  not_let_in: "does not accept this bot",
  no_method: "uses a different protocol than this bot",
  not_trusted: "cannot prove its identity: its certificate is not the right one",
  no_http2: "does not offer HTTP/2 over TLS",
};

/** Why no downloader took a link, in the downloader's own words if it gave any. */
export const failure = ({ reason, downloader, says }: Failure) =>
  says !== undefined && says !== ""
    ? `“${named(downloader)}” answered: ${oneLine(says, LONGEST_SAYING)}`
    : {
        unreachable: `“${named(downloader)}” cannot be reached`,
        refused: `“${named(downloader)}” did not take the link`,
        incompatible: `“${named(downloader)}” does not accept this bot`,
        silent: `“${named(downloader)}” does not answer`,
      }[reason];

const tries = (n: number) => counted(n, "try", "tries");
/** `14:05`, or `24 Nov 14:05`, in a sentence. */
export const moment = (at: string) =>
  /^\d\d:\d\d$/.test(at) ? `at ${at}` : `on ${at.replace(/ (?=\d\d:\d\d$)/, " at ")}`;

/** When a server will take a link that it does not take now, as texts. */
export interface OpeningFacts {
  readonly downloader: string;
  /** When the link goes. */
  readonly at: string;
  /** Within these times of day. */
  readonly from: string;
  readonly to: string;
}

/** When a link goes if its servers are shut now. */
const opens = ({ at, downloader, from, to }: OpeningFacts) =>
  `Sends ${moment(at)}: “${named(downloader)}” takes such links ${from}–${to}`;

/** A link's prompt, in English. */
export const prompt = {
  waiting: (at: string) => `⏳ Sends ${moment(at)}`,
  /** `at`: when it came before, if that is known. */
  again: (at: string | undefined) => `✅ Downloaded ${at === undefined ? "before" : moment(at)}. Again?`,
  opens: (facts: OpeningFacts) => `⏳ ${opens(facts)}`,
  goingOut: "⏳ Sending",
  retry: (attempts: number, why: Failure, at: string) =>
    `⚠️ Could not send it (${tries(attempts)}). ${failure(why)}. Next try: ${at}`,
  sending: "📤 Being sent to the server",
  uncertain: "📤 The server may have it already. I am asking it.",
  unmatched: "🕳 No server for this site yet. The link waits.",
  paused: "⏸ The server is paused. The link waits.",
  unreachable: (why: Failure | null) =>
    why === null
      ? "🔌 The server cannot be reached. The link will be sent as soon as it is back."
      : `🔌 ${failure(why)}. The link will be sent as soon as the server is back.`,
  failed: (attempts: number, why: Failure | null) =>
    `❌ Could not send it (${tries(attempts)})${why === null ? "" : `. ${failure(why)}`}`,
  removed: "🗑 Link removed",
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
    tonight: (clock: string) => `Tonight, ${clock}`,
    tomorrow: (clock: string) => `Tomorrow, ${clock}`,
    anyServer: "Any server",
    undo: "↩️ Undo",
    /** Answers to the question whether a link that came before is wanted again. */
    answer: { now: "🔁 Again", remove: "No" },
  },
  pressed: {
    waits: (at: string) => `Sends ${moment(at)}`,
    opens,
    undone: "Back in the queue",
  },
};

/** What is said about the links of a message that are not simply queued, in English. */
export const arrival = {
  duplicate: "This link is already in the queue, here it is",
  duplicates: "I already have these links:",
  inQueue: "already in the queue",
  beingDownloaded: (downloader: string) => `“${named(downloader)}” is already downloading it`,
  more: (n: number) => `and ${n} more ${form(n, "link", "links")}`,
};

const quoted = (names: readonly string[]) => names.map((name) => `“${named(name)}”`).join(", ");
const more = (rest: number) => (rest === 0 ? "" : ` and ${rest} more`);

/** What `/queue`, `/status`, `/links` and `/remove` say. */
export const lists = {
  queue: {
    empty: "The queue is empty. Send me a link!",
    title: (queued: number, downloads: number) => {
      const there = downloads === 0 ? [] : [`${queued === 0 ? links(downloads) : downloads} on the servers`];
      return [...(queued > 0 || downloads === 0 ? [`${links(queued)} in the queue`] : []), ...there].join(" · ");
    },
    page: (page: number, pages: number) => `page ${page} of ${pages}`,
    owners: ([first, ...others]: readonly string[]) =>
      first === undefined ? "👤 not sent through the bot" : `👤 ${first}${more(others.length)}`,
    /** `ahead`: how many links are ahead of it, if that is known. */
    status: (status: ShownStatus, ahead = 0) =>
      ({
        WORK: "⬇️ Downloading",
        SENDING: "🚚 Being moved to its folder",
        TO_SEND: "📦 Downloaded, waiting to be moved to its folder",
        MISSING: "❔ May be on its way to its folder; the server does not show it now",
        NEW: `🕐 Waiting on the server${ahead === 0 ? "" : `, ${links(ahead)} ahead of it`}`,
        UNKNOWN: "❔ On the server",
        DONE: "✅ Ready",
      })[status],
    failedThere: "❌ Could not be downloaded",
    at: (downloader: string) => `on “${named(downloader)}”`,
    silent: (names: readonly string[], rest: number) =>
      `No answer from ${quoted(names)}${more(rest)}: shown as it was last known.`,
    picking: (n: number) => `Quality of link ${n}:`,
    asking: "Asking the server…",
  },
  removal: (removal: Removal, downloader: string) =>
    ({
      removed: `🗑 Removed from “${named(downloader)}”`,
      released: `🗑 Removed for you. Others still want it, so “${named(downloader)}” continues`,
      goes_on: `🗑 Removed from the queue of “${named(downloader)}”, but it will finish what it has started: the file may still arrive`,
      being_sent: `📦 “${named(downloader)}” is already moving it to its folder; that cannot be stopped`,
      finished: `✅ “${named(downloader)}” has already finished it`,
      kept: `⚠️ “${named(downloader)}” did not remove it; it is still there`,
      silent: `⚠️ “${named(downloader)}” has not confirmed it yet. Please check again later`,
      not_yours: "You have no such link",
    })[removal],
  status: {
    title: (waiting: number) => (waiting === 0 ? "Servers" : `Servers · ${links(waiting)} in the queue`),
    none: "No server has registered yet. Links wait for the first one.",
    online: "online",
    unusable: (problem: Unusable) => `answers, but ${unusable[problem]}`,
    /** By how long ago it answered. */
    offline: (ms: number) =>
      ms < 60_000 ? "has just stopped answering" : `does not answer, last seen ${amounts.ago(ms)}`,
    neverSeen: "has never answered",
    paused: "paused: gets no new links",
    telegram: "Reaching Telegram:",
    /** About a way to Telegram, as are `offline` and `neverSeen`. */
    works: "works",
    untried: "not needed yet",
    refused: "does not accept the bot’s token",
    progress: (percentage: number, of: { current: number; total: number }) =>
      `${Math.floor(percentage)} %${of.current > 0 || of.total > 0 ? ` · ${amounts.sizes(of.current, of.total)}` : ""}`,
    onlyOthers: (n: number) => `${counted(n, "download", "downloads")} for other chats`,
    waiting: (count: BoundedCount) => `waiting to be sent here: ${count.links}${count.more ? " or more" : ""}`,
  },
  links: {
    none: "No links in progress.",
    more: (n: number) => `and ${links(n)} more`,
  },
  remove: {
    tooMany: (most: number) => `I can remove at most ${links(most)} at a time.`,
    queued: "🗑 Link removed from the queue",
    beingSent: "📤 It is being sent to the server right now. Try again in a minute",
    unknown: "You have no such link",
  },
  button: {
    quality: (quality: string) => `🎞 ${quality}`,
    refresh: "🔄 Refresh",
  },
};
