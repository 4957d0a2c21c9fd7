import { DownloaderUnreachable } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";

/**
 * What a downloader answers to a person's request; undefined if it cannot be reached, or if `stop` aborts first. Rejects with any other
 * error of the call.
 */
export async function abortable<Reply>(
  call: Promise<Reply>,
  { stop, log }: { stop: AbortSignal; log: Log },
): Promise<Reply | undefined> {
  const { promise: stopped, resolve } = Promise.withResolvers<undefined>();
  const give = () => resolve(undefined);
  if (stop.aborted) give();
  stop.addEventListener("abort", give, { once: true });
  try {
    return await Promise.race([call, stopped]);
  } catch (error) {
    if (!(error instanceof DownloaderUnreachable)) throw error;
    log.info("A downloader does not answer", { error });
    return undefined;
  } finally {
    stop.removeEventListener("abort", give);
  }
}
