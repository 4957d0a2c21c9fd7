import { DownloaderUnreachable, spellAddress, type Unusable } from "../../domain/downloader.ts";
import { foldedName } from "../../domain/downloader-name.ts";
import { silentLog } from "../../domain/log.ts";
import { foreign, plain } from "../../domain/text.ts";
import type { TlsOf } from "../../domain/tls.ts";
import { createDownloaderClient } from "../../grpc/downloader-client.ts";
import { routeGrpcLog } from "../../grpc/grpc-log.ts";
import type { KnownDownloader } from "../../store/inspect.ts";
import type { CommandWords } from "../../words/words.ts";
import { findingsOf } from "../finding.ts";
import { unusableAdvice } from "../unusable-advice.ts";
import { type BotFinding, spoken } from "./finding.ts";

const { ok, warn } = findingsOf("downloaders");
const LIMIT_MS = 3_000;

/** The parts of the config that name downloaders. */
interface Naming {
  readonly match?: string | undefined;
  readonly downloaders: readonly string[];
}

/**
 * Checks the health of each registered downloader. None of this is a failure: the bot keeps links until a downloader takes them. `routes`
 * and `windows` may name downloaders that have not registered; names match in any spelling.
 */
export async function checkDownloaders(of: {
  readonly downloaders: readonly KnownDownloader[];
  readonly routes: readonly Naming[];
  readonly windows: readonly Naming[];
  /** The one that is to run beside the bot: its name, and whether it should be there now, because the bot is running. */
  readonly beside: { readonly name: string; readonly isRunning: boolean } | undefined;
  readonly tlsOf: TlsOf;
  readonly now: number;
  readonly words: CommandWords["check"];
}): Promise<BotFinding[]> {
  const words = of.words.downloaders;
  if (of.downloaders.length === 0) return [of.beside ? ok(words.noneButBeside) : warn(words.none, words.noneAdvice)];
  routeGrpcLog(silentLog);
  const problems = new Map<string, Unusable>();
  await using client = createDownloaderClient({
    deadlineMs: LIMIT_MS,
    tlsOf: of.tlsOf,
    log: silentLog,
    onExchange() {},
    onAnswer(name, _, problem) {
      if (problem !== undefined) problems.set(name, problem);
    },
  });
  const asked = of.downloaders.map(async (downloader): Promise<BotFinding> => {
    const { name, lastSeenAt } = downloader;
    const address = spellAddress(downloader);
    try {
      const message = foreign(plain((await client.health(downloader)).trim(), 100));
      return ok(words.answers(name, address, message));
    } catch (error) {
      if (!(error instanceof DownloaderUnreachable)) throw error;
      if (of.beside?.isRunning === false && foldedName(name) === foldedName(of.beside.name))
        return ok(words.restsBeside(name, address));
      const seen = lastSeenAt === null ? undefined : spoken(of.now - lastSeenAt, of.words);
      return warn(words.silent(name, address, error.detail, seen), unusableAdvice(problems.get(name), words));
    }
  });
  const known = new Set(of.downloaders.map(({ name }) => foldedName(name)));
  const unknown = (what: "route" | "window", all: readonly Naming[]) =>
    all.flatMap(({ match, downloaders }) =>
      downloaders
        .filter((name) => !known.has(foldedName(name)))
        .map((name) => warn(words.unknown(what, match, name), words.unknownAdvice)),
    );
  return [...(await Promise.all(asked)), ...unknown("route", of.routes), ...unknown("window", of.windows)];
}
