import { randomUUID } from "node:crypto";
import { parseListen } from "../config/addresses.ts";
import {
  type Download,
  type DownloaderClient,
  DownloaderUnreachable,
  type Target,
  type Unusable,
} from "../domain/downloader.ts";
import { silentLog } from "../domain/log.ts";
import type { ClientTls } from "../domain/tls.ts";
import { type Wait, wait } from "../domain/wait.ts";
import { createDownloaderClient } from "../grpc/downloader-client.ts";
import { routeGrpcLog } from "../grpc/grpc-log.ts";
import { type CommandWords, wordsFor } from "../words/words.ts";
import type { CommandContext } from "./command-context.ts";
import { EXIT, type Exit, ExitWith } from "./exit.ts";
import { type Finding, isSound } from "./finding.ts";
import { findingText, sumOf } from "./finding-text.ts";
import { unusableAdvice } from "./unusable-advice.ts";

type Words = CommandWords["conformance"];
type Level = Finding["level"];
type Verdict = readonly [level: Level, what: string, advice?: string];

const DEADLINE_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
/** A download that is being cancelled may need a moment. */
const LOOKS_AFTER_DROP = 10;
const LOOKS_TO_THE_END = 600;
const QUALITY = 720;

/**
 * Tests what any downloader must do (docs/en/downloader.md), as the bot would understand it, and prints a line for each test. A `link` of
 * the caller's is downloaded completely; without one, a made-up link is handed over and taken back. Exits with 78 if something fails.
 * Throws `ExitWith`.
 */
export async function conformance(
  of: {
    readonly address: string;
    readonly link?: string | undefined;
    /** The name in its certificate; by default the host. */
    readonly name?: string | undefined;
    /** How to call it over TLS; undefined: without. */
    readonly tls?: ClientTls | undefined;
    readonly wait?: Wait;
  },
  { env, write }: Pick<CommandContext, "env" | "write">,
): Promise<Exit> {
  const words = wordsFor(env);
  const address = parseListen(of.address);
  if (address === undefined) throw new ExitWith(EXIT.usage, words.cli.needsAddress("conformance"));
  routeGrpcLog(silentLog);
  let problem: Unusable | undefined;
  await using client = createDownloaderClient({
    deadlineMs: DEADLINE_MS,
    tlsOf: () => of.tls,
    log: silentLog,
    onExchange() {},
    onAnswer(_name, _method, found) {
      problem = found;
    },
  });
  const trial = {
    client,
    target: { name: of.name ?? address.host, ...address },
    words: words.conformance,
    problem: () => problem,
    wait: of.wait ?? wait,
  };
  const found: { readonly level: Level }[] = [];
  for await (const [level, what, advice] of verdicts(trial, of.link)) {
    found.push({ level });
    write(findingText({ level, what, advice }, words.check));
  }
  write(`\n${sumOf(found, words.check)}\n`);
  return isSound(found) ? EXIT.stopped : EXIT.config;
}

interface Trial {
  readonly client: DownloaderClient;
  readonly target: Target;
  readonly words: Words;
  /** Why the server was unusable, according to the last call that reached it. */
  readonly problem: () => Unusable | undefined;
  readonly wait: Wait;
}

async function* verdicts(trial: Trial, ownLink: string | undefined): AsyncGenerator<Verdict> {
  const { client, target, words } = trial;
  const link = ownLink ?? `https://example.com/${randomUUID()}`;
  const submission = { url: link, userName: "[conformance]", maxQuality: QUALITY };

  const health = await answer(() => client.health(target));
  if ("detail" in health) return yield ["fail", words.silent(health.detail), unusableAdvice(trial.problem(), words)];
  yield ["ok", words.answers(health.reply)];
  const list = await answer(() => client.queue(target));
  yield "detail" in list ? ["fail", words.listsNot(list.detail)] : ["ok", words.lists];
  const status = await answer(() => client.status(target));
  yield "detail" in status ? ["fail", words.tellsNot(status.detail)] : ["ok", words.tells];

  const empty = await client.submit(target, { ...submission, url: "" });
  yield empty.kind === "refused" ? ["ok", words.refusesEmpty] : ["fail", words.takesEmpty];

  const taken = await client.submit(target, submission);
  if (taken.kind !== "accepted") return yield ["fail", words.takesNot(taken.detail), words.takesNotAdvice];
  yield ["ok", words.takes];
  const [entry] = await entriesOf(trial, link);
  if (entry === undefined) return yield ["fail", words.keepsNot];
  yield ["ok", words.keeps];
  const isRight = entry.quality === String(QUALITY);
  yield isRight ? ["ok", words.quality] : ["warn", words.qualityNot(entry.quality)];

  // At the same time, as two chats send them.
  const again = await Promise.all([client.submit(target, submission), client.submit(target, submission)]);
  const wrong = again.find(({ kind }) => kind !== "accepted");
  if (wrong !== undefined && "detail" in wrong) yield ["fail", words.again(wrong.detail), words.againAdvice];
  const unfinished = (await entriesOf(trial, link)).filter(({ status: at }) => at !== "DONE");
  yield unfinished.length > 1 ? ["fail", words.twice(unfinished.length)] : ["ok", words.once];

  yield await dropped(trial, link);
  const unknown = await answer(() => client.remove(target, `${link}/no-such-link`));
  yield "detail" in unknown ? ["warn", words.fails("DeleteFromQueue", unknown.detail)] : ["ok", words.dropsUnknown];
  const cleaned = await answer(() => client.cleanHistory(target));
  yield "detail" in cleaned ? ["fail", words.fails("CleanHistory", cleaned.detail)] : ["ok", words.cleans];
  if (ownLink !== undefined) yield await ended(trial, submission);
}

/** Soon after DeleteFromQueue it is neither listed nor at work. */
async function dropped(trial: Trial, link: string): Promise<Verdict> {
  const { client, target, words } = trial;
  const removed = await answer(() => client.remove(target, link));
  if ("detail" in removed) return ["fail", words.fails("DeleteFromQueue", removed.detail)];
  for (let look = 1; ; look += 1) {
    const isListed = (await entriesOf(trial, link)).some(({ status }) => status !== "DONE");
    const status = await answer(() => client.status(target));
    const runs = "reply" in status && status.reply.running.some(({ url }) => url === link);
    if (!isListed && !runs) return ["ok", words.drops];
    if (look === LOOKS_AFTER_DROP) return isListed ? ["fail", words.dropsNot] : ["warn", words.runsOn];
    await trial.wait(LOOK_EVERY_MS, new AbortController().signal);
  }
}

async function ended(trial: Trial, submission: Parameters<DownloaderClient["submit"]>[1]): Promise<Verdict> {
  const { client, target, words } = trial;
  const taken = await client.submit(target, submission);
  if (taken.kind !== "accepted") return ["fail", words.takesNot(taken.detail)];
  for (let look = 0; look < LOOKS_TO_THE_END; look += 1) {
    const [entry] = await entriesOf(trial, submission.url);
    if (entry === undefined) return ["fail", words.lost];
    if (entry.status === "DONE") return ["ok", words.done(entry.name ?? submission.url)];
    if (entry.remark?.kind === "trouble") return ["warn", words.trouble(entry.remark.text)];
    await trial.wait(LOOK_EVERY_MS, new AbortController().signal);
  }
  return ["fail", words.endless];
}

/** Also empty if the list cannot be had. */
async function entriesOf({ client, target }: Trial, link: string): Promise<readonly Download[]> {
  const list = await answer(() => client.queue(target));
  return "detail" in list ? [] : list.reply.filter(({ url }) => url === link);
}

async function answer<T>(call: () => Promise<T>): Promise<{ readonly reply: T } | { readonly detail: string }> {
  try {
    return { reply: await call() };
  } catch (error) {
    if (error instanceof DownloaderUnreachable) return { detail: error.detail };
    throw error;
  }
}
