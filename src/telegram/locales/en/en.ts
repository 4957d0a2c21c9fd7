import type { Language, NoticeStyle } from "../../../domain/chat.ts";
import type { Quality } from "../../../domain/quality.ts";
import type { QuietHours } from "../../../domain/quiet-hours.ts";
import { named } from "../../../domain/text.ts";
import type { LinkProblem } from "../../../domain/url.ts";
import { createDuration, quietHours, zoneName } from "../amounts.ts";
import { admin } from "./admin.ts";
import { done } from "./history.ts";
import { linkFile } from "./link-file.ts";
import { arrival, links, lists, prompt, quality } from "./links.ts";
import { news } from "./news.ts";
import { panels } from "./panels.ts";
import { people } from "./people.ts";
import { queue } from "./queue.ts";
import { work } from "./work.ts";
import { zones } from "./zones.ts";

const NAMES: Readonly<Record<Language, string>> = { en: "English", ru: "Русский" };

/** `/settings`, in English. */
const settings = {
  title: "Settings of this chat",
  quality: (value: Quality) => `Default quality: ${quality(value)}`,
  folder: (name: string) => `Default folder: ${name}`,
  language: (chosen: Language | null, used: Language) =>
    `Language: ${chosen === null ? `automatic (${NAMES[used]})` : NAMES[chosen]}`,
  /** `null`: as the config says, which is then `duration`; 0: never. */
  lifetime: (ms: number | null, duration: string) =>
    `My messages and your commands disappear: ${ms === null ? `after ${duration} (as the owner chose)` : ms === 0 ? "never" : `after ${duration}`}`,
  notices: (style: NoticeStyle) =>
    `When a file is ready: ${{ message: "a message", reaction: "a reaction to your message", off: "nothing" }[style]}`,
  /** `null`: none. */
  quiet: (hours: QuietHours | null) =>
    hours === null ? "Quiet hours: none" : `Quiet hours, without a sound: ${quietHours(hours)}`,
  zone: ({ zone, isOwn, clock }: { zone: string; isOwn: boolean; clock: string }) =>
    `Time zone: ${zoneName(zone)}${isOwn ? "" : " (as the owner chose)"}, ${clock} now`,
  zones,
  unknownZone: "I do not know this time zone. Nothing was changed. For example: Europe/Berlin, New York, UTC+3.",
  onlyAdmins: "Only the admins of this group can change its settings.",
  button: {
    automatic: "🌐 Auto",
    usual: "🧹 As the owner chose",
    never: "🧹 Never",
    after: (duration: string) => `🧹 After ${duration}`,
    notices: { message: "🔔 Message", reaction: "👌 Reaction", off: "🔕 Nothing" },
    loud: "🌙 No quiet hours",
    quiet: (hours: QuietHours) => `🌙 Quiet ${quietHours(hours)}`,
    zone: "🕑 Time zone",
    usualZone: "As the owner chose",
    otherZone: "Another time zone",
  },
};

/** Everything a person reads in the chat, in English; `ru` says the same. Arguments that end in `at` are texts already. */
export const en = {
  news,
  work,
  queue,
  done,
  quality,
  /** Bot API: privacy mode; @BotFather calls it Group Privacy. */
  hearsLittle:
    "In this group I see only messages that mention me or reply to mine. To let me see every link, turn off Group Privacy for me at @BotFather and add me to the group again, or make me an admin here.",
  /** `delay` is undefined if there is none. */
  welcome: ({ delay }: { delay: string | undefined }) =>
    delay === undefined
      ? "Send me links, one or many in a message. I keep them in a queue and send each one at once to a server that downloads it."
      : `Send me links, one or many in a message. I keep them in a queue and send each one after ${delay} to a server that downloads it; until then you can choose quality and time with the buttons under it.`,
  help: "Commands:",
  commands: {
    start: "how it works",
    help: "all commands",
    queue: "your links: waiting and in progress",
    done: "what was downloaded: /done WORD",
    status: "what is being downloaded, and on which servers",
    links: "the links in progress, as a list",
    remove: "remove a link: /remove LINK",
    settings: "quality, language and other choices of this chat",
    servers: "the servers: pause, ping, remove",
    users: "who has access",
    invite: "an invitation link: /invite 3d",
    clean: "clear the servers' history",
    where: "who takes a link: /where LINK",
  },
  duration: createDuration({ seconds: "s", minutes: "min", hours: "h" }),
  tooManyLinks: (found: number, most: number) =>
    `At most ${links(most)} at a time; you sent ${found}. Nothing was added: please send them in parts.`,
  refusedLinks: "Not added to the queue:",
  problem: (problem: LinkProblem) =>
    ({
      not_http: "it must be an http or https link",
      magnet: "no server here takes magnet links",
      credentials: "the link contains a login or password",
      private_address: "the link leads to a local network",
      too_long: "the link is too long",
      malformed: "this does not look like a link",
    })[problem],
  arrival,
  linkFile,
  sentDirectly: (link: string, downloader: string) =>
    `The queue cannot be saved now, so I sent the link to “${named(downloader)}” at once: ${link}`,
  lost: (link: string, maybe: string | undefined) =>
    maybe === undefined
      ? `The queue cannot be saved now, and no server took the link. It is not saved; please send it again later: ${link}`
      : `The queue cannot be saved now. “${named(maybe)}” may have taken the link but does not answer; please check later: ${link}`,
  kept: (link: string, maybe: string | undefined) =>
    maybe === undefined
      ? `The queue cannot be saved now, and no server took the link. I have noted it and will send it as soon as the queue works: ${link}`
      : `The queue cannot be saved now. “${named(maybe)}” may have taken the link but does not answer. I have noted it and will ask again as soon as the queue works: ${link}`,
  notStored: (link: string, maybe: string | undefined) =>
    maybe === undefined
      ? `I noted this link but cannot add it to the queue. Please send it again: ${link}`
      : `I noted this link but cannot add it to the queue. “${named(maybe)}” may already have it; please check there before you send it again: ${link}`,
  handingOver:
    "The queue cannot be saved now, so I send your links on at once. If you hear nothing about one within a minute, please send it again.",
  storeTrouble: "The queue cannot be used now. Nothing has changed; please try again later.",
  /** The last line of a list that is too long to be shown. */
  more: (n: number) => `and ${n} more`,
  trouble: "Something went wrong in the bot itself; its log says what. Please check /queue and try again.",
  prompt,
  panels,
  button: {
    now: "▶️ Now",
    remove: "🗑 Remove",
    retry: "🔁 Retry",
    first: "« First page",
    previous: "‹ Previous page",
    next: "Next page ›",
    last: "Last page »",
    /** Not on a prompt, where it is `panels.button.back`. */
    back: "‹ Back",
    all: "All chats",
    own: "Only mine",
    queue: "📋 Queue",
    status: "📊 Status",
    settings: "⚙️ Settings",
    help: "❔ Help",
  },
  pressed: {
    changed: "Saved",
    now: "Sending it",
    /** For a link that no server takes. */
    waits: "It will be sent as soon as a server takes it",
    removed: "Link removed",
    beingSent: "Already being sent",
    sent: (downloader: string) => `Already sent to “${named(downloader)}”`,
    notYours: "You have no such link",
    outdated: "This button is outdated",
    noAccess: "You have no access",
  },
  lists,
  admin,
  people,
  settings,
};

/** The shape that every language fills in. */
export type Texts = typeof en;
