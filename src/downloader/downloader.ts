import type { Address, Download } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import { wait } from "../domain/wait.ts";
import { HTTP_SCHEMES, isAccepted } from "./accepted-links.ts";
import { remoteOf } from "./back-end-options.ts";
import { createBridge } from "./back-ends/bridge.ts";
import { openFolders } from "./folders.ts";
import { createIntake } from "./intake.ts";
import { killLeftovers } from "./leftovers.ts";
import { openList } from "./list.ts";
import { startLocal } from "./local/local.ts";
import { downloaderTexts } from "./locales/locales.ts";
import type { DownloaderOptions } from "./options.ts";
import { startRegistration } from "./registration.ts";
import { fittingReply, isFull } from "./reply-size.ts";
import { downloadOf } from "./report.ts";
import { sensorLines } from "./sensors.ts";
import { type Service, startServer } from "./server.ts";

/** A running downloader. Disposing it stops downloads where they are; the next start resumes them. */
export interface RunningDownloader extends AsyncDisposable {
  /** The address at which the bot is to call it. */
  readonly address: Address;
  /** How much it is doing, in words. */
  readonly health: () => string;
}

const TIDY_EVERY_MS = 3_600_000;

/**
 * Starts the downloader: list, worker, server, registration, in this order, so that nothing is promised that could not be kept. Throws
 * `ListenError`, SQLite's errors (`SQLITE_BUSY`: another one runs in this folder), and the system's.
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
  folders.dropOrphans(list.all().map(({ id }) => id));

  const { backEnd: choice, allowPrivate } = options;
  const remote = choice && remoteOf(choice);
  const schemes = remote?.schemes ?? HTTP_SCHEMES;
  const chance = { now: Date.now, random: Math.random };
  const backEnd = parts.use(
    remote === undefined
      ? await startLocal(options, { list, folders, texts, log })
      : createBridge({ ...chance, list, remote, texts, log: log.withTag("bridge"), wait }),
  );
  const tidy = () => withoutFail("Cannot forget old entries", () => list.forgetOld(), log);
  const tidying = setInterval(tidy, TIDY_EVERY_MS);
  parts.defer(() => clearInterval(tidying));
  tidy();

  function downloads(): readonly Download[] {
    const notNow = backEnd.notNow?.();
    return list.all().map((entry) => downloadOf(entry, { isRunning: backEnd.isRunning(entry.id), notNow, texts }));
  }
  const service: Service = {
    away: backEnd.away,
    take: createIntake({
      list,
      accepts: (link) => isAccepted(link, { schemes, allowPrivate }),
      notNow: () => backEnd.notNow?.() ?? (isFull(downloads()) ? texts.full : undefined),
      texts,
      onTaken: backEnd.submit,
    }),
    drop(link) {
      const entry = list.remove(link);
      if (entry !== undefined) backEnd.remove(entry);
    },
    clean() {
      list.clean();
      backEnd.cleanHistory();
    },
    list: () => fittingReply(downloads()),
    markTold: () => withoutFail("Cannot record what the bot was told", () => list.markTold(), log),
    status: () => ({ running: backEnd.progress(), sensors: sensorLines(folders.space(), texts.sensors) }),
    health: () =>
      backEnd.notNow?.() ?? texts.health(list.open().length - backEnd.progress().length, backEnd.progress().length),
  };
  const server = parts.use(await startServer(options.listen, service, { known: options, log: log.withTag("grpc") }));
  const { name, roots } = options;
  parts.use(
    startRegistration({
      ...chance,
      known: options,
      registration: { name, roots, ...server.address },
      isAway: () => backEnd.away() !== undefined,
      log: log.withTag("bot"),
      wait,
    }),
  );
  backEnd.submit();

  const running = parts.move();
  return { address: server.address, health: service.health, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** For work that may be left to the next time. */
function withoutFail(sentence: string, work: () => void, log: Log): void {
  try {
    work();
  } catch (error) {
    log.warn(sentence, { error });
  }
}
