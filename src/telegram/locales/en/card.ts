import type { Failure } from "../../../domain/link.ts";
import type { Quality } from "../../../domain/quality.ts";
import { named } from "../name.ts";

const rules = new Intl.PluralRules("en");
const counted = (n: number, one: string, other: string) => `${n} ${rules.select(n) === "one" ? one : other}`;

/** A quality in words. */
export const quality = (value: Quality): string => (value === "best" ? "best" : `${value}p`);

const failure = ({ reason, downloader }: Failure) =>
  ({
    unreachable: `“${named(downloader)}” cannot be reached`,
    refused: `“${named(downloader)}” did not take it`,
    incompatible: `“${named(downloader)}” does not let this bot in`,
    silent: `“${named(downloader)}” does not answer`,
  })[reason];

/** A link's prompt, in English. */
export const card = {
  waiting: (at: string) => `⏳ Waits till ${at}`,
  goingOut: "⏳ Goes out now",
  retry: (attempts: number, why: Failure, at: string) =>
    `⚠️ Tried ${counted(attempts, "time", "times")}: ${failure(why)}. Next try: ${at}`,
  sending: "📤 Being handed over",
  uncertain: "📤 A downloader may have it already and is being asked",
  unmatched: "🕳 No downloader takes such links now. It waits for one.",
  unmatchedChosen: (downloader: string) => `🕳 Waits for “${named(downloader)}”, which takes nothing now`,
  failed: (attempts: number, why: Failure | null) =>
    `❌ Gave up after ${counted(attempts, "try", "tries")}${why === null ? "" : `: ${failure(why)}`}`,
  removed: "🗑 Removed",
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
    tonight: "Tonight",
    tomorrow: "Tomorrow",
    anyServer: "🎲 Auto",
    undo: "↩️ Undo",
  },
  pressed: {
    waits: (at: string) => `Waits till ${at}`,
    undone: "It is back in the queue",
  },
};
