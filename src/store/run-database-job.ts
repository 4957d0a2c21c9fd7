import { StoreUnavailable } from "../domain/storage.ts";
import type { DatabaseJob, JobResult } from "./database-worker.ts";

/** In the executable, everything is in one folder under the names of the entries, see `.ci/build`. */
const ENTRY = import.meta.url.startsWith("file:///$bunfs/") ? "./store/database-worker.ts" : "./database-worker.ts";

/**
 * Does a job in a thread of its own, so that the event loop can turn, and returns the findings. Rejects with what the functions behind the
 * jobs throw: `StoreUnavailable`, or the system's error with its code.
 */
export async function runDatabaseJob(job: DatabaseJob): Promise<readonly string[]> {
  const worker = new Worker(new URL(ENTRY, import.meta.url).href);
  try {
    const { promise, resolve, reject } = Promise.withResolvers<JobResult>();
    worker.onmessage = ({ data }: MessageEvent<JobResult>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`The thread for the database failed: ${message}`));
    worker.postMessage(job);
    const result = await promise;
    if ("findings" in result) return result.findings;
    const error = Object.assign(new Error(result.problem), result.code === undefined ? {} : { code: result.code });
    throw result.isStorage ? new StoreUnavailable(result.code ?? "", error) : error;
  } finally {
    worker.terminate();
  }
}
