import { setImmediate } from "node:timers/promises";
import type { Delivery, DeliveryEvent } from "../../domain/delivery.ts";
import { type Download, type DownloaderClient, DownloaderUnreachable } from "../../domain/downloader.ts";
import { byKey, hasSendersPart } from "../../domain/downloads.ts";
import type { Log } from "../../domain/log.ts";
import { type Store, StoreUnavailable } from "../../domain/storage.ts";
import { releaseMessage } from "../cleanup/message-retention.ts";
import type { Registry } from "../fleet/registry.ts";
import { createPollSchedule, type LookResult } from "./poll-schedule.ts";
import { createWithdrawSuperseded } from "./superseded.ts";
import { createUnsettled, isSeenAgain } from "./unsettled.ts";
import {
  type Absence,
  absentAgain,
  isAtWork,
  judgeAbsent,
  judgeOrphan,
  judgeSeen,
  judgeUnsettled,
  type Verdict,
} from "./verdict.ts";

/** What becomes of links after they were handed over. */
export interface Tracker {
  /**
   * Looks at the lists of the downloaders whose turn it is, but only of those that have open deliveries, recent ones whose end is unknown,
   * or superseded submissions. Does not wait for their answers, so that one that hangs holds up nobody.
   */
  tick(): Promise<void>;
  /** Looks at this one's list at the next tick: it was just handed a link, or is back. */
  pollSoon(downloader: string): void;
  /** Answers that still come are ignored. */
  stop(): void;
}

interface Judged {
  readonly delivery: Delivery;
  readonly verdict: Verdict;
}

/** The latest list of a downloader. */
interface Look {
  /** Epoch ms. */
  readonly at: number;
  /** What was missing from it, by delivery. */
  readonly absent: ReadonlyMap<number, Absence>;
}

/** Deliveries in a slice: each may take some writes, and a slice waits for the disk once. A downloader may have 100,000. */
const AT_ONCE = 100;

/** Follows deliveries to their end by asking `Queue` (wire.md §1.2: downloaders report nothing by themselves). */
export function createTracker(deps: {
  store: Store;
  client: DownloaderClient;
  registry: Registry;
  /**
   * How long a person's message stays in a chat after its last download has ended, in ms; undefined: as long as it can be
   * deleted.
   */
  messageKeptMs: (chatId: number) => number | undefined;
  now: () => number;
  log: Log;
  /** Called with a downloader's list, once what it says is stored. */
  onLook?: (downloader: string, downloads: readonly Download[]) => void;
  /** Called once for all events of a look; each event is passed once. */
  onEvents: (events: readonly DeliveryEvent[]) => void;
}): Tracker {
  const { store, client, registry, now, log } = deps;
  const schedule = createPollSchedule();
  const withdrawSuperseded = createWithdrawSuperseded(deps);
  const asking = new Set<string>();
  const unsettled = createUnsettled({ deliveries: store.deliveries, now });
  /** By downloader. */
  const looks = new Map<string, Look>();
  let stopped = false;

  async function look(name: string): Promise<LookResult> {
    const downloader = registry.byName(name);
    if (downloader === undefined) {
      await inSlices(name, (open) => open.map((delivery) => ({ delivery, verdict: judgeOrphan(delivery, now()) })));
      return "idle";
    }
    const askedAt = now();
    const downloads = await client.queue(downloader);
    const reported = await byKey(downloads);
    const result = stopped ? "idle" : await compare(name, reported, { askedAt, hasSender: hasSendersPart(downloads) });
    if (stopped) return "idle";
    deps.onLook?.(name, downloads);
    await withdrawSuperseded(downloader, reported);
    return result;
  }

  async function compare(
    name: string,
    reported: ReadonlyMap<string, Download>,
    { askedAt, hasSender }: { askedAt: number; hasSender: boolean },
  ): Promise<LookResult> {
    const before = looks.get(name);
    const absent = new Map<number, Absence>();
    let isAny = false;
    let isAnyLively = false;
    function absenceOf({ id }: Delivery): Absence {
      const of = { hasSender, lastLookAt: before?.at, now: now() };
      const absence = absentAgain(before?.absent.get(id), of);
      absent.set(id, absence);
      return absence;
    }
    function judge(delivery: Delivery): Judged {
      const download = reported.get(delivery.key);
      if (download !== undefined) return { delivery, verdict: judgeSeen(delivery, download, now()) };
      const absence = absenceOf(delivery);
      const doneBefore = () => store.deliveries.ofKey(delivery.key).some((other) => isDoneBy(name, other));
      return { delivery, verdict: judgeAbsent(delivery, { absence, doneBefore, now: now() }) };
    }
    function judgeAgain(delivery: Delivery): Judged | [] {
      const download = reported.get(delivery.key);
      const absence = download === undefined ? absenceOf(delivery) : undefined;
      const verdict = judgeUnsettled(delivery, { download, absence, now: now() });
      return verdict.change !== undefined || isSeenAgain(delivery) ? { delivery, verdict } : [];
    }
    // A link that was accepted meanwhile is not in the list yet, but a done entry from an earlier submission may be.
    const isInTime = ({ acceptedAt }: Delivery) => acceptedAt <= askedAt || acceptedAt > now();
    const isLively = ({ delivery, verdict }: Judged) =>
      verdict.change !== undefined || absent.has(delivery.id) || isAtWork(delivery);
    await inSlices(name, (open, isFirst) => {
      const known = isFirst ? unsettled.of(name, reported) : [];
      const judged = [...open.filter(isInTime).map(judge), ...known.flatMap(judgeAgain)];
      isAny ||= judged.length > 0;
      isAnyLively ||= judged.some(isLively);
      return judged;
    });
    looks.set(name, { at: now(), absent });
    if (!isAny) return unsettled.downloaders().has(name) ? "quiet" : "idle";
    return isAnyLively ? "lively" : "quiet";
  }

  /**
   * Judges one downloader's open deliveries in slices, each as it is stored by then; between them the event loop turns. What was recorded
   * is told in the end, even if the rest cannot be recorded.
   */
  async function inSlices(name: string, judge: (open: readonly Delivery[], isFirst: boolean) => readonly Judged[]) {
    const events: DeliveryEvent[] = [];
    try {
      for (let after = 0, more = true; more; ) {
        if (after > 0) await setImmediate();
        // The store may be closed by then.
        if (after > 0 && stopped) return;
        const open = store.deliveries.openAfter({ downloader: name, after, limit: AT_ONCE });
        events.push(...record(judge(open, after === 0)));
        more = open.length === AT_ONCE;
        after = open.at(-1)?.id ?? 0;
      }
    } finally {
      if (events.length > 0) deps.onEvents(events);
    }
  }

  /** Writes only what is new, all of it or nothing; returns what is to be told. */
  function record(judged: readonly Judged[]): DeliveryEvent[] {
    const changed = judged.filter(({ verdict }) => verdict.change !== undefined);
    if (changed.length === 0) return [];
    store.transaction(() => {
      for (const { delivery, verdict } of changed) {
        store.deliveries.update(delivery.id, verdict.change ?? {});
        if (verdict.change?.closedAt !== undefined) release(delivery);
        if (verdict.event !== undefined && verdict.isTold !== true) keepNews(delivery, verdict.event);
      }
    });
    for (const { delivery, verdict } of changed) {
      const after = { ...delivery, ...verdict.change };
      if (after.state === "unknown") unsettled.add(after);
    }
    return changed.flatMap(({ delivery, verdict: { change, event } }) =>
      event === undefined ? [] : { kind: event, delivery: { ...delivery, ...change } },
    );
  }

  /** Stored together with what it tells, so that a crash loses neither. */
  function keepNews({ id, chatId, threadId }: Delivery, kind: DeliveryEvent["kind"]): void {
    store.news.add({ chatId, threadId, kind, about: id, createdAt: now() });
  }

  function release(delivery: Delivery): void {
    const keptMs = deps.messageKeptMs(delivery.chatId);
    if (keptMs !== undefined) releaseMessage(store, delivery, now() + keptMs);
  }

  async function ask(name: string): Promise<void> {
    asking.add(name);
    const result = await look(name).catch((error): LookResult => {
      if (error instanceof DownloaderUnreachable) log.debug(`Cannot see what "${name}" has`, { error });
      else if (error instanceof StoreUnavailable) log.warn(`Cannot record what "${name}" has`, { code: error.code });
      else log.error(`Cannot follow what "${name}" has`, { error });
      return "unreachable";
    });
    asking.delete(name);
    schedule.asked(name, result);
  }

  return {
    async tick() {
      const { deliveries, supersededSubmissions } = store;
      const names = unsettled.downloaders();
      for (const name of [...deliveries.downloaders(), ...supersededSubmissions.downloaders()]) names.add(name);
      schedule.keepOnly(names);
      for (const name of looks.keys()) if (!names.has(name)) looks.delete(name);
      for (const name of names) if (!asking.has(name) && schedule.isDue(name)) void ask(name);
    },
    pollSoon: schedule.pollSoon,
    stop() {
      stopped = true;
    },
  };
}

function isDoneBy(name: string, { downloader, state }: Delivery): boolean {
  return downloader === name && state === "done";
}
