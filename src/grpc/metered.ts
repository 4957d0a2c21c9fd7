import type { DownloaderClient } from "../domain/downloader.ts";
import type { Meter } from "../domain/monitoring.ts";

/** The same client, whose hand-overs are counted. */
export function metered(client: DownloaderClient, meter: Pick<Meter, "attempted">): DownloaderClient {
  return {
    ...client,
    async submit(downloader, submission) {
      const startedAt = performance.now();
      const outcome = await client.submit(downloader, submission);
      meter.attempted({ downloader: downloader.name, outcome: outcome.kind, ms: performance.now() - startedAt });
      return outcome;
    },
  };
}
