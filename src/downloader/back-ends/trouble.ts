import type { DownloaderTexts } from "../locales/locales.ts";
import { RemoteUnreachable } from "./remote.ts";
import { whySilent } from "./request.ts";

/** What prevents giving links to a program. */
export interface Trouble {
  /** In words. */
  readonly why: string;
  /** Nobody is there, or nobody is let in. One that is slow, asked too often or out of order is there. */
  readonly isAway: boolean;
}

/** What the error of a look at the program means: an error of our own, such as a full disk, says nothing about the program. */
export function troubleOf(error: unknown, { name, texts }: { name: string; texts: DownloaderTexts }): Trouble {
  if (!(error instanceof RemoteUnreachable))
    return { why: texts.failure({ kind: "surprise", detail: String(error) }), isAway: false };
  return { why: texts.backEnd.noAnswer(name, error.detail), isAway: error.isAway || whySilent(error) === "shut" };
}
