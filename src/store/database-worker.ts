import { errorCode } from "../domain/error-code.ts";
import { StoreUnavailable } from "../domain/storage.ts";
import { copyDatabase } from "./copy.ts";
import { damageIn } from "./integrity.ts";

/** Work on a whole database, whose duration depends on the size of the database. */
export type DatabaseJob =
  /** See `damageIn`. */
  | { readonly kind: "check"; readonly path: string }
  /** See `copyDatabase`. */
  | { readonly kind: "copy"; readonly from: string; readonly to: string };

/** How a job ended: `code` is SQLite's if `isStorage`, otherwise the system's, if there was one. */
export type JobResult =
  | { readonly findings: readonly string[] }
  | { readonly problem: string; readonly code: string | undefined; readonly isStorage: boolean };

function done(job: DatabaseJob): JobResult {
  try {
    if (job.kind === "check") return { findings: damageIn(job.path) };
    copyDatabase(job.from, job.to);
    return { findings: [] };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { problem, code: errorCode(error), isStorage: error instanceof StoreUnavailable };
  }
}

// The entry point of a separate thread: see `runDatabaseJob`.
declare const self: Worker;
self.onmessage = ({ data }: MessageEvent<DatabaseJob>) => self.postMessage(done(data));
