import type { Log } from "../../domain/log.ts";
import type { Grant, GrantedRole, Grants, Role } from "../../domain/role.ts";
import { unlessUnavailable } from "../../domain/storage.ts";

/** A person or group with access. */
export interface Member {
  readonly id: number;
  readonly role: GrantedRole;
  /** Epoch ms; null: no end. */
  readonly until: number | null;
  /** Undefined until Telegram has told it. */
  readonly name: string | undefined;
  /** Undefined for ids in the config, which always stay. */
  readonly granted: { readonly by: number; readonly at: number } | undefined;
}

/**
 * Who may do what (rule 9): ids in the config, and grants at run time, which are also kept in memory, so that roles hold while the
 * database cannot be used. Functions that change a grant may throw `StoreUnavailable`; then nothing has changed.
 */
export interface Access {
  /** The best role that the chat or the person in it has. */
  roleOf(who: { chatId: number; userId: number | undefined }): Role;
  /** Chats that get the messages for admins. */
  readonly admins: readonly number[];
  /** Those in the config first, then by the time they were let in. */
  members(): Member[];
  member(id: number): Member | undefined;
  nameOf(id: number): string | undefined;
  /** Gives somebody with access another role; a guest's extra day is added to the time that is left. */
  change(member: Member, to: "admin" | "user" | "day", by: number): Pick<Grant, "role" | "until">;
  /** Lets somebody in, or changes the role of somebody with access; for ids in the config, the config decides. */
  grant(of: { id: number; name: string; role: GrantedRole; until: number | null; by: number }): void;
  /** False if there is no grant to revoke. */
  revoke(id: number): boolean;
  /** True while the removal of the access can still be undone. */
  isLeaving(id: number): boolean;
  /** Epoch ms at which a guest's time ends; null for anybody else. */
  guestUntil(who: { chatId: number; userId: number | undefined }): number | null;
  /** Every grant that is kept, including those that no longer hold. */
  grants(): readonly Grant[];
  /** Changes a stored grant directly, with no other effect. */
  revise(id: number, change: Partial<Pick<Grant, "role" | "until" | "undo" | "warned" | "grantedAt">>): void;
  /**
   * Treats everybody who was let in while the clock was ahead as let in now, so that guests stay no longer than they were told. Call it
   * only while the clock can be trusted. Never throws.
   */
  bringBack(): void;
  /** Stores what `work` does in a transaction of its own: if that fails, even at its commit, nothing has changed here either. */
  wholly<T>(work: () => T): T;
  /** Learns somebody's present name, unless it is empty. Never throws. */
  saw(id: number, name: string): void;
  /** Bot API: a group got a new id. Its role goes along; the stored grant is moved with the rest of the chat. */
  moved(from: number, to: number): void;
  /** Learns whom the table knows, once it can be read; from then on nobody else has access. Throws `StoreUnavailable`. */
  takeUp(): void;
}

const DAY_MS = 24 * 3_600_000;
/** A guest who stays no longer than this has known the end from the beginning, and is not told again a day before it. */
const KNOWN_END_MS = 2 * DAY_MS;
/** A clock that was ahead by less makes no difference to anybody. */
const LEAP_MS = DAY_MS / 24;
const BEST_FIRST: readonly Role[] = ["admin", "user", "guest", "nobody"];

export function createAccess(deps: {
  settings: { readonly admins: readonly number[]; readonly users: readonly number[] };
  grants: Grants;
  now: () => number;
  log: Log;
}): Access {
  const { settings, now, log } = deps;
  const configured = new Map<number, GrantedRole>([
    ...settings.users.map((id) => [id, "user"] as const),
    ...settings.admins.map((id) => [id, "admin"] as const),
  ]);
  const grants = new Map<number, Grant>();
  /** Of ids in the config; a grant has its own. */
  const names = new Map<number, string>();

  const isLive = ({ until, undo }: Grant) => (until === null || until > now()) && undo?.kind !== "removed";

  function best(id: number): Role {
    const grant = grants.get(id);
    const roles = [configured.get(id), grant !== undefined && isLive(grant) ? grant.role : undefined];
    return BEST_FIRST.find((role) => roles.some((one) => one === role)) ?? "nobody";
  }

  function quietly(what: string, work: () => void): void {
    unlessUnavailable(work, ({ code }) => log.warn(`Cannot store ${what}`, { code }));
  }

  const access: Access = {
    roleOf({ chatId, userId }) {
      const roles = [best(chatId), userId === undefined ? "nobody" : best(userId)];
      return BEST_FIRST.find((role) => roles.includes(role)) ?? "nobody";
    },
    get admins() {
      return access.members().flatMap(({ id, role }) => (role === "admin" ? id : []));
    },
    members() {
      const granted = [...grants.values()].filter(({ id }) => !configured.has(id));
      const ids = [...configured.keys(), ...granted.sort((a, b) => a.grantedAt - b.grantedAt).map(({ id }) => id)];
      return ids.flatMap((id) => access.member(id) ?? []);
    },
    member(id) {
      const role = configured.get(id);
      const grant = grants.get(id);
      const isPromoted = role === "user" && grant?.role === "admin" && isLive(grant);
      if (role !== undefined && !isPromoted)
        return { id, role, until: null, name: access.nameOf(id), granted: undefined };
      if (grant === undefined || !isLive(grant)) return undefined;
      const { until, name, grantedBy: by, grantedAt: at } = grant;
      return { id, role: grant.role, until, name, granted: { by, at } };
    },
    nameOf: (id) => grants.get(id)?.name ?? names.get(id),
    grant({ id, name, role, until, by }) {
      const before = access.member(id)?.granted;
      const warned = until !== null && until - now() < KNOWN_END_MS;
      const grant = { id, name, role, until, grantedBy: by, grantedAt: before?.at ?? now(), undo: null, warned };
      deps.grants.save(grant);
      grants.set(id, grant);
      log.info(`Let ${id} in`, { role, until, by });
    },
    change({ id, name = String(id), until: present }, to, by) {
      const role = to === "day" ? "guest" : to;
      const until = to === "day" ? Math.max(now(), present ?? 0) + DAY_MS : null;
      access.grant({ id, name, role, until, by });
      return { role, until };
    },
    revoke(id) {
      if (!grants.has(id)) return false;
      deps.grants.remove(id);
      grants.delete(id);
      log.info(`Removed the access of ${id}`);
      return true;
    },
    isLeaving: (id) => grants.get(id)?.undo?.kind === "removed",
    guestUntil(who) {
      if (access.roleOf(who) !== "guest") return null;
      const ends = [who.chatId, who.userId ?? who.chatId].flatMap((id) => access.member(id)?.until ?? []);
      return ends.length === 0 ? null : Math.max(...ends);
    },
    grants: () => [...grants.values()],
    revise(id, change) {
      const grant = grants.get(id);
      if (grant === undefined) return;
      const revised = { ...grant, ...change };
      deps.grants.save(revised);
      grants.set(id, revised);
    },
    bringBack() {
      for (const { id, grantedAt, until } of grants.values()) {
        const aheadMs = grantedAt - now();
        if (aheadMs <= LEAP_MS) continue;
        const change = { grantedAt: now(), until: until === null ? null : until - aheadMs };
        quietly("when somebody was let in", () => access.revise(id, change));
      }
    },
    wholly(work) {
      const before = [...grants];
      try {
        return work();
      } catch (error) {
        grants.clear();
        for (const [id, grant] of before) grants.set(id, grant);
        throw error;
      }
    },
    saw(id, name) {
      if (name === "") return;
      const grant = grants.get(id);
      if (grant === undefined) {
        if (configured.has(id)) names.set(id, name);
        return;
      }
      if (grant.name === name) return;
      const renamed = { ...grant, name };
      grants.set(id, renamed);
      quietly("a name", () => deps.grants.save(renamed));
    },
    moved(from, to) {
      const role = configured.get(from);
      if (role !== undefined) configured.set(to, role);
      const grant = grants.get(from);
      grants.delete(from);
      if (grant !== undefined) grants.set(to, { ...grant, id: to });
    },
    takeUp() {
      const all = deps.grants.all();
      // Without the table, nobody is let in or removed: it knows better than a copy of it.
      grants.clear();
      for (const grant of all) grants.set(grant.id, grant);
    },
  };
  access.takeUp();
  return access;
}
