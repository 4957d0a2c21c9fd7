import { isDiskFull } from "../domain/error-code.ts";
import type { List } from "./list.ts";
import type { DownloaderTexts } from "./locales/locales.ts";
import type { Service } from "./server.ts";

/** Takes links into the list, or says why not. Throws SQLite's errors if it is not known whether the list has the link now. */
export function createIntake(of: {
  readonly list: Pick<List, "add" | "isOpen">;
  readonly accepts: (link: string) => boolean;
  /** Why no new link is accepted now, in words. */
  readonly notNow: () => string | undefined;
  readonly texts: DownloaderTexts;
  /** Called when something was taken. */
  readonly onTaken: () => void;
}): Service["take"] {
  const { list, accepts, texts, onTaken } = of;
  return (wanted) => {
    if (!accepts(wanted.url)) return "no_link";
    const notNow = of.notNow();
    if (notNow !== undefined && !list.isOpen(wanted.url)) return { notNow };
    try {
      if (!list.add(wanted)) return "is_there";
    } catch (error) {
      // Then nothing of it was stored: another downloader may take it, and its owner reads why.
      if (isDiskFull(error)) return { notNow: texts.failure({ kind: "no_space" }) };
      throw error;
    }
    onTaken();
    return "taken";
  };
}
