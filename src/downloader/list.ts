import { Database } from "bun:sqlite";
import type { Submission } from "../domain/downloader.ts";
import type { ListEntry } from "./entry.ts";
import { createHandOvers, type HandOvers } from "./hand-overs.ts";
import { migrate } from "./list-schema.ts";

/** The list of links: it outlives the process, and holds a link only once. Each function may throw SQLite's errors. */
export interface List extends Disposable {
  /** Takes a link, even one that is done or has failed; false if it is already in the list. */
  add(wanted: Submission): boolean;
  /** Returns the entry that was taken out; undefined if there was none. */
  remove(link: string): ListEntry | undefined;
  has(id: number): boolean;
  /** Whether a link is still open. */
  isOpen(link: string): boolean;
  all(): readonly ListEntry[];
  /** What is to be done, in the order in which it is due. */
  open(): readonly ListEntry[];
  rename(id: number, name: string): void;
  /** Its files are complete; `trouble` is what is missing. */
  markWhole(id: number, trouble: string | null): void;
  markDone(id: number): void;
  /** To be tried again; `tries` counts those that failed. */
  postpone(id: number, of: Pick<ListEntry, "trouble" | "tries" | "dueAt">): void;
  /** Not to be tried before this, in whatever state it is. */
  delay(id: number, dueAt: number): void;
  fail(id: number, trouble: string): void;
  /** The bot was told about the failures. */
  markTold(): void;
  /** Forgets what is done, and failures that the bot was told about. */
  clean(): void;
  /** Forgets entries that ended long ago. */
  forgetOld(): void;
  /** What a program of this name has of the list. Call it once: what was handed to others is to be done again. */
  handOvers(name: string): HandOvers;
}

const DAY_MS = 86_400_000;
const DONE_KEPT_MS = 7 * DAY_MS;
/** For a failure that was told. */
const TOLD_KEPT_MS = DAY_MS;
/** For one that no bot has asked about. */
const FAILED_KEPT_MS = 30 * DAY_MS;

const COLUMNS = `id, link, user_name AS userName, max_quality AS maxQuality, status, name, trouble, tries,
  due_at AS dueAt`;

/** Opens (and creates) the list. While another process has it open, this throws `SQLITE_BUSY`; `now` is in epoch ms. */
export function openList(path: string, now: () => number): List {
  const sqlite = new Database(path, { create: true, readwrite: true, strict: true });
  try {
    // Only one process: two would download everything twice. The kernel frees the lock even after a kill.
    for (const pragma of ["locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"]) {
      sqlite.run(`PRAGMA ${pragma}`);
    }
    migrate(sqlite);
  } catch (error) {
    sqlite.close();
    throw error;
  }

  const select = (rest: string) => sqlite.query<ListEntry, []>(`SELECT ${COLUMNS} FROM entries ${rest}`);
  const all = select("ORDER BY id");
  const open = select("WHERE status IN ('NEW', 'WHOLE') ORDER BY due_at, id");
  const isOpen = sqlite.query("SELECT 1 FROM entries WHERE link = ? AND status IN ('NEW', 'WHOLE')");
  const drop = sqlite.query<ListEntry, [string]>(`DELETE FROM entries WHERE link = ? RETURNING ${COLUMNS}`);
  const dropEnded = sqlite.query("DELETE FROM entries WHERE link = ? AND status IN ('DONE', 'FAILED')");
  const insert = sqlite.query(
    `INSERT INTO entries (link, user_name, max_quality, due_at, changed_at, key)
     VALUES ($link, $userName, $maxQuality, $now, $now, lower(hex(randomblob(8)))) ON CONFLICT DO NOTHING`,
  );
  const set = (assignments: string) =>
    sqlite.query(`UPDATE entries SET ${assignments}, changed_at = $now WHERE id = $id`);
  const rename = set("name = $name");
  const whole = set("status = 'WHOLE', trouble = $trouble, due_at = $now");
  const done = set("status = 'DONE'");
  const postpone = set("trouble = $trouble, tries = $tries, due_at = $dueAt");
  const delay = set("due_at = $dueAt");
  const fail = set("status = 'FAILED', trouble = $trouble, told_at = NULL");
  const told = sqlite.query("UPDATE entries SET told_at = ? WHERE status = 'FAILED' AND told_at IS NULL");
  const clean = sqlite.query("DELETE FROM entries WHERE status = 'DONE' OR told_at IS NOT NULL");
  const forget = sqlite.query(
    "DELETE FROM entries WHERE (status = 'DONE' AND changed_at < $done) OR told_at < $told OR (status = 'FAILED' AND changed_at < $failed)",
  );
  const takeAnew = sqlite.transaction((wanted: Submission) => {
    dropEnded.run(wanted.url);
    const { userName, maxQuality } = wanted;
    return insert.run({ link: wanted.url, userName, maxQuality, now: now() }).changes > 0;
  });

  return {
    add: (wanted) => takeAnew.immediate(wanted),
    remove: (link) => drop.get(link) ?? undefined,
    has: (id) => sqlite.query("SELECT 1 FROM entries WHERE id = ?").get(id) !== null,
    isOpen: (link) => isOpen.get(link) !== null,
    all: () => all.all(),
    open: () => open.all(),
    rename: (id, name) => void rename.run({ id, name, now: now() }),
    markWhole: (id, trouble) => void whole.run({ id, trouble, now: now() }),
    markDone: (id) => void done.run({ id, now: now() }),
    postpone: (id, of) => void postpone.run({ id, ...of, now: now() }),
    delay: (id, dueAt) => void delay.run({ id, dueAt, now: now() }),
    fail: (id, trouble) => void fail.run({ id, trouble, now: now() }),
    markTold: () => void told.run(now()),
    clean: () => void clean.run(),
    forgetOld() {
      const at = now();
      forget.run({ done: at - DONE_KEPT_MS, told: at - TOLD_KEPT_MS, failed: at - FAILED_KEPT_MS });
    },
    handOvers: (name) => createHandOvers(sqlite, { name, now }),
    [Symbol.dispose]: () => sqlite.close(),
  };
}
