import type { Log } from "../../domain/log.ts";
import { isNoSite } from "../../domain/network.ts";
import { wait } from "../../domain/wait.ts";
import type { BackEnd } from "../back-end.ts";
import type { Folders } from "../folders.ts";
import type { List } from "../list.ts";
import type { DownloaderTexts } from "../locales/locales.ts";
import type { DownloaderOptions } from "../options.ts";
import { createGuard } from "./guard.ts";
import { startGuardingProxy } from "./guarding-proxy.ts";
import { createHttpFetcher } from "./http-fetcher.ts";
import { createWorker } from "./worker.ts";
import { createYtDlp } from "./yt-dlp.ts";
import { versionOfYtDlp } from "./yt-dlp-program.ts";

/** Starts the back end that downloads itself, with HTTP and yt-dlp, and whatever keeps it away from private networks. */
export async function startLocal(
  options: DownloaderOptions,
  of: { readonly list: List; readonly folders: Folders; readonly texts: DownloaderTexts; readonly log: Log },
): Promise<BackEnd> {
  await using parts = new AsyncDisposableStack();
  const { log } = of;
  const guard = options.allowPrivate ? undefined : createGuard({ isForbidden: isNoSite });
  const proxy = guard && parts.use(await startGuardingProxy(guard));
  const guarded = guard && proxy && { rules: guard, proxy: proxy.url };
  // It would bypass the guard (runtime.md §3.6). Both spellings, because the other one counts if one is empty.
  if (guarded !== undefined) process.env.NO_PROXY = process.env.no_proxy = "";
  const monotonic = () => performance.now();
  const { rate, cookies, ytDlp, ytDlpArguments: more, concurrency, minFree } = options;
  const http = createHttpFetcher({ guard: guarded, rate, wait, monotonic });
  // Only the request shows whether a link leads to a file or to a page.
  const fetchers = [http];
  if (ytDlp === undefined) {
    log.warn("There is no yt-dlp: only direct links to files are downloaded");
  } else {
    const version = await versionOfYtDlp(ytDlp, of.folders.parts);
    if (version === undefined) log.warn("yt-dlp does not tell its version; does it start?", { path: ytDlp });
    else log.info(`yt-dlp ${version}`, { path: ytDlp });
    fetchers.push(createYtDlp({ path: ytDlp, version, proxy: proxy?.url, cookies, rate, more, wait }));
  }
  const chance = { now: Date.now, random: Math.random };
  const worker = parts.use(
    createWorker({ ...of, ...chance, fetchers, concurrency, minFree, log: log.withTag("worker"), wait }),
  );
  const running = parts.move();
  return { ...worker, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
