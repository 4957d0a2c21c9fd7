import type { Handed, HandedEntry } from "../hand-overs.ts";
import type { List } from "../list.ts";
import type { DownloaderTexts } from "../locales/locales.ts";
import type { Remote, RemoteEntry, RemoteList } from "./remote.ts";

/** Whether an entry belongs to others: the program keeps no keys, and it is there although it was never handed over. */
export function isOfOthers({ sentAt }: Pick<Handed, "sentAt">, found: RemoteEntry): boolean {
  return sentAt === null && found.isAlike === true;
}

/** What is to be said about an entry that is done; null for nothing. */
function besideDone(found: RemoteEntry, { name }: Pick<Remote, "name">, { backEnd }: DownloaderTexts): string | null {
  if (found.detail !== undefined) return found.detail;
  if (found.missing !== undefined) return backEnd.missing(name, found.missing);
  return found.isOld ? backEnd.isOld(name) : null;
}

function whyFailed(found: RemoteEntry, { name }: Pick<Remote, "name">, { failure, backEnd }: DownloaderTexts): string {
  if (found.lacksSpace) return failure({ kind: "no_space" });
  if (found.lacksFiles) return backEnd.noFiles(name);
  return found.detail || backEnd.failed(name);
}

/** Ends an entry that is done or has failed there. */
export function noteEnd(
  { id }: Pick<HandedEntry, "id">,
  found: RemoteEntry,
  of: {
    readonly list: Pick<List, "fail" | "markWhole" | "markDone">;
    readonly remote: Pick<Remote, "name">;
    readonly texts: DownloaderTexts;
  },
): void {
  const { list, remote, texts } = of;
  if (found.state === "failed") {
    list.fail(id, whyFailed(found, remote, texts));
  }
  if (found.state === "done") {
    list.markWhole(id, besideDone(found, remote, texts));
    list.markDone(id);
  }
}

/** Our entries that have failed there, by key. */
export function failuresOf(ours: readonly Handed[], { entries }: RemoteList): [key: string, RemoteEntry][] {
  return ours.flatMap((one): [string, RemoteEntry][] => {
    const found = entries.get(one.key);
    return found?.state === "failed" && !isOfOthers(one, found) ? [[one.key, found]] : [];
  });
}
