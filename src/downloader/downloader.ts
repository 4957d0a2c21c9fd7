import type { Address } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import { isNoSite } from "../domain/network.ts";
import { parseLink } from "../domain/url.ts";
import { wait } from "../domain/wait.ts";
import { openFolders } from "./folders.ts";
import { createGuard } from "./guard.ts";
import { startGuardingProxy } from "./guarding-proxy.ts";
import { createHttpFetcher } from "./http-fetcher.ts";
import { killLeftovers } from "./leftovers.ts";
import { openList } from "./list.ts";
import { downloaderTexts } from "./locales/locales.ts";
import type { DownloaderOptions } from "./options.ts";
import { startRegistration } from "./registration.ts";
import { downloadOf } from "./report.ts";
import { sensorLines } from "./sensors.ts";
import { type Service, startServer } from "./server.ts";
import { createWorker } from "./worker.ts";
import { createYtDlp } from "./yt-dlp.ts";

/** A downloader that runs. Disposing it stops downloads where they are; the next start goes on with them. */
export interface RunningDownloader extends AsyncDisposable {
  /** Where the bot is to call it. */
  readonly address: Address;
  /** In words, how much it does. */
  readonly health: () => string;
}

const TIDY_EVERY_MS = 3_600_000;

/**
 * Starts the downloader: list, worker, server, registration, in this order, so that nothing is promised that could not be
 * kept. Throws `ListenError`, what SQLite throws (`SQLITE_BUSY`: another one runs in this folder), and the system's errors.
 */
export async function startDownloader(
  options: DownloaderOptions,
  { log }: { readonly log: Log },
): Promise<RunningDownloader> {
  await using parts = new AsyncDisposableStack();
  const texts = downloaderTexts[options.language];
  const folders = openFolders(options.dir);
  const list = parts.use(openList(folders.list, Date.now));
  killLeftovers(folders.parts);
  folders.dropStrangers(list.all().map(({ id }) => id));

  const guard = options.allowPrivate ? undefined : createGuard({ isForbidden: isNoSite });
  const proxy = guard && parts.use(await startGuardingProxy(guard));
  const guarded = guard && proxy && { rules: guard, proxy: proxy.url };
  // It would lead past the guard (runtime.md §3.6), and Bun heeds only what is set, not what is deleted.
  if (guarded !== undefined) process.env.NO_PROXY = process.env.no_proxy = "";
  const monotonic = () => performance.now();
  const { rate, cookies, ytDlp, ytDlpArguments: more } = options;
  const http = createHttpFetcher({ guard: guarded, rate, wait, monotonic });
  // Whether a link leads to a file or to a page is known when it is asked for.
  const fetchers =
    ytDlp === undefined ? [http] : [http, createYtDlp({ path: ytDlp, proxy: proxy?.url, cookies, rate, more })];
  if (ytDlp === undefined) log.warn("There is no yt-dlp: only links to files are downloaded");

  const backEnd = parts.use(
    createWorker({
      list,
      folders,
      fetchers,
      concurrency: options.concurrency,
      minFree: options.minFree,
      texts,
      log: log.withTag("worker"),
      wait,
      now: Date.now,
      random: Math.random,
    }),
  );
  const tidy = () => withoutFail("Cannot forget what ended long ago", () => list.forgetOld(), log);
  const tidying = setInterval(tidy, TIDY_EVERY_MS);
  parts.defer(() => clearInterval(tidying));
  tidy();

  const service: Service = {
    take(wanted) {
      // It is fetched exactly as it came, so that what people's slips are forgiven is no link here.
      if (!URL.canParse(wanted.url)) return "no_link";
      if (!parseLink(wanted.url, { allowPrivate: options.allowPrivate }).ok) return "no_link";
      if (!list.add(wanted)) return "is_there";
      backEnd.submit();
      return "taken";
    },
    drop(link) {
      const entry = list.remove(link);
      if (entry !== undefined) backEnd.remove(entry);
    },
    clean() {
      list.clean();
      backEnd.cleanHistory();
    },
    list: () => list.all().map((entry) => downloadOf(entry, { isRunning: backEnd.isRunning(entry.id), texts })),
    told: () => withoutFail("Cannot note what the bot was told", () => list.told(), log),
    status: () => ({ running: backEnd.progress(), sensors: sensorLines(folders.space(), texts.sensors) }),
    health: () => texts.health(list.open().length - backEnd.progress().length, backEnd.progress().length),
  };
  const server = parts.use(await startServer(options.listen, service, { rules: options, log: log.withTag("grpc") }));
  const { name, roots, bot, botCa, tls, token } = options;
  const registration = { name, roots, ...server.address };
  parts.use(
    startRegistration({
      bot,
      botCa,
      tls,
      registration,
      token,
      log: log.withTag("bot"),
      wait,
      now: Date.now,
      random: Math.random,
    }),
  );
  backEnd.submit();

  const running = parts.move();
  return { address: server.address, health: service.health, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** For what can as well be done the next time. */
function withoutFail(sentence: string, work: () => void, log: Log): void {
  try {
    work();
  } catch (error) {
    log.warn(sentence, { error });
  }
}
