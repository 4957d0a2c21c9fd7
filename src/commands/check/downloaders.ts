import { DownloaderUnreachable } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import { foreign, plain } from "../../domain/text.ts";
import { createDownloaderClient } from "../../grpc/downloader-client.ts";
import { routeGrpcLog } from "../../grpc/grpc-log.ts";
import type { KnownDownloader } from "../../store/inspect.ts";
import { type Finding, findingsOf, spoken } from "./finding.ts";

const { ok, warn } = findingsOf("downloaders");
const LIMIT_MS = 3_000;

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, withTag: () => silent };

/**
 * Asks each registered downloader how it is. None of it is a failure: the bot keeps links until somebody takes them.
 * `routes` may name downloaders that have not registered.
 */
export async function checkDownloaders(of: {
  readonly downloaders: readonly KnownDownloader[];
  readonly routes: readonly { readonly match: string; readonly downloaders: readonly string[] }[];
  readonly now: number;
}): Promise<Finding[]> {
  if (of.downloaders.length === 0) {
    return [warn("None has registered yet", "Start one and give it grpc.listen as the bot's address.")];
  }
  routeGrpcLog(silent);
  await using client = createDownloaderClient({ deadlineMs: LIMIT_MS, log: silent, onExchange() {} });
  const asked = of.downloaders.map(async (downloader): Promise<Finding> => {
    const { name, host, port, lastSeenAt } = downloader;
    const where = `"${name}" at ${host}:${port}`;
    try {
      const message = foreign(plain((await client.health(downloader)).trim(), 100));
      return ok(`${where} answers${message === "" ? "" : `: ${message}`}`);
    } catch (error) {
      if (!(error instanceof DownloaderUnreachable)) throw error;
      const seen = lastSeenAt === null ? "it was never seen" : `last seen ${spoken(of.now - lastSeenAt)} ago`;
      const advice = "Is it running, and does its firewall let this machine in? It registers anew when it restarts.";
      return warn(`${where} does not answer (${error.detail}); ${seen}`, advice);
    }
  });
  const known = new Set(of.downloaders.map(({ name }) => name));
  const unknown = of.routes.flatMap(({ match, downloaders }) =>
    downloaders
      .filter((name) => !known.has(name))
      .map((name) =>
        warn(`The route ${match} names "${name}", which has not registered`, "Is it spelt as it registers?"),
      ),
  );
  return [...(await Promise.all(asked)), ...unknown];
}
