import type { Count } from "../../../domain/admin-alert.ts";
import type { DownloadStatus } from "../../../domain/downloader.ts";
import type { Removal } from "../../../service/fleet/removal.ts";
import { named } from "../name.ts";

const rules = new Intl.PluralRules("en");
const relative = new Intl.RelativeTimeFormat("en");
const size = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const links = (n: number) => `${n} ${rules.select(n) === "one" ? "link" : "links"}`;
const quoted = (names: readonly string[]) => names.map((name) => `“${named(name)}”`).join(", ");
const more = (rest: number) => (rest === 0 ? "" : ` and ${rest} more`);

/** MiB in words; from 1 GiB on in GiB. */
const sizes = (current: number, total: number): string => {
  const [unit, name] = Math.max(current, total) < 1024 ? [1, "MiB"] : [1024, "GiB"];
  const of = total > 0 ? ` of ${size.format(total / unit)}` : "";
  return `${size.format(current / unit)}${of} ${name}`;
};

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
    status: (status: DownloadStatus) =>
      ({
        WORK: "⬇️ Downloading",
        SENDING: "🚚 Going to its folder",
        TO_SEND: "📦 Downloaded, waits to go to its folder",
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
      kept: `⚠️ “${named(downloader)}” is nearly done with it and kept it`,
      silent: `⚠️ “${named(downloader)}” has not confirmed it; look again in a while`,
      not_yours: "There is no such link among yours",
    })[removal],
  status: {
    title: (waiting: number) => (waiting === 0 ? "Downloaders" : `Downloaders · ${links(waiting)} in the queue`),
    none: "No downloader has registered yet. Links wait until one does.",
    online: "online",
    offline: (seen: string) => `does not answer, last seen ${seen}`,
    neverSeen: "does not answer, never seen",
    paused: "paused: gets no new links",
    telegram: "Reaching Telegram:",
    refused: "does not know the bot’s token",
    progress: (percentage: number, of: { current: number; total: number }) =>
      `${Math.floor(percentage)} %${of.current > 0 || of.total > 0 ? ` · ${sizes(of.current, of.total)}` : ""}`,
    idle: "Nothing is running",
    moreRunning: (n: number) => `and ${n} more`,
    others: (n: number) => `and ${n} of other chats`,
    onlyOthers: (n: number) => `${n} ${rules.select(n) === "one" ? "download" : "downloads"} of other chats`,
    waiting: (count: Count) =>
      `${links(count.links)}${count.more ? " or more" : ""} ${count.links === 1 ? "waits" : "wait"} for it`,
    ago: (ms: number) => {
      const minutes = Math.floor(ms / 60_000);
      if (minutes < 1) return "just now";
      if (minutes < 60) return relative.format(-minutes, "minute");
      const hours = Math.floor(minutes / 60);
      return hours < 48 ? relative.format(-hours, "hour") : relative.format(-Math.floor(hours / 24), "day");
    },
  },
  links: {
    none: "No links are in work.",
    more: (n: number) => `and ${links(n)} more`,
  },
  remove: {
    usage:
      "Write /remove and the link, or answer a message that has it with /remove. The queue has buttons for it too:",
    tooMany: (most: number) => `I take at most ${links(most)} at a time.`,
    queued: "🗑 Removed from the queue",
    beingSent: "📤 It is being handed over right now; try again in a minute",
    done: (downloader: string) => `✅ “${named(downloader)}” has finished it already`,
    unknown: "There is no such link among yours",
  },
  button: {
    quality: (quality: string) => `🎞 ${quality}`,
    back: "‹ Back",
    refresh: "🔄 Refresh",
  },
};
