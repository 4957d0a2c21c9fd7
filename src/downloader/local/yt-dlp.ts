import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { codeOf } from "../../domain/error-code.ts";
import { fromMaxQuality } from "../../domain/quality.ts";
import type { Wait } from "../../domain/wait.ts";
import { type FetchEnd, type Fetcher, type FetchFailure, type Stage, type Wanted, WHOLE } from "../fetcher.ts";
import { syncToDisk, syncToDiskAsync } from "../sync.ts";
import { failureIn } from "./guard-words.ts";
import { runProgram } from "./run-program.ts";
import { createStallDetector, type StallDetector } from "./stall-detector.ts";
import { isolationFor } from "./yt-dlp-program.ts";

export interface YtDlpOptions {
  /** The program's path. */
  readonly path: string;
  /** As it reports it; undefined if it does not. */
  readonly version: string | undefined;
  /** A proxy for everything. */
  readonly proxy?: string | undefined;
  /** A file of cookies for sites that want to know who is asking. */
  readonly cookies?: string | undefined;
  /** Bytes per second. */
  readonly rate?: number | undefined;
  /** The operator's additions; they come last, and so override ours. */
  readonly more: readonly string[];
  readonly wait: Wait;
}

/** The beginning of lines that are meant for us. */
const MARK = "[dwld-bot]";
const INFO =
  '"list":%(info.playlist_title)j,"name":%(info.title)j,"nth":%(info.playlist_index)j,"of":%(info.n_entries)j';
const SIZES = [
  '"current":%(progress.downloaded_bytes)j',
  '"total":%(progress.total_bytes)j',
  '"estimate":%(progress.total_bytes_estimate)j',
  '"status":%(progress.status)j',
].join(",");
/** Nobody knows when a live stream ends. */
const ENDS = "!is_live";
/** For these yt-dlp would start programs that ignore proxies, such as rtmpdump, with addresses that a page may choose. */
const GOES_THROUGH_PROXY = "protocol!~=?'(rtmp|rtsp|mms)'";

const number = v.fallback(v.optional(v.number()), undefined);
/** yt-dlp of 2023 puts our word for a missing value into quotes. */
const text = v.fallback(v.optional(v.pipe(v.string(), v.notValue("null"))), undefined);
const report = v.object({
  list: text,
  name: text,
  nth: number,
  of: number,
  current: number,
  total: number,
  estimate: number,
  status: text,
});

/** Fetches with yt-dlp, a separate program, whatever that can read. Parts and finished files of a playlist stay for the next try. */
export function createYtDlp(options: YtDlpOptions): Fetcher {
  return async (wanted, { onStage, signal }) => {
    if (signal.aborted) return failed({ kind: "stalled" });
    mkdirSync(join(wanted.folder, WHOLE), { recursive: true });
    using detector = createStallDetector(options.wait);
    const either = AbortSignal.any([signal, detector.stalled]);
    try {
      const of = { onStage, signal: either, detector, cwd: wanted.folder };
      const { code, lastError, errors } = await run(argumentsFor(wanted, options), of);
      if (detector.stalled.aborted) return failed({ kind: "stalled" });
      if (code !== 0) return failed(failureIn(lastError) ?? failureOf(lastError || `${options.path}: ${code}`, errors));
    } catch (error) {
      return failed({ kind: "program", detail: `${options.path}: ${codeOf(error)}` });
    }
    return (await syncFiles(join(wanted.folder, WHOLE))) ? { kind: "fetched" } : failed({ kind: "nothing" });
  };

  async function run(
    args: readonly string[],
    of: { cwd: string; signal: AbortSignal; detector: StallDetector; onStage: (stage: Stage) => void },
  ) {
    const { path, version, proxy, wait } = options;
    const home = join(of.cwd, "home");
    mkdirSync(home, { recursive: true });
    const isolation = isolationFor({ path, version, home, proxy });
    let lastError = "";
    let errors = 0;
    let size = 0;
    of.detector.expectSilence();
    const code = await runProgram({
      command: [path, ...isolation.args, ...args],
      env: isolation.env,
      cwd: of.cwd,
      signal: of.signal,
      wait,
      onLine(line) {
        const told = toldIn(line);
        if (told === undefined) return;
        // Before this, pages are read, and afterwards files are put together, neither of which is reported.
        if (told.isDownloading) of.detector.received(Math.max(0, (told.stage.currentSize ?? 0) - size));
        else of.detector.expectSilence();
        size = told.stage.currentSize ?? 0;
        of.onStage(told.stage);
      },
      onErrorLine(line) {
        const error = errorIn(line);
        if (error === undefined) return;
        lastError = error;
        errors += 1;
      },
    });
    return { code, lastError, errors };
  }
}

const failed = (failure: FetchFailure): FetchEnd => ({ kind: "failed", failure });

function argumentsFor({ link, maxQuality, folder }: Wanted, { proxy, cookies, rate, more }: YtDlpOptions): string[] {
  return [
    "--no-overwrites",
    // Of a video in a playlist, only the video: somebody's mix has thousands.
    "--no-playlist",
    ...["--match-filters", proxy === undefined ? ENDS : `${ENDS} & ${GOES_THROUGH_PROXY}`],
    ...["--quiet", "--progress", "--newline", "--no-simulate", "--output-na-placeholder", "null"],
    ...["--print", `before_dl:${MARK}{${INFO.replaceAll("info.", "")}}`],
    ...["--progress-template", `download:${MARK}{${INFO},${SIZES}}`],
    ...["--paths", `home:${join(folder, WHOLE)}`, "--paths", `temp:${join(folder, "temp")}`],
    ...["--output", "%(playlist_index|)s%(playlist_index& - |)s%(title).150B.%(ext)s"],
    ...(fromMaxQuality(maxQuality) === "best" ? [] : ["--format-sort", `res:${maxQuality}`]),
    ...(rate === undefined ? [] : ["--limit-rate", String(rate)]),
    ...(cookies === undefined ? [] : ["--cookies", cookies]),
    ...more,
    "--",
    link,
  ];
}

/** Undefined for a line that is not meant for us. */
function toldIn(line: string): { readonly stage: Stage; readonly isDownloading: boolean } | undefined {
  if (!line.startsWith(MARK)) return undefined;
  try {
    const { list, name, current, total, estimate, status, ...known } = v.parse(
      report,
      JSON.parse(line.slice(MARK.length)),
    );
    const sizes = { currentSize: current, totalSize: total ?? estimate };
    const all = Object.entries({ name: list ?? name, ...known, ...sizes });
    const stage = Object.fromEntries(all.filter(([, value]) => value !== undefined));
    return { stage, isDownloading: status === "downloading" };
  } catch {
    return undefined;
  }
}

/** The error in a line; undefined if there is none. It may contain a carriage return, for example if a download is given up. */
function errorIn(line: string): string | undefined {
  const [, error] = /^ERROR: (?:\r\[download\] )?(.*)/s.exec(line) ?? [];
  return error?.trim();
}

/**
 * In our own words if yt-dlp knows no more about the link than any program would; otherwise in its own, and also if it is one of several
 * `errors`: then it is about a part of a list, and others may be worth another try.
 */
function failureOf(error: string, errors: number): FetchFailure {
  if (errors > 1) return { kind: "program", detail: error };
  if (error.startsWith("Unsupported URL: ")) return { kind: "bare_page" };
  const [, status] = /^\[generic\] .*: Unable to download webpage: HTTP Error (\d{3})\b/.exec(error) ?? [];
  return status === undefined ? { kind: "program", detail: error } : { kind: "refused", status: Number(status) };
}

/** Makes the disk keep what came; false if nothing did. */
async function syncFiles(folder: string): Promise<boolean> {
  const files = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  for (const file of files) if (file.isFile()) await syncToDiskAsync(join(folder, file.name));
  if (files.length > 0) syncToDisk(folder);
  return files.length > 0;
}
