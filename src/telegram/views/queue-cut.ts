import { saysItFailed } from "../../domain/downloads.ts";
import { type PagePlace, pagePlace } from "../../domain/page.ts";
import type { FleetDownload } from "../../service/fleet/fleet.ts";
import type { Entry, QueueFilter, QueueView } from "./queue-view.ts";

const ENTRIES_PER_PAGE = 5;

/** How much each filter shows. */
export type Counts = Readonly<Record<QueueFilter, number>>;

/** The entries of a page. */
export interface QueueCut extends PagePlace {
  readonly entries: readonly Entry[];
}

/** Entries that follow each other in the list. */
interface Section {
  readonly total: number;
  readonly read: (offset: number, limit: number) => Entry[];
}

/** Counts what each filter would show. May throw `StoreUnavailable`. */
export function countsOf({ fleet, local, done }: Pick<QueueView, "fleet" | "local" | "done">): Counts {
  const [waiting, failed] = (["waiting", "failed"] as const).map((part) => local({ part, offset: 0, limit: 0 }).total);
  const there = (part: PartThere) => fleet.downloads.filter((download) => partOf(download) === part).length;
  return {
    all: (waiting ?? 0) + (failed ?? 0) + fleet.downloads.length,
    waiting: waiting ?? 0,
    work: there("work"),
    failed: (failed ?? 0) + there("failed"),
    done: done.total,
  };
}

/** The part to which an entry of a downloader's list belongs. */
type PartThere = "work" | "failed" | "done";

function partOf(download: FleetDownload): PartThere {
  if (download.status === "DONE") return "done";
  return saysItFailed(download) ? "failed" : "work";
}

/** The page that was asked for, or the nearest one that exists now. */
export function cutQueue(view: QueueView, counts: Counts): QueueCut {
  if (view.filter === "done") {
    const { entries, page, pages, offset } = view.done;
    return { entries: entries.map((delivery) => ({ kind: "done", delivery })), page, pages, offset };
  }
  const sections = sectionsOf(view, counts);
  const total = sections.reduce((sum, section) => sum + section.total, 0);
  const place = pagePlace(total, { wanted: view.page, size: ENTRIES_PER_PAGE });
  const entries: Entry[] = [];
  let before = 0;
  for (const { total, read } of sections) {
    const offset = Math.max(0, place.offset - before);
    const room = Math.min(ENTRIES_PER_PAGE - entries.length, total - offset);
    if (room > 0) entries.push(...read(offset, room));
    before += total;
  }
  return { entries, ...place };
}

function sectionsOf({ filter, fleet, local }: QueueView, counts: Counts): Section[] {
  const listed = (part: PartThere): Section => {
    const downloads = fleet.downloads.filter((download) => partOf(download) === part);
    return {
      total: downloads.length,
      read: (offset, limit) =>
        downloads.slice(offset, offset + limit).map((download) => ({ kind: "download", download })),
    };
  };
  const failed = listed("failed");
  const queued = (total: number, part?: "waiting" | "failed"): Section => ({
    total,
    read: (offset, limit) =>
      local({ ...(part !== undefined && { part }), offset, limit }).links.map((link) => ({ kind: "link", link })),
  });
  switch (filter) {
    case "all":
      return [listed("work"), queued(counts.waiting + counts.failed - failed.total), failed, listed("done")];
    case "work":
      return [listed("work")];
    case "waiting":
      return [queued(counts.waiting, "waiting")];
    case "failed":
      return [queued(counts.failed - failed.total, "failed"), failed];
    case "done":
      return [];
  }
}
