import type { AdminAlert, BoundedCount, DatabaseTrouble, DownloaderLoad } from "../../../domain/admin-alert.ts";
import { spellAddress } from "../../../domain/downloader.ts";
import type { Presence } from "../../../domain/presence.ts";
import type { GrantedRole } from "../../../domain/role.ts";
import { named } from "../../../domain/text.ts";
import { createPlural, listed } from "../plural.ts";
import { links, unusable } from "./links.ts";

const { counted, form } = createPlural("en");
const atLeast = ({ links: n, more }: BoundedCount) => (more ? `more than ${links(n)}` : links(n));
const names = (all: readonly string[]) => listed(all, (n) => `and ${n} more`);
const role: Readonly<Record<GrantedRole, string>> = { admin: "admin", user: "user", guest: "guest" };

const capitalized = (text: string) => text.replace(/^./, (first) => first.toUpperCase());

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
  full: "its disk is full. Until that is solved I send links on at once. Free some space, and I will do the rest",
  locked:
    "another program has locked it. Until that is solved I send links on at once. Stop that program, and I will do the rest",
  unwritable: "it cannot be read or written; the log says more. Until that is solved I send links on at once",
  damaged:
    "it is damaged. Links that cannot be saved are sent on at once. Restart me, and I will restore the latest good backup",
};

const notBackedUp = {
  damaged:
    "The database is damaged, so I do not back it up any more. Restart me soon: I will restore the latest good backup, and what came after it stays only in the damaged file.",
  full: "The database has not been backed up for a day: there is no room for a copy. Free some space, and I will do the rest.",
  other: "The database has not been backed up for a day. The log says why.",
};

function load({ running, waiting }: DownloaderLoad): string {
  const parts = [
    ...(running > 0 ? [`in progress there: ${links(running)}`] : []),
    ...(waiting.links > 0 ? [`waiting to be sent there: ${atLeast(waiting)}`] : []),
  ];
  return parts.length === 0 ? "" : ` ${capitalized(parts.join(", "))}.`;
}

/** What admins read, in English. */
export const admin = {
  role,
  presence(presence: Presence): string {
    if (presence.kind === "stopped")
      return `🔴 The bot has stopped. ${queued(presence.queued)} It continues when it is started again.`;
    const { downloaders, silent, version } = presence;
    const fleet = downloaders.length === 0 ? "No server yet." : `Servers: ${names(downloaders)}.`;
    const away = silent.length === 0 ? "" : ` Not answering: ${names(silent)}.`;
    return `🟢 The bot is up, version ${version}. ${queued(presence.queued)} ${fleet}${away}`;
  },
  /** About links or commands in a group that were not answered, from somebody who is not known. */
  muted: (group: string) =>
    `I may neither write nor react in the group ${named(group)}. I take the links that are sent there all the same, but nobody there can see that. An admin of the group can let me write.`,
  alert(alert: AdminAlert): string {
    switch (alert.kind) {
      case "repaired":
        return alert.hasBackup
          ? "🧯 The database was damaged. I moved it aside and restored the latest backup: links that came after it are only in the damaged file. Servers, access and settings are as before, if their copy (.known) was next to it. The log names both."
          : "🧯 The database was damaged, and there was no backup. I moved it aside and started an empty one: the links that were waiting are in the damaged file, which the log names. Servers, access and settings are as before, if their copy (.known) was next to it.";
      case "no_database":
        return "🧯 The database cannot be used: it is locked, or its disk is full or cannot be written. I work without it and send links on at once; the log says more.";
      case "database_failing":
        return `🧯 The database cannot be used: ${trouble[alert.because]}.`;
      case "newer_database":
        return "🧯 The database was written by a newer version of me, so I cannot use it. I work without it and send links on at once. Install that version again, or restore a backup made by this one.";
      case "database_deleted":
        return alert.isRewritten
          ? "🧯 The file of the database was deleted or replaced while I was running. I have written everything I know to a new one, and moved aside the file that was in its place. Please find out who did that."
          : "🧯 The file of the database was deleted while I was running, and I cannot write a new one. I keep working, but the queue is lost when I stop: free some space or allow me to write to that folder.";
      case "not_backed_up":
        return `🧯 ${notBackedUp[alert.because]}`;
      case "database_back":
        return "💾 The database can be used again. Everything that came in the meantime is in it now.";
      case "silent":
        return `🔇 “${named(alert.downloader.name)}” does not answer.${load(alert.downloader)}`;
      case "back":
        return `🔊 “${named(alert.downloader.name)}” is back.${load(alert.downloader)}`;
      case "unusable":
        return `⛔ “${named(alert.name)}” answers, but ${unusable[alert.problem]}. Links go to other servers, if there are any.`;
      case "usable":
        return `✅ “${named(alert.name)}” accepts links from me again.`;
      case "all_silent":
        return `📡 Almost no server answers (${names(alert.downloaders)}). It may be the bot’s own network.`;
      case "joined":
        return `➕ New server “${named(alert.name)}” at ${spellAddress(alert.at)}, for ${names(alert.roots)}`;
      case "same_address":
        return `👥 “${named(alert.name)}” is new, and at the same address as ${names(alert.others)}: ${spellAddress(alert.at)}. If it is the same server under a new name, remove the old one: /servers, its number, “🗑 Remove”. Until then links for either go there.`;
      case "moved":
        return `📍 “${named(alert.name)}” has a new address: ${spellAddress(alert.from)} → ${spellAddress(alert.to)}`;
      case "rerooted":
        return `🧭 “${named(alert.name)}” now takes different links: ${names(alert.to)}. Before: ${names(alert.from)}`;
      case "full":
        return `🈵 “${named(alert.name)}” at ${spellAddress(alert.at)} could not register: there are ${alert.most} servers already. Remove some in /servers.`;
      case "crowded":
        return "🚧 Too many connections from servers: I close new ones, so some servers may not be able to register. The log says where they come from.";
      case "lookalike":
        return `🎭 A server at ${spellAddress(alert.at)} calls itself “${named(alert.name)}”, which looks like “${named(alert.like)}”, so I refused it. If it is yours, give it another name.`;
      case "came_in":
        return `👋 ${named(alert.name)} (${alert.id}) now has access through an invite, as: ${role[alert.role]}`;
      case "paired":
        return `🔑 ${named(alert.name)} (${alert.id}) is now an admin, with a one-time code from the machine that I run on. If you do not know about this, remove their access in /users.`;
      case "conflict":
        return "⚠️ Another copy of this bot receives its messages. Stop it, or give it its own token; I can still send.";
      case "flooded":
        return `⏳ Telegram delivers no messages to me for ${minutes(alert.waitMs)}. What is written meanwhile arrives afterwards; links in the queue are sent on time.`;
      case "poison":
        return "⚠️ One message crashed me several times, so I skipped it. The log says which.";
    }
  },
  alarm: {
    ok: "OK",
    pressed: "OK",
    read: (line: string) => `✔️ ${line}`,
  },
  stranger: {
    asks: (name: string, id: number) =>
      id < 0 ? `🚪 A group asks for access: ${named(name)} (${id})` : `🚪 ${named(name)} (${id}) asks for access.`,
    letIn: (name: string, id: number, by: string) => `✅ ${named(name)} (${id}): access given by ${named(by)}.`,
    guest: (name: string, id: number, by: string, until: string) =>
      `🕐 ${named(name)} (${id}): guest until ${until}, by ${named(by)}.`,
    refused: (name: string, id: number, by: string) =>
      `🚫 ${named(name)} (${id}): refused by ${named(by)}. I will not ask again for a month.`,
    button: { in: "✅ Let in", day: "🕐 Guest for a day", no: "🚫 No" },
    decided: "Already decided",
  },
  /** To the person concerned. */
  you: {
    badInvite: "This invite does not work: it has been used, or it is too old. Ask for a new one.",
  },
  users: {
    title: (n: number) => `${counted(n, "person or group has", "people and groups have")} access`,
    fromConfig: "from the config file",
    since: (when: string, by: string) => `since ${when}, by ${named(by)}`,
    paired: (when: string) => `since ${when}, with a one-time code`,
    until: (when: string) => `until ${when}`,
    fixed: "Set in the config file; it can only be changed there.",
    gone: "No longer has access",
    button: { day: "Guest: one more day" },
  },
  invite: {
    usage: "Send /invite to give permanent access, or /invite 3d for guest access for three days (12h, 2d … work too).",
    user: (link: string) => `The first person to open this link gets access. It works for one day.\n${link}`,
    guest: (link: string, ms: number) =>
      `The first person to open this link is a guest for ${stay(ms)}. It works for one day.\n${link}`,
  },
  servers: {
    none: "No server has registered yet.",
    title: (n: number) => counted(n, "server", "servers"),
    numbers: (running: number, waiting: BoundedCount) =>
      `in progress: ${running} · waiting to be sent: ${waiting.links}${waiting.more ? "+" : ""}`,
    seen: (when: string) => `last answer: ${when}`,
    neverSeen: "has never answered",
    roots: (roots: string) => `takes ${roots}`,
    failures: (n: number) => `${counted(n, "failure", "failures")} in a row`,
    problem: unusable,
    unreachable: "cannot be reached",
    failing: "answers links with errors",
    paused: "paused: gets no new links",
    registered: (when: string) => `registered ${when}`,
    unregistered: (when: string) =>
      `joined ${when}, not registered yet\nStart it on its machine; its log says why it does not register. If the machine is not yours, remove it here.`,
    answered: (ms: number) => `🏓 answered in ${ms} ms`,
    silent: "🏓 did not answer",
    asking: "Asking…",
    sure: (name: string, hasJoined: boolean) =>
      `Remove “${named(name)}”? ${hasJoined ? "It has joined with a code, and needs a new one to come back." : "It comes back when it registers again."} Downloads in progress there continue.`,
    gone: "This server is gone",
    done: { paused: "Paused", resumed: "It gets links again", removed: "Server removed" },
    button: { pause: "⏸ Pause", resume: "▶️ Resume", ping: "🏓 Ping", remove: "🗑 Remove", sure: "🗑 Yes, remove" },
  },
  clean: {
    sure: (n: number) =>
      `Clear the history of ${counted(n, "server", "servers")}? ${form(n, "It forgets what it has", "They forget what they have")} downloaded; downloads in progress continue.`,
    working: "🧹 Clearing the history…",
    title: "🧹 History cleared:",
    cleaned: (name: string) => `✅ ${named(name)}`,
    silent: (name: string) => `❌ ${named(name)} cannot be reached`,
    cancelled: "The history was not touched.",
    button: { yes: "🧹 Yes, clear", no: "No" },
  },
  where: {
    order: "Would be tried in this order (order is random):",
    nobody: "No server for this site.",
    route: (match: string, to: readonly string[]) =>
      `By the route ${match}: ${names(to)}; what servers say they take does not count here.`,
    byRoot: (root: string) => `takes ${root}`,
    byRoute: "by the route",
    paused: "paused",
    shut: (from: string, to: string) => `not now: takes such links ${from}–${to}`,
    unreachable: "cannot be reached",
    failing: "answers links with errors",
    has: (name: string, when: string) => `📥 On “${named(name)}” since ${when}.`,
    had: (name: string, when: string) => `✅ “${named(name)}” took it ${when}; downloaded.`,
    queued: (chat: string, state: string) => `📋 ${named(chat)}: ${state}`,
  },
  tooManyOpen: (open: number, most: number) =>
    `At most ${links(most)} at a time in the queue; you have ${open}. Nothing was added: please send these later.`,
};
