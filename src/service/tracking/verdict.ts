import { type Delivery, type DeliveryEvent, hasFailedThere } from "../../domain/delivery.ts";
import type { Download } from "../../domain/downloader.ts";
import { isWithSender, mayBeWithSender } from "../../domain/downloads.ts";
import { plain } from "../../domain/text.ts";
import { isSeenAgain } from "./unsettled.ts";

/** What one look at a downloader's list says about an open delivery; empty if nothing is new. */
export interface Verdict {
  readonly change?: Partial<Pick<Delivery, "state" | "status" | "name" | "trouble" | "seenAt" | "closedAt">>;
  readonly event?: DeliveryEvent["kind"];
  /** People have already been told: nothing more is said. */
  readonly isTold?: boolean;
}

/** Since when, in epoch ms, and in how many looks. */
export interface Sightings {
  readonly since: number;
  readonly looks: number;
}

/** A delivery that was missing from its downloader's list in consecutive looks. */
export interface Absence extends Sightings {
  /** The looks among them in which the list had its sender's part; undefined if none had. */
  readonly withSender: Sightings | undefined;
  /** Whether the latest look had that part. */
  readonly hasSender: boolean;
  /** It was there shortly before the first of these looks: whatever it went through meanwhile would still be listed. */
  readonly isSudden: boolean;
}

/** After this long a report is written again even if nothing has changed, so that `seenAt` stays meaningful. */
const REFRESH_MS = 3_600_000;
const LOST_AFTER_MS = 120_000;
const LOST_AFTER_LOOKS = 2;
const GONE_FOR_GOOD_MS = 24 * 3_600_000;
const LONGEST_NAME = 200;
const LONGEST_TROUBLE = 500;

/** What was with the sender is done when this many looks over this time agree that the sender no longer has it. */
const DONE_AFTER_MS = 120_000;
const DONE_AFTER_LOOKS = 3;
/** Longer than the sender keeps what it has finished (wire.md §2.3), so that a sender that was only restarted can say so. */
const UNKNOWN_AFTER_MS = 10 * 60_000;

/** Its downloader has it in its list. */
export function judgeSeen(delivery: Delivery, { status, name, remark }: Download, now: number): Verdict {
  const shown = isBlank(name) ? delivery.name : plain(name, LONGEST_NAME);
  const report = { status, name: shown };
  const said = remark?.kind === "trouble" ? plain(remark.text, LONGEST_TROUBLE) : null;
  // Trouble on the way is over; what is wrong with the result is not.
  if (status === "DONE")
    return { change: { ...report, trouble: said, state: "done", seenAt: now, closedAt: now }, event: "done" };
  const trouble = said ?? delivery.trouble;
  const isNew = status !== delivery.status || shown !== delivery.name || trouble !== delivery.trouble;
  if (!isNew && isWithin(REFRESH_MS, delivery.seenAt ?? 0, now)) return {};
  const change = { ...report, trouble, seenAt: now };
  return delivery.trouble === null && trouble !== null ? { change, event: "trouble" } : { change };
}

/**
 * One more look in which it is missing; `before` undefined: the first one. `lastLookAt`: of this downloader's list, whatever it contained;
 * undefined for the first look of this process.
 */
export function absentAgain(
  before: Absence | undefined,
  { hasSender, lastLookAt, now }: { hasSender: boolean; lastLookAt: number | undefined; now: number },
): Absence {
  const withSender = hasSender ? counted(before?.withSender, now) : before?.withSender;
  const isSudden = before?.isSudden ?? (lastLookAt !== undefined && isWithin(LOST_AFTER_MS, lastLookAt, now));
  return { ...counted(before, now), withSender, hasSender, isSudden };
}

/** False if the clock was set back since: nobody knows then how long ago it was. */
function isWithin(ms: number, at: number, now: number): boolean {
  return now >= at && now - at < ms;
}

/** A clock that was set back must not make a wait longer than it is. */
function counted(before: Sightings | undefined, now: number): Sightings {
  return { since: Math.min(before?.since ?? now, now), looks: (before?.looks ?? 0) + 1 };
}

/**
 * Its downloader's list lacks it. `doneBefore`: the downloader has already finished this very link for somebody, and may then accept it
 * without ever listing it again.
 */
export function judgeAbsent(
  delivery: Delivery,
  of: { absence: Absence; doneBefore: () => boolean; now: number },
): Verdict {
  const { absence, now } = of;
  if (isWithSender(delivery.status)) return judgeEnding(delivery, absence, now);
  // One look may fall between leaving one list of the downloader and entering the next, or be older than the delivery.
  if (absence.looks < LOST_AFTER_LOOKS) return {};
  if (delivery.status === null && of.doneBefore()) return doneUnseen(now);
  if (mayBeWithSender(delivery.status) && !isSeenWithoutIt(absence)) return judgeUnseen(delivery, absence, now);
  return now - absence.since < LOST_AFTER_MS ? {} : lost(delivery, now);
}

/** It is ready, and nothing says that anything is missing: trouble on the way is over. */
function doneUnseen(now: number): Verdict {
  return { change: { trouble: null, state: "done", closedAt: now }, event: "done" };
}

function lost(delivery: Delivery, now: number): Verdict {
  return { change: { state: "lost", closedAt: now }, event: "lost", isTold: hasFailedThere(delivery) };
}

/**
 * It neither went over to the sender nor through it: the sender's part was listed soon after it was last seen, and it was not there. Any
 * later, a done entry may have come and gone (wire.md §2.3).
 */
function isSeenWithoutIt({ since, withSender, isSudden }: Absence): boolean {
  if (withSender === undefined || withSender.looks < LOST_AFTER_LOOKS) return false;
  return isSudden && withSender.since - since < LOST_AFTER_MS;
}

/** A done entry vanishes some minutes later, and so does everything while the sender cannot be asked (wire.md §2.3). */
function judgeEnding(delivery: Delivery, absence: Absence, now: number): Verdict {
  const { withSender, hasSender } = absence;
  if (withSender !== undefined && withSender.looks >= DONE_AFTER_LOOKS && now - withSender.since >= DONE_AFTER_MS) {
    return doneUnseen(now);
  }
  return hasSender ? {} : judgeUnseen(delivery, absence, now);
}

/** Nobody saw what became of it, and everyone who could tell has had time to. */
function judgeUnseen({ seenAt }: Delivery, { since, looks }: Sightings, now: number): Verdict {
  if (looks < DONE_AFTER_LOOKS || now - since < UNKNOWN_AFTER_MS) return {};
  // Seen by a clock that was ahead, it would count as seen since (`isSeenAgain`).
  const before = seenAt === null ? null : Math.min(seenAt, now - 1);
  return { change: { state: "unknown", seenAt: before, closedAt: now }, event: "unknown" };
}

/**
 * It was given up as unknown, and is reported again only if it clearly was sent: it is done, or its sender had it again and no longer has
 * it. `download` is undefined while its downloader's list lacks it.
 */
export function judgeUnsettled(
  delivery: Delivery,
  { download, absence, now }: { download: Download | undefined; absence: Absence | undefined; now: number },
): Verdict {
  if (download?.status === "DONE") return judgeSeen(delivery, download, now);
  if (download !== undefined && isWithSender(download.status)) {
    const { status } = download;
    if (isSeenAgain(delivery) && status === delivery.status) return {};
    return { change: { status, seenAt: Math.max(now, delivery.closedAt ?? now) } };
  }
  const verdict = absence === undefined ? {} : judgeEnding(delivery, absence, now);
  return verdict.event === "done" ? verdict : {};
}

/** Its downloader is no longer registered; it may come back for a day. */
export function judgeOrphan(delivery: Delivery, now: number): Verdict {
  const since = delivery.seenAt ?? delivery.acceptedAt;
  // By a clock that was ahead: the day begins now, or it would be longer by that much.
  if (since > now) return { change: { seenAt: now } };
  return now - since < GONE_FOR_GOOD_MS ? {} : lost(delivery, now);
}

/** Whether it is worth looking again soon. */
export function isAtWork(delivery: Delivery): boolean {
  return delivery.status === "WORK" || isWithSender(delivery.status);
}

function isBlank(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === "";
}
