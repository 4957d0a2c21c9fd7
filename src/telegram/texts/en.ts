import type { Failure } from "../../domain/link.ts";
import type { Quality } from "../../domain/quality.ts";
import type { LinkProblem } from "../../domain/url.ts";

const rules = new Intl.PluralRules("en");
const links = (n: number) => `${n} ${rules.select(n) === "one" ? "link" : "links"}`;
const times = (n: number) => `${n} ${rules.select(n) === "one" ? "time" : "times"}`;

const quality = (value: Quality) => (value === "best" ? "best" : `${value}p`);

const failure = ({ reason, downloader }: Failure) =>
  ({
    unreachable: `“${downloader}” cannot be reached`,
    refused: `“${downloader}” did not take it`,
    incompatible: `“${downloader}” does not let this bot in`,
    silent: `“${downloader}” does not answer`,
  })[reason];

/** Everything a person reads in the chat, in English; `ru` says the same. Arguments that end in `at` are texts already. */
export const en = {
  quality,
  welcome: (people: { delay: string }) =>
    `Send me links, one or many in a message. I keep them in a queue and hand each one to a downloader after ${people.delay}; until then you can choose the quality or the time with the buttons under it.`,
  help: "What I understand:",
  commands: {
    start: "how it works",
    help: "all commands",
    queue: "your links that wait",
    settings: "default quality and language",
  },
  noAccess: (id: number) => `You have no access to this bot. Your id is ${id}: give it to the person who runs it.`,
  duration: (ms: number) => {
    const seconds = Math.round(ms / 1000);
    if (seconds < 90) return `${seconds} s`;
    const minutes = Math.round(seconds / 60);
    return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  },
  tooManyLinks: (found: number, most: number) =>
    `That are ${links(found)}; I take at most ${most} in one message. None was queued: please send them in parts.`,
  refusedLinks: "Not queued:",
  problem: (problem: LinkProblem) =>
    ({
      not_http: "only http and https links can be downloaded",
      credentials: "it carries a name or password",
      private_address: "it leads into a private network",
      too_long: "it is too long",
      malformed: "it is not a proper link",
    })[problem],
  duplicate: "This link is in your queue already ☝️",
  duplicateWithoutPrompt: (link: string) => `It is in your queue already: ${link}`,
  sentDirectly: (link: string, downloader: string) =>
    `The queue cannot be written now, so I handed the link to “${downloader}” at once: ${link}`,
  lost: (link: string, maybe: string | undefined) =>
    maybe === undefined
      ? `The queue cannot be written now, and no downloader took the link. It is not saved; please send it again later: ${link}`
      : `The queue cannot be written now. “${maybe}” may have taken the link but does not answer; please look later: ${link}`,
  storeTrouble: "The queue cannot be used now. Nothing has changed; please try again in a while.",
  card: {
    waiting: (at: string) => `⏳ Goes out ${at}`,
    goingOut: "⏳ Goes out now",
    retry: (attempts: number, why: Failure, at: string) =>
      `⚠️ Tried ${times(attempts)}: ${failure(why)}. Next try ${at}`,
    sending: "📤 Being handed over",
    uncertain: "📤 A downloader may have it already and is being asked",
    unmatched: "🕳 No downloader takes such links yet. It waits for one.",
    failed: (attempts: number, why: Failure | null) =>
      `❌ Gave up after ${times(attempts)}${why === null ? "" : `: ${failure(why)}`}`,
    details: (value: Quality, folder: string | null) =>
      `Quality: ${quality(value)}${folder === null ? "" : ` · folder: ${folder}`}`,
  },
  button: {
    now: "▶️ Now",
    remove: "🗑 Remove",
    retry: "🔁 Retry",
    previous: "‹",
    next: "›",
    all: "All chats",
    own: "Only mine",
    queue: "📋 Queue",
    settings: "⚙️ Settings",
    help: "❔ Help",
  },
  pressed: {
    changed: "Done",
    now: "Goes out now",
    removed: "Removed",
    beingSent: "It is already being sent",
    sent: (downloader: string) => `Already sent to “${downloader}”`,
    notYours: "There is no such link among yours",
    outdated: "This button is outdated",
    noAccess: "You have no access",
  },
  queue: {
    empty: "Nothing waits. Send me a link!",
    title: (total: number) => `${links(total)} in the queue`,
    page: (page: number, pages: number) => `${page} / ${pages}`,
    ofChat: (chatId: number) => `chat ${chatId}`,
  },
  settings: {
    title: "Settings of this chat",
    quality: (value: Quality) => `Default quality: ${quality(value)}`,
    language: "Language: English",
  },
};

/** The shape that every language fills. */
export type Texts = typeof en;
