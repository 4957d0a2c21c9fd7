import type { Language } from "../../domain/chat.ts";
import type { Log } from "../../domain/log.ts";
import { DELETABLE_MS, type MessageRef } from "../../domain/message.ts";
import { REFUSED_MS, type Stranger } from "../../domain/role.ts";
import { ifAvailable, type Store, unlessUnavailable } from "../../domain/storage.ts";
import type { Access } from "./access.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_ASKED_AN_HOUR = 10;
const SHOWN_WITHIN_MS = 60_000;
const MOST_REFUSED = 100;
/** For as long as its messages can be deleted; if nobody has answered by then, the admins may be asked again. */
const OPEN_MS = DELETABLE_MS;

/** How an admin answers a request: for good, for a day, no. */
export const DECISIONS = ["in", "day", "no"] as const;

export type Decision = (typeof DECISIONS)[number];

/** The state of somebody's request for access. `by` names the admin who decided; empty if that is not known. */
export type AccessRequest =
  | { readonly kind: "open"; readonly name: string }
  /** `until`: epoch ms; null for good. */
  | { readonly kind: "granted"; readonly name: string; readonly by: string; readonly until: number | null }
  | { readonly kind: "refused"; readonly name: string; readonly by: string };

/**
 * What a request for access leads to: these admins are to be asked; they have already been asked; one of them said no; or nobody can be
 * asked now, because they were asked about too many people lately, cannot be reached, or the database cannot be used.
 */
export type Asked =
  | { readonly kind: "asked"; readonly admins: readonly number[] }
  | { readonly kind: "waiting" | "refused" | "not_now" };

/** What was decided, where to answer (see `Stranger`), and the messages that show the request to admins and must now show the decision. */
export type Decided = { readonly messages: readonly MessageRef[]; readonly threadId: number | null } & (
  | { readonly kind: "granted"; readonly until: number | null }
  | { readonly kind: "refused" }
);

/** Requests of people and groups for access, on which the admins decide. */
export interface AccessRequests {
  /** Which admins to ask about somebody (in a group: in which topic), if that makes sense. Never throws. */
  ask(of: { id: number; name: string; language: Language; threadId: number | null }): Asked;
  /** May throw `StoreUnavailable`, though not about members. */
  read(id: number): AccessRequest;
  /**
   * Notes a message that shows the request to an admin, and plans its deletion. False if the request was decided while the message was on
   * its way, so that it must show the decision. Throws `StoreUnavailable`.
   */
  shown(id: number, message: MessageRef): boolean;
  /** Undefined if somebody else was quicker; `anew`: an earlier no does not count. Throws `StoreUnavailable`; then nothing was decided. */
  decide(decision: Decision, of: { id: number; by: number; anew?: boolean }): Decided | undefined;
  /** Somebody who had access is not to be let in again for as long as a no counts. Throws `StoreUnavailable`. */
  refuse(of: { id: number; name: string; by: number }): void;
  /** People for whom a no still counts, latest first; at most a hundred, none while the database cannot be used. Never throws. */
  refused(): readonly Stranger[];
  /** Also false while the database cannot be used. Never throws. */
  isRefused(id: number): boolean;
  /** Ends a request that was decided in another way; returns the messages that show it. Never throws. */
  close(id: number): readonly MessageRef[];
  /** Forgets people who were not let in for a long time. Never throws. */
  forget(): void;
}

export function createAccessRequests(deps: {
  store: Pick<Store, "strangers" | "deletions" | "transaction">;
  access: Pick<Access, "admins" | "member" | "nameOf" | "grant" | "isLeaving" | "wholly">;
  /** Keeps the language of somebody's Telegram, to answer in it. */
  sawLanguage: (chatId: number, language: string | undefined) => void;
  now: () => number;
  log: Log;
}): AccessRequests {
  const { access, now, log } = deps;
  const { strangers, deletions } = deps.store;
  const transaction: Store["transaction"] = (work) => access.wholly(() => deps.store.transaction(work));
  const isRefused = ({ refusedUntil }: Stranger) => refusedUntil !== null && refusedUntil > now();
  /** A crash or a broken network may have kept every message to the admins from being sent. */
  const isOpen = ({ askedAt, shownIn }: Stranger) =>
    now() - askedAt < (shownIn.length > 0 ? OPEN_MS : HOUR_MS) && now() >= askedAt;
  /** No admin has got a message about it, and none will. */
  const isUnseen = ({ askedAt, shownIn }: Stranger) => shownIn.length === 0 && now() - askedAt >= SHOWN_WITHIN_MS;
  const nameOf = (admin: number | null | undefined) => (admin ? (access.nameOf(admin) ?? String(admin)) : "");

  function quietly<T>(work: () => T, otherwise: T): T {
    return unlessUnavailable(work, ({ code }) => {
      log.warn("Cannot use the stored requests for access now", { code });
      return otherwise;
    });
  }

  /** Undefined if the admins are to be asked. */
  function answered(id: number): Asked | undefined {
    const known = strangers.byId(id);
    if (known !== undefined && isRefused(known)) return { kind: "refused" };
    if (known !== undefined && isOpen(known)) return { kind: isUnseen(known) ? "not_now" : "waiting" };
    // Requests made by a clock that was ahead were not made within the hour.
    const askedLately = strangers.askedSince(now() - HOUR_MS) - strangers.askedSince(now() + 1);
    if (askedLately < MOST_ASKED_AN_HOUR) return undefined;
    log.warn("Too many strangers: the admins are not asked about all of them", { id });
    return { kind: "not_now" };
  }

  function end(id: number): readonly MessageRef[] {
    const messages = strangers.byId(id)?.shownIn ?? [];
    strangers.remove(id);
    return messages;
  }

  function refuse(id: number, name: string, by: number): void {
    const { askedAt = now(), threadId = null } = strangers.byId(id) ?? {};
    strangers.save({ id, name, askedAt, threadId, shownIn: [], refusedUntil: now() + REFUSED_MS, refusedBy: by });
  }

  return {
    ask: ({ id, name, language, threadId }) =>
      quietly(
        (): Asked => {
          const before = answered(id);
          if (before !== undefined) return before;
          strangers.save({ id, name, askedAt: now(), threadId, shownIn: [], refusedUntil: null, refusedBy: null });
          deps.sawLanguage(id, language);
          return { kind: "asked", admins: access.admins };
        },
        { kind: "not_now" },
      ),
    read(id) {
      const member = access.member(id);
      const stranger = member?.name === undefined ? strangers.byId(id) : undefined;
      const name = member?.name ?? stranger?.name ?? String(id);
      if (member !== undefined) return { kind: "granted", name, by: nameOf(member.granted?.by), until: member.until };
      if (stranger === undefined || !isRefused(stranger)) return { kind: "open", name };
      return { kind: "refused", name, by: nameOf(stranger.refusedBy) };
    },
    shown(id, message) {
      deletions.add({ ...message, deleteAt: now() + OPEN_MS });
      const stranger = strangers.byId(id);
      if (stranger === undefined || isRefused(stranger)) return false;
      strangers.save({ ...stranger, shownIn: [...stranger.shownIn, message] });
      return true;
    },
    decide(decision, { id, by, anew = false }) {
      const stranger = strangers.byId(id);
      // Somebody whose access was just removed gets it back by undoing that, which also brings the links back.
      if (access.member(id) !== undefined || access.isLeaving(id)) return undefined;
      if (stranger !== undefined && isRefused(stranger) && !anew) return undefined;
      const { name, shownIn: messages, threadId } = stranger ?? { name: String(id), shownIn: [], threadId: null };
      if (decision === "no") {
        refuse(id, name, by);
        return { kind: "refused", messages, threadId };
      }
      const until = decision === "day" ? now() + DAY_MS : null;
      const role = until === null ? "user" : "guest";
      return transaction((): Decided => {
        access.grant({ id, name, role, until, by });
        return { kind: "granted", until, messages: end(id), threadId };
      });
    },
    refuse: ({ id, name, by }) => refuse(id, name, by),
    refused: () => quietly(() => strangers.refused(now(), MOST_REFUSED), []),
    isRefused(id) {
      const stranger = ifAvailable(() => strangers.byId(id));
      return stranger !== undefined && isRefused(stranger);
    },
    close: (id) => quietly(() => end(id), []),
    forget: () => quietly(() => strangers.forgetAskedBefore(now() - REFUSED_MS, now()), undefined),
  };
}
