import { type FormattableString, format } from "gramio";
import type { Failure } from "../../../domain/link.ts";
import { named } from "../../../domain/text.ts";
import { createPlural } from "../plural.ts";
import { failure } from "./links.ts";

const { counted } = createPlural("en");

/** A link or a name, ready to be used in a text. */
type Shown = FormattableString | string;

/** What people wait for: how their links ended, in English. */
export const news = {
  done: (what: Shown, downloader: string) => format`✅ ${what} is ready (${named(downloader)})`,
  trouble: (what: Shown, downloader: string, message: string) =>
    format`⚠️ “${named(downloader)}” cannot download ${what}: ${message}`,
  lost: (what: Shown, downloader: string) =>
    format`❓ “${named(downloader)}” no longer has ${what}; how it ended is not known.`,
  unknown: (what: Shown, downloader: string) =>
    format`❓ “${named(downloader)}” no longer has ${what}. It may be in its folder, but that is not certain.`,
  failed: (what: Shown, tries: number, why: Failure | null) =>
    format`❌ Could not send ${what} (${counted(tries, "try", "tries")}).${why === null ? "" : ` ${failure(why)}`}`,
  removed: (what: Shown) => format`🗑 Link removed: ${what}`,
  again: (what: Shown) => format`🔁 Back in the queue: ${what}`,
  /** How many of each kind a message reports. */
  summary: ({ bad, done }: { bad: number; done: number }) =>
    [...(bad > 0 ? [`⚠️ Not ready: ${bad}`] : []), ...(done > 0 ? [`✅ Ready: ${done}`] : [])].join(" · "),
  page: (page: number, pages: number) => `Page ${page} of ${pages}`,
  oneByOne: "Choose a link:",
  servers: (what: Shown) => format`Which server should download ${what}?`,
  noOther: "No other server for it",
  /** Stands for a person without a name in Telegram. */
  sender: "sender",
  queuedAgain: "Back in the queue",
  queuedAlready: "Already in the queue",
  allQueued: (n: number) => `Back in the queue: ${n}`,
  /** Telegram has not answered yet that the message was sent. */
  notYet: "I am still sending this message. Please press again in a few seconds.",
  read: (line: string) => `✔️ ${line}`,
  readLine: "Read",
  button: {
    ok: "OK",
    retry: "🔁 Retry",
    again: "🔁 Send again",
    retryAll: (n: number) => `🔁 Retry all: ${n}`,
    againAll: (n: number) => `🔁 Send all again: ${n}`,
    server: "🖥 Another server",
    remove: "🗑 Remove",
    undo: "↩️ Undo",
    copy: "📋 Copy the address",
    oneByOne: "One by one",
    previous: "‹ Previous page",
    next: "Next page ›",
  },
};
