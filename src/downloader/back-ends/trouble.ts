import type { DownloaderTexts } from "../locales/locales.ts";
import { RemoteUnreachable } from "./remote.ts";
import { whySilent } from "./request.ts";

/** What keeps a program from being given links. */
export interface Trouble {
  /** In words. */
  readonly why: string;
  /** Nobody is there, or nobody is let in. What is slow, asked too often or out of order is there. */
  readonly isAway: boolean;
}

/** What it means that a look at the program has ended so: an error of our own, such as a full disk, says nothing of the program. */
export function troubleOf(error: unknown, { name, texts }: { name: string; texts: DownloaderTexts }): Trouble {
  if (!(error instanceof RemoteUnreachable))
    return { why: texts.failure({ kind: "surprise", detail: String(error) }), isAway: false };
  return { why: texts.backEnd.noAnswer(name, error.detail), isAway: error.isAway || whySilent(error) === "shut" };
}
