import { type FormattableString, format } from "gramio";
import type { Failure } from "../../../domain/link.ts";
import { named } from "../../../domain/text.ts";
import { createPlural } from "../plural.ts";
import { failure } from "./links.ts";

const { counted } = createPlural("en");

/** A link or a name, ready to stand in a text. */
type Shown = FormattableString | string;

/** What people wait for: how their links ended, in English. */
export const news = {
  done: (what: Shown, downloader: string) => format`✅ ${what} is ready (${named(downloader)})`,
  trouble: (what: Shown, downloader: string, message: string) =>
    format`⚠️ “${named(downloader)}” has trouble with ${what}: ${message}`,
  lost: (what: Shown, downloader: string) =>
    format`❓ “${named(downloader)}” no longer has ${what}; how it ended is not known.`,
  unknown: (what: Shown, downloader: string) =>
    format`❓ “${named(downloader)}” does not show ${what} any more. It may have arrived in its folder; that is not known.`,
  failed: (what: Shown, tries: number, why: Failure | null) =>
    format`❌ Could not send ${what} (${counted(tries, "try", "tries")}).${why === null ? "" : ` ${failure(why)}`}`,
  removed: (what: Shown) => format`🗑 Link removed: ${what}`,
  again: (what: Shown) => format`🔁 In the queue again: ${what}`,
  /** How many of each kind a message tells. */
  summary: ({ bad, done }: { bad: number; done: number }) =>
    [...(bad > 0 ? [`⚠️ Not ready: ${bad}`] : []), ...(done > 0 ? [`✅ Ready: ${done}`] : [])].join(" · "),
  page: (page: number, pages: number) => `Page ${page} of ${pages}`,
  oneByOne: "Choose a link:",
  servers: (what: Shown) => format`Which server is to download ${what}?`,
  noOther: "No other server takes it",
  /** Somebody without a name of his own in Telegram. */
  sender: "sender",
  queuedAgain: "It is in your queue again",
  queuedAlready: "It is in your queue already",
  allQueued: (n: number) => `In the queue again: ${n}`,
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
    oneByOne: "☰ One by one",
    previous: "‹ Back a page",
    next: "Next page ›",
    back: "‹ Back",
  },
};
