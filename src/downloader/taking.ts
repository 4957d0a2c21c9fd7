import { isDiskFull } from "./error-code.ts";
import type { List } from "./list.ts";
import type { DownloaderTexts } from "./locales/locales.ts";
import type { Service } from "./server.ts";

/** Takes links into the list, or says why not. Throws what SQLite throws where it is not known whether it has the link now. */
export function createTaking(of: {
  readonly list: Pick<List, "add" | "holds">;
  readonly accepts: (link: string) => boolean;
  /** Why nothing new is taken now, in words. */
  readonly notNow: () => string | undefined;
  readonly texts: DownloaderTexts;
  /** Something was taken. */
  readonly onTaken: () => void;
}): Service["take"] {
  const { list, accepts, texts, onTaken } = of;
  return (wanted) => {
    if (!accepts(wanted.url)) return "no_link";
    const notNow = of.notNow();
    if (notNow !== undefined && !list.holds(wanted.url)) return { notNow };
    try {
      if (!list.add(wanted)) return "is_there";
    } catch (error) {
      // Nothing of it was stored then: another downloader may take it, and whoever waits for it reads why.
      if (isDiskFull(error)) return { notNow: texts.failure({ kind: "no_space" }) };
      throw error;
    }
    onTaken();
    return "taken";
  };
}
