import { flag, integer, list, type Params } from "./parameters.ts";
import { badRequest, Refused } from "./refusal.ts";

/** Bot API: `Update`; `update_id` is always the first key, as GramIO reads the kind from the second. */
export type Update = Readonly<{ update_id: number } & Record<string, unknown>>;

/** Bot API, `getUpdates`: updates that are only sent on request. */
const ONLY_ON_REQUEST = new Set(["chat_member", "message_reaction", "message_reaction_count"]);
/** `Client.cpp`: how long an update is kept; nobody waits for the answer to an old press. */
const KEPT_MS = 24 * 60 * 60_000;
const PRESS_KEPT_MS = 150_000;
/** telegram-bot-api `Client.h`: LONG_POLL_MAX_TIMEOUT. */
const LONGEST_POLL_S = 50;
const TERMINATED = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
const WEBHOOK_IS_ACTIVE =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

/** The queue of updates: they stay until a later getUpdates confirms them, so a killed bot gets them again. */
export interface Updates {
  readonly pending: readonly Update[];
  /** The latest confirmed offset; 0 when nothing was confirmed. */
  readonly offset: number;
  webhookActive: boolean;
  /** Queues what a person did, if the bot asked for such updates; returns it, or undefined when it was filtered. */
  tell(kind: string, content: object): Update | undefined;
  /** Queues anything, unfiltered; an `update_id` of its own is kept, even a lower one. */
  push(content: object): Update;
  /** getUpdates: holds until there is an update, the timeout passed, a newer poll came or `gone` fires. */
  poll(params: Params, gone: AbortSignal): Promise<readonly Update[]>;
  deleteWebhook(params: Params): true;
}

/** `firstId` is the first update's id; `now` in epoch ms. */
export function createUpdates({ firstId, now }: { firstId: number; now: () => number }, changed: () => void): Updates {
  let pending: Update[] = [];
  const cameAt = new WeakMap<Update, number>();
  let nextId = firstId;
  let offset = 0;
  let allowed: ReadonlySet<string> | undefined;
  let webhookActive = false;
  let held: { wake(): void; refuse(): void } | undefined;

  const confirm = (asked: number) => {
    if (asked < 0) pending = pending.slice(asked);
    // Ids may start again lower after a quiet week (Bot API: `Update`): an offset from before confirms nothing.
    else if (asked > 0 && asked <= nextId) {
      pending = pending.filter(({ update_id }) => update_id >= asked);
      offset = asked;
    }
    changed();
  };
  const isKept = (update: Update) =>
    now() - (cameAt.get(update) ?? 0) < ("callback_query" in update ? PRESS_KEPT_MS : KEPT_MS);
  const push = (content: object): Update => {
    const update: Update = structuredClone({ update_id: nextId, ...content });
    nextId = update.update_id + 1;
    cameAt.set(update, now());
    pending.push(update);
    held?.wake();
    changed();
    return update;
  };

  return {
    get pending() {
      return pending;
    },
    get offset() {
      return offset;
    },
    get webhookActive() {
      return webhookActive;
    },
    set webhookActive(active) {
      webhookActive = active;
      if (active) held?.refuse();
    },
    tell(kind, content) {
      const wanted = allowed === undefined ? !ONLY_ON_REQUEST.has(kind) : allowed.has(kind);
      return wanted ? push({ [kind]: content }) : undefined;
    },
    push,
    async poll(params, gone) {
      if (webhookActive) throw new Refused(409, WEBHOOK_IS_ACTIVE);
      const kinds = params.allowed_updates;
      if (kinds !== undefined) {
        const names = list(kinds);
        if (names === undefined) throw badRequest("can't parse allowed_updates JSON object");
        allowed = names.length === 0 ? undefined : new Set(names.map(String));
      }
      pending = pending.filter(isKept);
      confirm(integer(params.offset) ?? 0);
      const limit = Math.min(Math.max(integer(params.limit) ?? 100, 1), 100);
      const timeoutMs = Math.min(Math.max(integer(params.timeout) ?? 0, 0), LONGEST_POLL_S) * 1000;
      // `Client.cpp`, `do_get_updates`: one that is answered at once does not end another that is waiting.
      if (pending.length === 0 && timeoutMs > 0) {
        held?.refuse();
        await untilSomething(timeoutMs, gone);
      }
      return pending.slice(0, limit);
    },
    deleteWebhook(params) {
      webhookActive = false;
      if (flag(params.drop_pending_updates)) pending = [];
      return true;
    },
  };

  async function untilSomething(timeoutMs: number, gone: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const mine = {
      wake: resolve,
      refuse: () => reject(new Refused(409, webhookActive ? WEBHOOK_IS_ACTIVE : TERMINATED)),
    };
    held = mine;
    const timer = setTimeout(resolve, timeoutMs);
    gone.addEventListener("abort", () => resolve());
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      if (held === mine) held = undefined;
    }
  }
}
