import type { AllowedUpdateName, TelegramUpdate } from "gramio";
import type { Log } from "../../domain/log.ts";
import { type Wait, within } from "../../domain/wait.ts";
import { describeApiError, errorFields } from "../api/api-error.ts";

/** Remembers, across crashes, which updates were begun and have not ended. May throw; the updates are handled all the same. */
export interface UpdatesInProgress {
  /** Counts one more try of each; returns the tries by update id, including this one. */
  begin(ids: readonly number[]): ReadonlyMap<number, number>;
  /** `isAgain`: one of them was begun before, by a run that did not end it. */
  end(ids: readonly number[], of: { readonly isAgain: boolean }): void;
  /** None is in progress. */
  clear(): void;
}

export interface BatchOptions {
  readonly kinds: readonly AllowedUpdateName[];
  /** Resolves when what the update requests is stored; answers may still be on their way. */
  readonly handle: (update: TelegramUpdate) => Promise<unknown>;
  readonly updatesInProgress: UpdatesInProgress;
  /**
   * Awaited before each update, or before the record of those that begin together: resolves when the database can be written, or when it
   * is no use waiting for that.
   */
  readonly writable: () => Promise<void>;
  /** Called when updates begin: they find everything before them stored, as a repeated one finds the prompt that was sent a moment ago. */
  readonly storeEarlier: () => void;
  readonly log: Log;
  readonly now: () => number;
  readonly wait: Wait;
  readonly onPoison?: (update: TelegramUpdate) => void;
}

interface BatchBounds {
  readonly chatsAtOnce: number;
  readonly stop: AbortSignal;
}

const LIMIT_MS = 15_000;
const MAX_TRIES = 3;
/** A server of the Bot API that has just started may have nothing at first, and then what an earlier run has begun. */
const SETTLING_MS = 60_000;
/** The tries of updates that no earlier run can have begun. */
const ALL_NEW: ReadonlyMap<number, number> = new Map();

/** Handles batches of updates: each chat's in their order, chats side by side (reliability.md §3.3). */
export function createBatchHandler(options: BatchOptions) {
  const { kinds, handle, updatesInProgress, writable, storeEarlier, log, now, wait, onPoison } = options;
  const supported = new Set<string>(kinds);
  const strangeKinds = new Set<string>();
  const startedAt = now();
  /** Telegram has had nothing unconfirmed, and no note of an earlier run, or of an end that could not be recorded, is left. */
  let isCaughtUp = false;
  /** What an update costs on the disk is worth it only while it may have ended an earlier run. */
  const mayBeAgain = () => !isCaughtUp || now() - startedAt < SETTLING_MS;

  /** `noted`: the tries of all that are handled together; undefined for one that is handled alone. */
  async function one(raw: TelegramUpdate, noted: ReadonlyMap<number, number> | undefined): Promise<void> {
    const kind = kindOf(raw);
    if (kind === undefined || !supported.has(kind)) {
      const name = kind ?? "none";
      if (!strangeKinds.has(name)) log.warn("Skipping updates of this kind", { kind: name, update: raw.update_id });
      strangeKinds.add(name);
      return;
    }
    const update = inOrder(raw, kind);
    const id = update.update_id;
    const known = noted ?? triesOf([id]);
    const tries = known.get(id) ?? 1;
    try {
      if (tries > MAX_TRIES) {
        log.error("Skipped an update that was started several times and never finished", {
          update: id,
          tries: tries - 1,
          kind,
        });
        onPoison?.(update);
        return;
      }
      await limited(update);
    } catch (error) {
      log.error("Cannot handle an update", { update: id, kind, ...errorFields(error) });
    } finally {
      if (noted === undefined) forget([id], known);
    }
  }

  async function limited(update: TelegramUpdate): Promise<void> {
    const work = Promise.try(handle, update);
    const handled = work.then(() => true);
    if (await within(handled, { ms: LIMIT_MS, wait })) return;
    const { update_id: id } = update;
    log.error("An update is not handled yet: continuing without it", { update: id, afterMs: LIMIT_MS });
    work.catch((error) => log.error("Cannot handle an update", { update: id, ...errorFields(error) }));
  }

  function triesOf(ids: readonly number[]): ReadonlyMap<number, number> {
    storeEarlier();
    if (!mayBeAgain()) return ALL_NEW;
    try {
      return updatesInProgress.begin(ids);
    } catch (error) {
      log.warn("Cannot record that updates were started", { updates: ids.length, error: describeApiError(error) });
      return new Map();
    }
  }

  function forget(ids: readonly number[], noted: ReadonlyMap<number, number>): void {
    if (noted === ALL_NEW) return;
    try {
      updatesInProgress.end(ids, { isAgain: ids.some((id) => (noted.get(id) ?? 1) > 1) });
    } catch (error) {
      isCaughtUp = false;
      log.warn("Cannot record that updates were finished", { updates: ids.length, error: describeApiError(error) });
    }
  }

  return {
    /**
     * Telegram has nothing that was not confirmed: what is still noted never comes again, and would make another update suspicious,
     * because numbers may repeat (Bot API: `update_id`).
     */
    nothingPending(): void {
      if (isCaughtUp) return;
      try {
        updatesInProgress.clear();
        isCaughtUp = true;
      } catch (error) {
        log.debug("Cannot forget old updates now", { error: describeApiError(error) });
      }
    },

    /** Another server of the Bot API is asked now, and may list what an earlier run has begun. */
    mayBePending(): void {
      isCaughtUp = false;
    },

    /**
     * Resolves with the updates that it did not begin because `stop` aborted; those it began, it ends. If chats are handled side by side,
     * one record of what is begun is enough for all, and each has one try fewer if one of them kills the process. Never rejects.
     */
    async handle(updates: readonly TelegramUpdate[], { chatsAtOnce, stop }: BatchBounds): Promise<TelegramUpdate[]> {
      const left = new Set(updates);
      const ids = updates.map(({ update_id }) => update_id);
      if (chatsAtOnce > 1) await writable();
      const noted = chatsAtOnce > 1 ? triesOf(ids) : undefined;
      const chats = Map.groupBy(updates, orderKeyOf).values();
      const worker = async () => {
        // This has just been awaited, for the record of what is begun.
        let isLooked = noted !== undefined;
        for (const ofOneChat of chats) {
          for (const update of ofOneChat) {
            if (stop.aborted) return;
            if (!isLooked) await writable();
            isLooked = false;
            await one(update, noted);
            left.delete(update);
          }
        }
      };
      await Promise.all(Array.from({ length: chatsAtOnce }, worker));
      if (noted !== undefined) forget(ids, noted);
      return [...left];
    },
  };
}

/** The kind of an update: its only key besides `update_id`. Undefined if it has none. */
export function kindOf(update: TelegramUpdate): string | undefined {
  return Object.keys(update).find((key) => key !== "update_id");
}

/** The same update with `update_id` first and its kind second: GramIO takes the kind from the second key (runtime.md §3.1). */
export function inOrder(update: TelegramUpdate, kind: string): TelegramUpdate {
  return { update_id: update.update_id, [kind]: Reflect.get(update, kind) };
}

/** What must keep its order: the chat, or else the person, or else the update on its own. */
export function orderKeyOf(update: TelegramUpdate): string {
  const payload = field(update, kindOf(update) ?? "");
  const chat = field(payload, "chat") ?? field(field(payload, "message"), "chat");
  const id = field(chat ?? field(payload, "from") ?? field(payload, "user"), "id");
  return typeof id === "number" ? `chat ${id}` : `update ${update.update_id}`;
}

function field(from: unknown, name: string): unknown {
  return typeof from === "object" && from !== null ? Reflect.get(from, name) : undefined;
}
