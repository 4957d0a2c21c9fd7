import type { AdminAlert, BoundedCount, DatabaseTrouble, DownloaderLoad } from "../../../domain/admin-alert.ts";
import type { Address } from "../../../domain/downloader.ts";
import type { Presence } from "../../../domain/presence.ts";
import type { GrantedRole } from "../../../domain/role.ts";
import { named } from "../../../domain/text.ts";
import { createPlural, listed } from "../plural.ts";
import { links, unusable } from "./links.ts";

const { form, counted } = createPlural("en");
const atLeast = ({ links: n, more }: BoundedCount) => (more ? `more than ${links(n)}` : links(n));
const at = ({ host, port }: Address) => `${host}:${port}`;
const names = (all: readonly string[]) => listed(all.map(named), (n) => `and ${n} more`);
const role: Readonly<Record<GrantedRole, string>> = { admin: "admin", user: "user", guest: "guest" };

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const stay = (ms: number) =>
  ms % (24 * HOUR_MS) === 0
    ? counted(ms / 24 / HOUR_MS, "day", "days")
    : counted(Math.round(ms / HOUR_MS), "hour", "hours");
const minutes = (ms: number) => counted(Math.ceil(ms / MINUTE_MS), "minute", "minutes");
const queued = (n: number | undefined) =>
  n === undefined ? "The queue cannot be read." : `In the queue: ${links(n)}.`;

const trouble: Readonly<Record<DatabaseTrouble, string>> = {
  full: "its disk is full. I hand links over at once meanwhile. Make room there: the rest goes by itself",
  locked:
    "another program keeps it locked. I hand links over at once meanwhile. Let that program go, and the rest goes by itself",
  unwritable: "it cannot be read or written; the log says more. I hand links over at once meanwhile",
  damaged: "it is damaged. I hand links over at once where I must. Restart me: I then take the latest good backup",
};

function load({ running, waiting }: DownloaderLoad): string {
  const parts = [
    ...(running > 0 ? [`${links(running)} ${form(running, "is", "are")} in work there`] : []),
    ...(waiting.links > 0 ? [`${atLeast(waiting)} ${form(waiting.links, "waits", "wait")} for it`] : []),
  ];
  return parts.length === 0 ? "" : ` ${parts.join(", ")}.`;
}

/** What admins read, in English. */
export const admin = {
  role,
  presence(presence: Presence): string {
    if (presence.kind === "stopped")
      return `🔴 The bot has stopped. ${queued(presence.queued)} It goes on when it is back.`;
    const { downloaders, silent, version } = presence;
    const fleet = downloaders.length === 0 ? "No server yet." : `Servers: ${names(downloaders)}.`;
    const away = silent.length === 0 ? "" : ` Silent: ${names(silent)}.`;
    return `🟢 The bot is up, version ${version}. ${queued(presence.queued)} ${fleet}${away}`;
  },
  alert(alert: AdminAlert): string {
    switch (alert.kind) {
      case "repaired":
        return alert.hasBackup
          ? "🧯 The database was damaged. I moved it aside and took the latest backup: links that came after that are only in the damaged file. Downloaders, access and settings are as they were, where the copy of them beside it (.known) was there. The log names both."
          : "🧯 The database was damaged, and there was no backup. I moved it aside and began an empty one: links that waited are in the damaged file, which the log names. Downloaders, access and settings are as they were, where the copy of them beside it (.known) was there.";
      case "no_database":
        return "🧯 The database cannot be used: it is locked, or its disk is full or cannot be written. I go on without it and hand links over at once; the log says more.";
      case "database_failing":
        return `🧯 The database cannot be used: ${trouble[alert.because]}.`;
      case "newer_database":
        return "🧯 The database was written by a newer version of me, so I cannot use it. I go on without it and hand links over at once. Install that version again, or restore a backup made by this one.";
      case "database_deleted":
        return alert.isRewritten
          ? "🧯 The file of the database was deleted or replaced while I was running. I have written all that I know into a new one, and moved aside what lay there. Who did that?"
          : "🧯 The file of the database was deleted while I was running, and I cannot write a new one. I go on, but what waits is lost when I stop: make room or give me the right to write there.";
      case "database_back":
        return "💾 The database can be used again. What came meanwhile is in it now.";
      case "silent":
        return `🔇 “${named(alert.downloader.name)}” does not answer.${load(alert.downloader)}`;
      case "back":
        return `🔊 “${named(alert.downloader.name)}” is back.${load(alert.downloader)}`;
      case "unusable":
        return `⛔ “${named(alert.name)}” answers, but ${unusable[alert.problem]}. Links go to others, if there are any.`;
      case "usable":
        return `✅ “${named(alert.name)}” takes links from me again.`;
      case "all_silent":
        return `📡 Hardly any downloader answers (${names(alert.downloaders)}): it may be our own network.`;
      case "joined":
        return `➕ New downloader “${named(alert.name)}” at ${at(alert.at)}, for ${names(alert.roots)}`;
      case "moved":
        return `📍 “${named(alert.name)}” registered from a new address: ${at(alert.from)} → ${at(alert.to)}`;
      case "rerooted":
        return `🧭 “${named(alert.name)}” takes other links now: ${names(alert.to)}. Before: ${names(alert.from)}`;
      case "full":
        return `🈵 “${named(alert.name)}” at ${at(alert.at)} wanted to register, but ${alert.most} downloaders are registered already. Remove some in /servers.`;
      case "crowded":
        return "🚧 More connections of downloaders than I can hold: I hang up on new ones, and some may not be able to register. The log says from where they come.";
      case "lookalike":
        return `🎭 A downloader at ${at(alert.at)} calls itself “${named(alert.name)}”, which looks like “${named(alert.like)}”, so I refused it. If it is yours, give it another name.`;
      case "came_in":
        return `👋 ${named(alert.name)} (${alert.id}) used an invite and is in: ${role[alert.role]}`;
      case "conflict":
        return "⚠️ Another instance of this bot takes its messages. I go on sending; stop the other one, or give it its own token.";
      case "flooded":
        return `⏳ Telegram gives me no messages for ${minutes(alert.waitMs)}. What is written meanwhile arrives then; links in the queue are sent on time.`;
      case "poison":
        return "⚠️ One message made me crash several times, so I skipped it. The log names it.";
    }
  },
  alarm: {
    ok: "OK",
    pressed: "OK",
    read: (line: string) => `✔️ ${line}`,
  },
  moreAlerts: (n: number) => `… and ${n} more`,
  stranger: {
    asks: (name: string, id: number) =>
      id < 0
        ? `🚪 The group “${named(name)}” (${id}) wants to use the bot.`
        : `🚪 ${named(name)} (${id}) wants to use the bot.`,
    letIn: (name: string, id: number, by: string) => `✅ ${named(name)} (${id}) is in, thanks to ${named(by)}.`,
    guest: (name: string, id: number, by: string, until: string) =>
      `🕐 ${named(name)} (${id}) is a guest until ${until}, thanks to ${named(by)}.`,
    refused: (name: string, id: number, by: string) =>
      `🚫 ${named(name)} (${id}): ${named(by)} said no. I do not ask again for a month.`,
    button: { in: "✅ Let in", day: "🕐 Guest for a day", no: "🚫 No" },
    decided: "Decided already",
  },
  /** To the person whom it is about. */
  you: {
    badInvite: "This invite does not work: it was used already, or it is too old. Ask for a new one.",
  },
  users: {
    title: (n: number) => `${counted(n, "person or group is", "people and groups are")} let in`,
    fromConfig: "from the config",
    since: (when: string, by: string) => `since ${when}, by ${named(by)}`,
    until: (when: string) => `until ${when}`,
    fixed: "It stands in the config, so only the config can change it.",
    gone: "Not let in any more",
    button: { day: "🕐 +1 day" },
  },
  invite: {
    usage: "Write /invite for somebody who stays, or /invite 3d for a guest of three days (also 12h, 2d …).",
    user: (link: string) => `Whoever opens this link first, within a day, is let in:\n${link}`,
    guest: (link: string, ms: number) =>
      `Whoever opens this link first, within a day, is a guest for ${stay(ms)}:\n${link}`,
  },
  servers: {
    none: "No downloader has registered yet.",
    title: (n: number) => counted(n, "downloader", "downloaders"),
    numbers: (running: number, waiting: BoundedCount) =>
      `in work: ${running} · waiting: ${waiting.links}${waiting.more ? "+" : ""}`,
    seen: (when: string) => `seen ${when}`,
    neverSeen: "never seen",
    roots: (roots: string) => `takes ${roots}`,
    failures: (n: number) => `${counted(n, "failure", "failures")} in a row`,
    problem: unusable,
    unreachable: "cannot be reached",
    failing: "answers links with errors",
    paused: "paused: gets no new links",
    registered: (when: string) => `registered ${when}`,
    answered: (ms: number) => `🏓 answered in ${ms} ms`,
    silent: "🏓 did not answer",
    asking: "Asking…",
    sure: (name: string) =>
      `Remove “${named(name)}”? It comes back when it registers again. What it has in work goes on there.`,
    gone: "This downloader is gone",
    done: { paused: "Paused", resumed: "It gets links again", removed: "Removed" },
    button: { pause: "⏸ Pause", resume: "▶️ Resume", ping: "🏓 Ping", remove: "🗑 Remove", sure: "🗑 Yes, remove" },
  },
  clean: {
    sure: (n: number) =>
      `Make ${counted(n, "downloader", "downloaders")} forget what is done? Downloads in work go on.`,
    working: "🧹 Cleaning…",
    title: "🧹 History cleaned:",
    cleaned: (name: string) => `✅ ${named(name)}`,
    silent: (name: string) => `❌ ${named(name)} cannot be reached`,
    cancelled: "Nothing was cleaned.",
    button: { yes: "🧹 Yes, clean", no: "No" },
  },
  where: {
    order: "Would be tried in this order, which is drawn anew each time:",
    nobody: "No downloader takes such links.",
    route: (match: string, to: readonly string[]) => `The route ${match} names ${names(to)}; roots do not count here.`,
    byRoot: (root: string) => `by ${root}`,
    byRoute: "by the route",
    paused: "paused",
    unreachable: "cannot be reached",
    failing: "answers links with errors",
    has: (name: string, when: string) => `📥 “${named(name)}” has it since ${when}.`,
    had: (name: string, when: string) => `✅ “${named(name)}” took it ${when}; that is over.`,
    queued: (chat: string, state: string) => `📋 ${named(chat)}: ${state}`,
    more: (n: number) => `… and ${n} more`,
  },
  tooManyOpen: (open: number, most: number) =>
    `You have ${links(open)} in the queue, and ${most} are the most. None of these was queued: please send them when some have gone.`,
  button: { back: "‹ Back" },
};
