import { type FormattableString, format } from "gramio";

/** A link or a name, ready to stand in a text. */
type Shown = FormattableString | string;

/** What people are told about links that were handed over. */
export const notices = {
  done: (what: Shown, downloader: string) => format`✅ ${what} is ready (${downloader})`,
  trouble: (what: Shown, downloader: string, message: string) =>
    format`⚠️ ${downloader} has trouble with ${what}: ${message}`,
  lost: (what: Shown, downloader: string) =>
    format`❓ ${downloader} no longer has ${what}, and I did not see it finish.`,
  more: (n: number) => `…and ${n} more`,
  again: "🔁 Send again",
  queuedAgain: "It is in your queue again",
  queuedAlready: "It is in your queue already",
};
