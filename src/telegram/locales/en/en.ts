import type { Language, NoticeStyle } from "../../../domain/chat.ts";
import type { Quality } from "../../../domain/quality.ts";
import type { QuietHours } from "../../../domain/quiet-hours.ts";
import { named } from "../../../domain/text.ts";
import type { LinkProblem } from "../../../domain/url.ts";
import { quietHours } from "../amounts.ts";
import { admin } from "./admin.ts";
import { done } from "./history.ts";
import { linkFile } from "./link-file.ts";
import { arrival, links, lists, prompt, quality } from "./links.ts";
import { news } from "./news.ts";
import { panels } from "./panels.ts";
import { people } from "./people.ts";
import { work } from "./work.ts";

const NAMES: Readonly<Record<Language, string>> = { en: "English", ru: "Русский" };

/** `/settings`, in English. */
const settings = {
  title: "Settings of this chat",
  quality: (value: Quality) => `Default quality: ${quality(value)}`,
  folder: (name: string) => `Default folder: ${name}`,
  language: (chosen: Language | null, used: Language) =>
    `Language: ${chosen === null ? `automatic (${NAMES[used]})` : NAMES[chosen]}`,
  /** `null` as usual, 0: never. */
  lifetime: (ms: number | null, duration: string) =>
    `My messages and your commands disappear: ${ms === null ? "as usual" : ms === 0 ? "never" : `after ${duration}`}`,
  notices: (style: NoticeStyle) =>
    `About a file that is ready: ${{ message: "a message", reaction: "a reaction on your message", off: "nothing" }[style]}`,
  /** `null`: none. */
  quiet: (hours: QuietHours | null) =>
    hours === null ? "Quiet hours: none" : `Quiet hours, without a sound: ${quietHours(hours)}`,
  onlyAdmins: "Only the admins of this group can change its settings.",
  button: {
    automatic: "🌐 Auto",
    usual: "🧹 As usual",
    never: "🧹 Never",
    after: (duration: string) => `🧹 ${duration}`,
    notices: { message: "🔔 Message", reaction: "👌 Reaction", off: "🔕 Nothing" },
    loud: "🌙 No quiet hours",
    quiet: (hours: QuietHours) => `🌙 ${quietHours(hours)}`,
  },
};

/** Everything a person reads in the chat, in English; `ru` says the same. Arguments that end in `at` are texts already. */
export const en = {
  news,
  work,
  done,
  quality,
  /** `delay` is undefined where there is none. */
  welcome: ({ delay }: { delay: string | undefined }) =>
    delay === undefined
      ? "Send me links, one or many in a message. I keep them in a queue and hand each one to a downloader at once."
      : `Send me links, one or many in a message. I keep them in a queue and hand each one to a downloader after ${delay}; until then you can choose the quality or the time with the buttons under it.`,
  help: "What I understand:",
  commands: {
    start: "how it works",
    help: "all commands",
    queue: "your links, waiting and at work",
    done: "what came: /done WORD",
    status: "the downloaders and what they do",
    links: "the links in work, to copy",
    remove: "take a link out: /remove LINK",
    settings: "quality, language and other choices of this chat",
    servers: "the downloaders: pause, ping, remove",
    users: "who is let in",
    invite: "a link that lets somebody in: /invite 3d",
    clean: "clean the downloaders' history",
    where: "who takes a link: /where LINK",
  },
  duration: (ms: number) => {
    const seconds = Math.round(ms / 1000);
    if (seconds < 90 && seconds !== 60) return `${seconds} s`;
    const minutes = Math.round(seconds / 60);
    return minutes < 90 && minutes !== 60 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  },
  tooManyLinks: (found: number, most: number) =>
    `That is ${links(found)}; I take at most ${most} in one message. None was queued: please send them in parts.`,
  refusedLinks: "Not queued:",
  problem: (problem: LinkProblem) =>
    ({
      not_http: "only http and https links can be downloaded",
      magnet: "magnet links are not taken, only http and https",
      credentials: "it carries a name or password",
      private_address: "it leads into a private network",
      too_long: "it is too long",
      malformed: "it is not a proper link",
    })[problem],
  arrival,
  linkFile,
  sentDirectly: (link: string, downloader: string) =>
    `The queue cannot be written now, so I handed the link to “${named(downloader)}” at once: ${link}`,
  lost: (link: string, maybe: string | undefined) =>
    maybe === undefined
      ? `The queue cannot be written now, and no downloader took the link. It is not saved; please send it again later: ${link}`
      : `The queue cannot be written now. “${named(maybe)}” may have taken the link but does not answer; please look later: ${link}`,
  kept: (link: string, maybe: string | undefined) =>
    maybe === undefined
      ? `The queue cannot be written now, and no server took the link. I have noted it and send it as soon as the queue works: ${link}`
      : `The queue cannot be written now. “${named(maybe)}” may have taken the link but does not answer. I have noted it and ask again as soon as the queue works: ${link}`,
  notStored: (link: string, maybe: string | undefined) =>
    maybe === undefined
      ? `I had noted this link, and cannot put it into the queue. Please send it again: ${link}`
      : `I had noted this link, and cannot put it into the queue. “${named(maybe)}” has it or may have it; please look there before you send it again: ${link}`,
  handingOver:
    "The queue cannot be written now, so I hand your links over directly. If you hear nothing about one within a minute, please send it again.",
  storeTrouble: "The queue cannot be used now. Nothing has changed; please try again in a while.",
  trouble: "Something went wrong in the bot itself; its log says what. Please look at /queue, and try again.",
  prompt,
  panels,
  button: {
    now: "▶️ Now",
    remove: "🗑 Remove",
    retry: "🔁 Retry",
    previous: "‹",
    next: "›",
    all: "All chats",
    own: "Only mine",
    queue: "📋 Queue",
    status: "📊 Status",
    settings: "⚙️ Settings",
    help: "❔ Help",
  },
  pressed: {
    changed: "Done",
    now: "Goes out now",
    removed: "Removed",
    beingSent: "It is already being sent",
    sent: (downloader: string) => `Already sent to “${named(downloader)}”`,
    notYours: "There is no such link among yours",
    outdated: "This button is outdated",
    noAccess: "You have no access",
  },
  lists,
  admin,
  people,
  settings,
};

/** The shape that every language fills. */
export type Texts = typeof en;
