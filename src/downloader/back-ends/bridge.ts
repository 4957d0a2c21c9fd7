import type { Log } from "../../domain/log.ts";
import { nextAttemptAt } from "../../domain/retry.ts";
import type { Wait } from "../../domain/wait.ts";
import type { BackEnd } from "../back-end.ts";
import type { HandedEntry } from "../hand-overs.ts";
import type { List } from "../list.ts";
import type { DownloaderTexts } from "../locales/locales.ts";
import { progressOf } from "../report.ts";
import { createAlarm } from "./alarm.ts";
import { failuresOf, isOfOthers, noteEnd } from "./ends.ts";
import { createLiveness } from "./liveness.ts";
import { createMemory } from "./memory.ts";
import { createMisses } from "./misses.ts";
import { judgeMissing } from "./missing-entry.ts";
import { withoutNameCollisions } from "./name-collisions.ts";
import { createProvisionalEnds } from "./provisional-ends.ts";
import { type Remote, type RemoteEntry, type RemoteList, RemoteUnreachable } from "./remote.ts";
import { createRemovals } from "./removals.ts";
import { createResubmissions } from "./resubmissions.ts";
import { createSeenStarts } from "./seen-starts.ts";
import { createSubmissions } from "./submissions.ts";
import { type Trouble, troubleOf } from "./trouble.ts";

export interface BridgeOptions {
  readonly list: List;
  readonly remote: Remote;
  readonly texts: DownloaderTexts;
  readonly log: Log;
  readonly wait: Wait;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** While it has something of ours. */
const LOOK_EVERY_MS = 2_000;
/** While it has nothing: its death must be noticed before long, so that the bot gives its links to others. */
const IDLE_MS = 30_000;
const FIRST_MS = 2_000;
const CAP_MS = 60_000;
const MOST_TRIES = 5;

/** The back end that hands the list to a program with its own queue, and follows what becomes of it there. */
export function createBridge({ list, remote, texts, log, wait, now, random }: BridgeOptions): BackEnd {
  const handOvers = list.handOvers(remote.name);
  const stopping = new AbortController();
  const alarm = createAlarm(wait, stopping.signal);
  const liveness = createLiveness({ remote, onClosed: alarm.ring, now, random, stop: stopping.signal });
  const memory = createMemory();
  const provisionalEnds = createProvisionalEnds({ memory, now, settlesMs: remote.settlesMs });
  const shared = { remote, handOvers, memory, log, stop: stopping.signal };
  const submissions = createSubmissions({
    ...shared,
    list,
    texts,
    answered: provisionalEnds.answered,
    ended: alarm.ring,
    away: () => starts.noteAbsence(),
  });
  const removals = createRemovals({
    ...shared,
    isGone: ({ key, remoteId, sentAt }, { session }) =>
      (session !== undefined || misses.confirm(key)) && (remoteId !== null || isSettled(sentAt)),
  });
  /** What the latest look has found, by ids of the list. */
  let seen = new Map<number, RemoteEntry | undefined>();
  const misses = createMisses({ memory, now, backAfterMs: remote.settlesMs });
  const resubmissions = createResubmissions(memory);
  const starts = createSeenStarts({ handOvers, log });
  let trouble: Trouble | undefined;

  /** Resolves with the ms until the next look. `isAsked`: the program has just answered. */
  async function look(isAsked: boolean): Promise<number> {
    // After a restart of the program, nobody would look at what it makes of failed entries.
    if (remote.beginsFailedAnew) handOvers.dropFailed();
    const dropped = handOvers.dropped();
    const asked = [...handOvers.open(), ...dropped];
    const keys = new Set(asked.map(({ key }) => key));
    memory.keepOnly(keys);
    if (asked.length === 0) {
      seen = new Map();
      if (!isAsked) await remote.health(stopping.signal);
      return IDLE_MS;
    }
    // Its answer about these may be older than that of a call which ends in the meantime.
    const called = submissions.keys();
    const found = await remote.list(asked, stopping.signal);
    for (const one of dropped) {
      if (found.entries.has(one.key)) misses.found(one.key);
      if (!called.has(one.key)) await removals.remove(one, found);
    }
    // Read each time, because people and answers come in the meantime.
    const open = () => handOvers.open().filter(({ key }) => keys.has(key));
    const ready = () => {
      // By its link, an entry that is about to leave would also be found for its successor.
      const isLeft = new Set(handOvers.dropped().map(({ link }) => link));
      const calling = submissions.keys();
      return open().filter(({ key, link }) => !called.has(key) && !calling.has(key) && !isLeft.has(link));
    };
    const failed = failuresOf(ready(), found);
    const again = new Set<string>();
    for (const [key, one] of failed.filter((one) => resubmissions.isDue(...one))) {
      await removals.removeFailed(key, one.id);
      resubmissions.begin(key, one);
      again.add(key);
    }
    // Before they are reported as failed and no longer looked at, because a kill may come in between.
    await removals.cleanParts(failed.flatMap(([key, { id }]) => (again.has(key) ? [] : [id])));
    seen = new Map(open().map(({ id, key }) => [id, found.entries.get(key)]));
    const due = ready().filter((entry) => again.has(entry.key) || !follow(entry, found));
    const going = remote.mixesNames ? withoutNameCollisions(due, { open: open(), found, now: now() }) : due;
    for (const entry of going.slice(0, submissions.room()))
      submissions.begin(entry, { session: sessionOf(found), ...resubmissions.optionsFor(entry.key) });
    return LOOK_EVERY_MS;
  }

  /** False if it is to be handed over now. */
  function follow(entry: HandedEntry, told: RemoteList): boolean {
    const found = told.entries.get(entry.key);
    const session = sessionOf(told);
    if (found === undefined) return entry.sentAt === null ? isEarly(entry) : followMissing(entry, entry.sentAt, told);
    if (isOfOthers(entry, found)) {
      list.fail(entry.id, texts.backEnd.isThere(remote.name));
      return true;
    }
    // What has come of a list of videos may be only part of it.
    if (remote.takesRest && found.isElsewhere && submissions.wasCut(entry.key)) return false;
    // It was given up, but has been taken after all.
    if (entry.sentAt === null) handOvers.markSent(entry.key, session);
    misses.found(entry.key, found.comesBack);
    // It was taken after all: only failures in a row count.
    if (entry.tries > 0) list.postpone(entry.id, { trouble: null, tries: 0, dueAt: entry.dueAt });
    if (found.id !== entry.remoteId || session !== entry.session)
      handOvers.markPresent(entry.key, { remoteId: found.id, session });
    resubmissions.seen(entry.key, found);
    if (found.name !== undefined && found.name !== entry.name) list.rename(entry.id, found.name);
    if (provisionalEnds.mayChange(entry, found)) return true;
    noteEnd(entry, found, { list, remote, texts });
    return true;
  }

  /** The same as `follow`, for an entry that the program should have but does not. */
  function followMissing(entry: HandedEntry, sentAt: number, told: RemoteList): boolean {
    const { id, key } = entry;
    const failure = submissions.failure(key);
    const confirm = () => misses.confirm(key);
    // After an answer nothing more comes of a call, unless its result shows a moment later.
    const of = { confirm, isSettled: () => (failure !== undefined && confirm()) || isSettled(sentAt) };
    const what = judgeMissing(entry, told, { ...of, session: sessionOf(told) });
    if (what === "lost") log.warn(`${remote.name} has lost ${entry.link}: handing it over again`);
    if (what === "lost" || what === "taken out") handOvers.markAbsent(key);
    if (what === "taken out") list.fail(id, texts.backEnd.vanished(remote.name));
    const { notTaken, noAnswer } = texts.backEnd;
    if (what === "not taken") tryLater(entry, failure ? noAnswer(remote.name, failure) : notTaken(remote.name));
    return what !== "lost";
  }

  const sessionOf = ({ session, start }: RemoteList): string => session ?? start ?? starts.session();
  // Instants beyond any possible wait were stored by a clock that was ahead.
  const isSettled = (sentAt: number) => Math.abs(now() - sentAt) >= remote.settlesMs;
  const isEarly = ({ dueAt }: HandedEntry) => dueAt > now() && dueAt - now() <= CAP_MS;

  function tryLater({ id, key, ...entry }: HandedEntry, why: string): void {
    const tries = entry.tries + 1;
    handOvers.markAbsent(key);
    const dueAt = nextAttemptAt({ attempts: tries, now: now(), first: FIRST_MS, cap: CAP_MS, random });
    if (tries < MOST_TRIES) list.postpone(id, { trouble: why, tries, dueAt });
    else list.fail(id, why);
  }

  async function run(): Promise<void> {
    let failures = 0;
    for (let isKnown = false; !stopping.signal.aborted; ) {
      const forNextLook = alarm.set();
      try {
        const isNew = !isKnown;
        if (isNew) log.info(`${await remote.health(stopping.signal)} answers`);
        isKnown = true;
        liveness.connect(isNew);
        trouble = undefined;
        const ms = await look(isNew);
        failures = 0;
        await forNextLook(ms);
      } catch (error) {
        if (stopping.signal.aborted) return;
        isKnown = false;
        if (error instanceof RemoteUnreachable && error.isAway) starts.noteAbsence();
        trouble = troubleOf(error, { name: remote.name, texts });
        log.warn(`${remote.name} cannot be asked`, { error });
        failures += 1;
        const at = nextAttemptAt({ attempts: failures, now: now(), first: FIRST_MS, cap: CAP_MS, random });
        await wait(at - now(), stopping.signal);
      }
    }
  }

  const ended = run();
  return {
    submit: alarm.ring,
    remove: alarm.ring,
    cleanHistory: alarm.ring,
    isRunning: (id) => seen.get(id)?.state === "running",
    progress: () =>
      handOvers.open().flatMap((entry) => {
        const found = seen.get(entry.id);
        return found?.state === "running" ? [progressOf(entry, found, texts)] : [];
      }),
    away: () => (trouble?.isAway ? trouble.why : undefined),
    notNow: () => trouble?.why,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all([ended, liveness.ended()]);
      await submissions.settled();
    },
  };
}
