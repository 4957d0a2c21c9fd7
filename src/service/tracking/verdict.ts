import type { Delivery, DeliveryEvent } from "../../domain/delivery.ts";
import type { Download, DownloadStatus } from "../../domain/downloader.ts";
import { plain } from "../../domain/text.ts";

/** What one look at a downloader's list says about an open delivery; empty when nothing is new. */
export interface Verdict {
  readonly change?: Partial<Pick<Delivery, "state" | "status" | "name" | "trouble" | "seenAt" | "closedAt">>;
  readonly event?: DeliveryEvent["kind"];
}

/** Since when, in epoch ms, and in how many looks in a row a delivery was not in its downloader's list. */
export interface Absence {
  readonly since: number;
  readonly looks: number;
}

/** A report is written again after so long although nothing has changed, so that `seenAt` says something. */
const REFRESH_MS = 3_600_000;
const LOST_AFTER_MS = 120_000;
const LOST_AFTER_LOOKS = 2;
const GONE_FOR_GOOD_MS = 24 * 3_600_000;
const LONGEST_NAME = 200;
const LONGEST_TROUBLE = 500;

/** wire.md §2.3: a done entry vanishes some minutes later, so what vanishes at the end of its way is done. */
const ENDING: ReadonlySet<DownloadStatus | null> = new Set<DownloadStatus>(["TO_SEND", "SENDING", "DONE"]);

/** Its downloader has it in its list. */
export function judgeSeen(delivery: Delivery, { status, name, remark }: Download, now: number): Verdict {
  const shown = isBlank(name) ? delivery.name : plain(name, LONGEST_NAME);
  const report = { status, name: shown };
  if (status === "DONE") return { change: { ...report, state: "done", seenAt: now, closedAt: now }, event: "done" };
  const trouble = remark?.kind === "trouble" ? plain(remark.text, LONGEST_TROUBLE) : delivery.trouble;
  const isNew = status !== delivery.status || shown !== delivery.name || trouble !== delivery.trouble;
  if (!isNew && now - (delivery.seenAt ?? 0) < REFRESH_MS) return {};
  const change = { ...report, trouble, seenAt: now };
  return delivery.trouble === null && trouble !== null ? { change, event: "trouble" } : { change };
}

/**
 * Its downloader's list lacks it. `doneBefore`: the downloader was done with this very link for somebody already, and may
 * accept it then without ever listing it again.
 */
export function judgeAbsent(
  delivery: Delivery,
  of: { absence: Absence; doneBefore: () => boolean; now: number },
): Verdict {
  const { absence, now } = of;
  if (ENDING.has(delivery.status)) return { change: { state: "done", closedAt: now }, event: "done" };
  // One look may fall between leaving one list of the downloader and entering the next, or be older than the delivery.
  if (absence.looks < LOST_AFTER_LOOKS) return {};
  if (delivery.status === null && of.doneBefore()) {
    return { change: { state: "done", closedAt: now }, event: "done" };
  }
  if (now - absence.since < LOST_AFTER_MS) return {};
  return { change: { state: "lost", closedAt: now }, event: "lost" };
}

/** Its downloader is not registered any more; it may come back for a day. */
export function judgeOrphan(delivery: Delivery, now: number): Verdict {
  if (now - (delivery.seenAt ?? delivery.acceptedAt) < GONE_FOR_GOOD_MS) return {};
  return { change: { state: "lost", closedAt: now }, event: "lost" };
}

/** Whether it is worth looking again soon. */
export function isAtWork(delivery: Delivery): boolean {
  return delivery.status === "WORK" || ENDING.has(delivery.status);
}

function isBlank(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === "";
}
