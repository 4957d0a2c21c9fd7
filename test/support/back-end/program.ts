import {
  type Acceptance,
  type Remote,
  type RemoteEntry,
  type RemoteSubmission,
  RemoteUnreachable,
} from "../../../src/downloader/back-ends/remote.ts";
import type { Handed } from "../../../src/downloader/hand-overs.ts";
import { createWatch } from "../watch.ts";

/** An entry of a program with a queue, no matter who added it. */
interface Held extends Omit<RemoteEntry, "id"> {
  readonly key: string | undefined;
  readonly link: string;
  readonly folder: string;
}

/** Peculiarities of a program. */
export interface Behaviour {
  /** It keeps no keys: our entries are found by their links, and nothing is taken twice. */
  readonly forgetsKeys?: boolean;
  /** It reports restarts; `late`: before it has read everything that it keeps. */
  readonly tellsSession?: boolean | "late";
  /** It takes what comes, but answers with an internal error. */
  readonly errsAfter?: boolean;
  /** It keeps a connection open while it runs. */
  readonly isHeld?: boolean;
  readonly beginsFailedAnew?: boolean;
  readonly takesRest?: boolean;
  /** Why it refuses a link; undefined: it takes it. */
  readonly refuses?: (link: string) => string | undefined;
}

/** A program with a queue, in memory: aria2 and the like as the bridge sees them. The test decides what happens to its entries. */
export function createProgram({
  forgetsKeys = false,
  tellsSession = true,
  isHeld = false,
  beginsFailedAnew = false,
  takesRest = false,
  errsAfter = false,
  refuses,
}: Behaviour = {}) {
  const watch = createWatch();
  let held = new Map<string, Held>();
  let session = 1;
  let ids = 0;
  let failure: (() => Error) | undefined;
  let isUnclear = false;
  /** Answers that the test lets through. */
  let gate: Promise<void> | undefined;
  const hidden = new Set<string>();
  const submitted: string[] = [];
  const begun: boolean[] = [];
  const anyLines: boolean[] = [];
  const mayBeThere: boolean[] = [];
  const calls: string[] = [];
  const observers = new Map<string, () => void>();
  const called = (what: string) => {
    calls.push(what);
    observers.get(what)?.();
    watch.changed();
    if (failure !== undefined) throw failure();
  };
  const put = (one: Held): string => {
    ids += 1;
    held.set(String(ids), one);
    watch.changed();
    return String(ids);
  };
  const idOf = (link: string) => [...held].find(([, one]) => one.link === link)?.[0];

  let close = () => {};
  const holdOn = (signal: AbortSignal) => {
    called("holdOn");
    const { promise, resolve } = Promise.withResolvers<void>();
    close = resolve;
    signal.addEventListener("abort", () => resolve());
    return promise;
  };

  const remote: Remote = {
    ...(isHeld && { holdOn: async (signal: AbortSignal) => holdOn(signal) }),
    name: "program",
    schemes: ["http:", "https:"],
    settlesMs: 60_000,
    beginsFailedAnew,
    takesRest,
    async submit({ key, link, folder, ...again }: RemoteSubmission): Promise<Acceptance> {
      called(`submit ${link}`);
      const detail = refuses?.(link);
      if (detail !== undefined) return { kind: "refused", detail };
      const id = idOf(link);
      if (forgetsKeys && id !== undefined) return again.mayBeThere ? { kind: "taken", id } : { kind: "is_there" };
      if (!takesRest && id !== undefined && held.get(id)?.key === key) return { kind: "taken", id };
      submitted.push(link);
      begun.push(again.isBegun ?? false);
      anyLines.push(again.anyLines ?? false);
      mayBeThere.push(again.mayBeThere ?? false);
      const added = put({ key: forgetsKeys ? undefined : key, link, folder, state: "running" });
      await gate;
      if (errsAfter) throw new RemoteUnreachable("HTTP 500", { isHarmless: false, isOver: true });
      return { kind: "taken", id: added };
    },
    async list(asked) {
      called("list");
      const shown = [...held].filter(([, one]) => !hidden.has(one.link));
      const find = ({ key, link }: Handed) =>
        shown.find(([, one]) => (forgetsKeys ? one.link === link : one.key === key));
      const entries = asked.flatMap((one): [string, RemoteEntry][] => {
        const [id, found] = find(one) ?? [];
        return id === undefined || found === undefined ? [] : [[one.key, { ...found, id, isAlike: forgetsKeys }]];
      });
      if (tellsSession === "late")
        return { entries: new Map(entries), session: undefined, start: `started ${session}` };
      return { entries: new Map(entries), session: tellsSession ? String(session) : undefined };
    },
    async remove(id) {
      called(`remove ${id}`);
      held.delete(id);
    },
    async cleanHistory(id) {
      called(`cleanHistory ${id}`);
      held.delete(id);
    },
    async cleanParts(ids) {
      called(`cleanParts ${ids.join(" ")}`);
      if (isUnclear) throw new RemoteUnreachable("not understood", { isHarmless: false });
    },
    async health() {
      called("health");
      return "program 1.0";
    },
  };

  return {
    remote,
    /** Each link that it has taken, as many times as it did. */
    submitted,
    folders: () => [...held.values()].map(({ folder }) => folder),
    /** For each of these, whether it was submitted as begun before. */
    begun,
    /** For each of these, whether it was submitted with any number of lines. */
    anyLines,
    /** For each of these, whether it was submitted as one that may be there from before. */
    mayBeThere,
    calls,
    /** Resolves when this was called. */
    called: (what: string, times = 1) =>
      watch.until(() => (calls.filter((one) => one === what).length >= times ? true : undefined), {
        what: `call ${times} of "${what}"`,
        seen: () => calls.join(", "),
      }),
    /** Runs `work` when this is called; the returned function returns its result. */
    at<T>(what: string, work: () => T): () => T | undefined {
      let outcome: T | undefined;
      observers.set(what, () => {
        outcome = work();
      });
      return () => outcome;
    },
    /** Resolves when it has the link. */
    has: (link: string) =>
      watch.until(() => idOf(link), { what: `the program to have ${link}`, seen: () => calls.join(", ") }),
    links: () => [...held.values()].map(({ link }) => link),
    /** As if it had it from a call of ours. */
    puts: (key: string, link: string) => put({ key, link, folder: "", state: "running" }),
    people: (link: string) => put({ key: undefined, link, folder: "", state: "running" }),
    becomes(link: string, state: Partial<RemoteEntry>) {
      const id = idOf(link);
      const one = id === undefined ? undefined : held.get(id);
      if (id === undefined || one === undefined) throw new Error(`The program has no ${link}`);
      const { id: another = id, ...rest } = state;
      held.delete(id);
      held.set(another, { ...one, ...rest });
    },
    /** It has the link but does not list it until the returned function is called. */
    hides(link: string): () => void {
      hidden.add(link);
      return () => void hidden.delete(link);
    },
    /** Closes the connection that it keeps open. */
    closes: () => close(),
    loses: (link: string) => void held.delete(idOf(link) ?? ""),
    /** With or without its entries. */
    restarts({ keeps }: { readonly keeps: boolean }) {
      session += 1;
      if (!keeps) held = new Map();
    },
    /** From now on its answers about files that others write to cannot be understood. */
    answersUnclearly() {
      isUnclear = true;
    },
    /** Nobody is there until it `comesBack`. */
    goesDown() {
      failure = () => new RemoteUnreachable("nobody is there", { isHarmless: true, isAway: true });
    },
    comesBack() {
      failure = undefined;
    },
    /** Every call fails with this until it `comesBack`. */
    fails(error: Error) {
      failure = () => error;
    },
    /** It takes what comes, but answers only after the returned function is called. */
    holdsAnswers(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = undefined;
        resolve();
      };
    },
  };
}
