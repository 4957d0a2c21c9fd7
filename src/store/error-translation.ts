import { StoreUnavailable } from "../domain/storage.ts";

/** SQLite results that mean "cannot store now", not "the statement is wrong" (reliability.md §1.2). */
const UNAVAILABLE = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|CORRUPT|NOTADB|PROTOCOL|NOMEM|PERM)/;

type Functions<T> = { [K in keyof T]: (...args: never[]) => unknown };

/** Runs a function that touches the database; see `withStorageErrors`. */
export type Translate = <T>(work: () => T) => T;

/** The same functions, each run by the guard. */
export function translated<T extends Functions<T>>(table: T, translate: Translate): T {
  const wrapped = Object.entries<(...args: never[]) => unknown>(table).map(([name, run]) => [
    name,
    (...args: never[]) => translate(() => run(...args)),
  ]);
  return Object.fromEntries(wrapped);
}

/**
 * Turns a storage failure inside into `StoreUnavailable`; any other error is thrown as it is. `onFailure` gets each failure once, however
 * many nested calls it passes through.
 */
export function withStorageErrors<T>(work: () => T, onFailure?: (code: string) => void): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof StoreUnavailable ? undefined : storageCode(error);
    if (code === undefined) throw error;
    onFailure?.(code);
    throw new StoreUnavailable(code, error);
  }
}

/** drizzle wraps errors that occur while preparing, so the code may be in a cause. */
function storageCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && UNAVAILABLE.test(at.code)) return at.code;
  }
  return undefined;
}
