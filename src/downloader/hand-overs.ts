import type { Database } from "bun:sqlite";
import type { ListEntry } from "./entry.ts";

/** What identifies an entry in a program that it was handed to. */
export interface Handed {
  /** Ours, made for this entry alone: 16 hexadecimal digits. It is stored before the program is called. */
  readonly key: string;
  /** Exactly as it came. */
  readonly link: string;
  /** When the program was called, or was about to be, in epoch ms; null: it certainly knows nothing of it. */
  readonly sentAt: number | null;
  /** The program's own id; null until it has told. */
  readonly remoteId: string | null;
}

/** An entry of the list that is to be done. `session` is the program's at the time of the call, see `RemoteList`. */
export type HandedEntry = ListEntry & Handed & { readonly session: string | null };

/** What another program has of the list. Everything is on the disk when a function returns; each may throw SQLite's errors. */
export interface HandOvers {
  /** What is to be done, in the order in which it is due. */
  open(): readonly HandedEntry[];
  /** What was taken out of the list, or leaves the program before that, and may still be in the program. */
  dropped(): readonly (Handed & { readonly sentAt: number })[];
  /** The program is about to be called for it. */
  markSent(key: string, session: string | undefined): void;
  /** The program has it under this id, even if it was taken out of the list meanwhile; in this session, if one is named. */
  markPresent(key: string, of: { readonly remoteId: string; readonly session?: string | undefined }): void;
  /** Failed entries stay in the list, but are to leave the program, as far as they may still be there. */
  dropFailed(): void;
  /** The program no longer has it, or never had it. */
  markAbsent(key: string): void;
  /** How often the program was absent, as last stored. */
  absences(): number;
  setAbsences(times: number): void;
}

/** The view of one program; what was handed to another one, which ran here before, is to be done again. */
export function createHandOvers(sqlite: Database, { name, now }: { name: string; now: () => number }): HandOvers {
  sqlite.query("UPDATE entries SET sent_at = NULL, session = NULL, remote_id = NULL WHERE back_end <> ?").run(name);
  sqlite.query("DELETE FROM dropped WHERE back_end <> ?").run(name);
  const open = sqlite.query<HandedEntry, []>(
    `SELECT id, link, user_name AS userName, max_quality AS maxQuality, status, name, trouble, tries, due_at AS dueAt,
       key, sent_at AS sentAt, session, remote_id AS remoteId
     FROM entries WHERE status IN ('NEW', 'WHOLE') ORDER BY due_at, id`,
  );
  const dropped = sqlite.query<Handed & { sentAt: number }, []>(
    "SELECT key, link, sent_at AS sentAt, remote_id AS remoteId FROM dropped ORDER BY sent_at",
  );
  const sent = sqlite.query(
    "UPDATE entries SET back_end = $name, sent_at = $now, session = $session, remote_id = NULL WHERE key = $key",
  );
  const known = sqlite.query(
    "UPDATE entries SET remote_id = $remoteId, session = ifnull($session, session) WHERE key = $key",
  );
  const knownOfDropped = sqlite.query("UPDATE dropped SET remote_id = $remoteId WHERE key = $key");
  const unsent = sqlite.query("UPDATE entries SET sent_at = NULL, session = NULL, remote_id = NULL WHERE key = ?");
  const drop = sqlite.query(
    `INSERT INTO dropped (key, link, back_end, sent_at, remote_id)
     SELECT key, link, back_end, sent_at, remote_id FROM entries WHERE status = 'FAILED' AND sent_at IS NOT NULL`,
  );
  const gone = sqlite.query(
    "UPDATE entries SET sent_at = NULL, session = NULL, remote_id = NULL WHERE status = 'FAILED' AND sent_at IS NOT NULL",
  );
  const leave = sqlite.transaction(() => {
    drop.run();
    gone.run();
  });
  const forget = sqlite.query("DELETE FROM dropped WHERE key = ?");
  const absences = sqlite.query<{ times: number }, [string]>("SELECT times FROM absences WHERE back_end = ?");
  const setAbsences = sqlite.query("INSERT OR REPLACE INTO absences (back_end, times) VALUES ($name, $times)");
  return {
    open: () => open.all(),
    dropped: () => dropped.all(),
    markSent: (key, session) => void sent.run({ key, name, now: now(), session: session ?? null }),
    markPresent(key, { remoteId, session }) {
      known.run({ key, remoteId, session: session ?? null });
      knownOfDropped.run({ key, remoteId });
    },
    dropFailed: () => leave.immediate(),
    markAbsent(key) {
      unsent.run(key);
      forget.run(key);
    },
    absences: () => absences.get(name)?.times ?? 0,
    setAbsences: (times) => void setAbsences.run({ name, times }),
  };
}
