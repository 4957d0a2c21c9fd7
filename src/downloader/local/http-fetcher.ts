import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isDiskFull } from "../../domain/error-code.ts";
import type { Wait } from "../../domain/wait.ts";
import { type FetchEnd, type Fetcher, type FetchFailure, type Stage, type Wanted, WHOLE } from "../fetcher.ts";
import { nameInDisposition, nameInUrl, safeName } from "../file-names.ts";
import { syncToDisk, syncToDiskAsync } from "../sync.ts";
import { ask, connectionFailure, type Requests } from "./http-request.ts";
import { deletePartRecord, type PartRecord, readPartRecord, writePartRecord } from "./part-record.ts";
import { createStallDetector, type StallDetector } from "./stall-detector.ts";

export interface HttpFetcherOptions extends Requests {
  /** Bytes per second for each download; undefined: as fast as it comes. */
  readonly rate?: number | undefined;
  readonly wait: Wait;
  /** A monotonic clock, in ms. */
  readonly monotonic: () => number;
}

/** Types that are not a file for a person: pages, and lists of parts that only yt-dlp can put together. */
const PAGE = /^(text\/html|application\/(xhtml\+xml|dash\+xml|(vnd\.apple\.|x-)mpegurl)|audio\/(x-)?mpegurl)\b/i;

/** The same playlists, which some sites send as text or as unspecified bytes. */
const LIST_OF_PARTS = /\.(m3u8|mpd)$/i;

/**
 * Fetches a file over HTTP and HTTPS, and resumes where the previous try stopped if it is still the same file (RFC 9110: Range, If-Range).
 */
export function createHttpFetcher(options: HttpFetcherOptions): Fetcher {
  const { guard } = options;

  return async (wanted, { onStage, signal }) => {
    const known = readPartRecord(wanted.folder);
    // It was killed after the file was complete and before that was stored.
    if (known !== undefined && existsSync(join(wanted.folder, WHOLE, known.name))) return { kind: "fetched" };
    const kept = known === undefined ? 0 : sizeOf(partOf(wanted));
    using detector = createStallDetector(options.wait);
    const either = AbortSignal.any([signal, detector.stalled]);
    try {
      const answer = await ask(wanted.link, { guard, headers: rangeFrom(kept, known), signal: either });
      if (!answer.ok) return failed(answer.failure);
      const { response, url } = answer;
      if (known !== undefined && isAllThere(response, kept)) {
        await response.body?.cancel();
        return await complete(wanted, known.name);
      }
      const end = endWithoutFile(response, { kept, known, url });
      if (end !== undefined) {
        await response.body?.cancel();
        // A part that does not match what is there now would not match the next time either.
        if (response.status === 206 || response.status === 416) dropPart(wanted);
        return end;
      }
      const from = response.status === 206 ? kept : 0;
      const told = toldOf(response.headers, url);
      // The answer to a range request need not repeat what identifies its file (RFC 9110 §15.3.7).
      const { name, validator } = from > 0 && known !== undefined ? known : told;
      // Before the new identity is stored: after a kill in between, a part of the old file would be continued as the new one.
      if (from === 0) rmSync(partOf(wanted), { force: true });
      writePartRecord(wanted.folder, { validator, name });
      await receive(response, {
        to: partOf(wanted),
        from,
        signal: either,
        detector,
        onStage,
        name,
      });
      // A server may send less than the requested rest (RFC 9110 §15.3.7); the next try continues after it.
      const wholeSize = wholeSizeOf(response.headers);
      if (sizeOf(partOf(wanted)) < wholeSize) return failed({ kind: "cut_short" });
      // Nor may it be more: some servers send everything instead of the rest, and would do so again.
      if (wholeSize > 0 && sizeOf(partOf(wanted)) > wholeSize) {
        dropPart(wanted);
        return failed({ kind: "cut_short" });
      }
      return await complete(wanted, name);
    } catch (error) {
      // It would only take space on the disk: the next try starts again.
      if (readPartRecord(wanted.folder)?.validator === null) rmSync(partOf(wanted), { force: true });
      if (detector.stalled.aborted) return failed({ kind: "stalled" });
      return failed(diskFailure(error) ?? connectionFailure(error, new URL(wanted.link).hostname));
    }
  };

  /** Appends the body to what is there. Rejects if there is less of it than announced, which Bun checks. */
  async function receive(
    response: Response,
    of: {
      to: string;
      from: number;
      name: string;
      signal: AbortSignal;
      detector: StallDetector;
      onStage: (stage: Stage) => void;
    },
  ): Promise<void> {
    const { from, name } = of;
    const length = response.headers.get("content-length");
    const totalSize = length === null ? undefined : from + Number(length);
    const startedAt = options.monotonic();
    const file = openSync(of.to, "a");
    let currentSize = from;
    try {
      of.onStage({ name, currentSize, totalSize });
      for await (const bytes of response.body ?? []) {
        of.signal.throwIfAborted();
        of.detector.received(bytes.length);
        appendFileSync(file, bytes);
        currentSize += bytes.length;
        of.onStage({ name, currentSize, totalSize });
        const ms = aheadMs(currentSize - from, options.monotonic() - startedAt);
        if (ms > 0) await of.detector.pause(ms, of.signal);
      }
    } finally {
      closeSync(file);
    }
  }

  function aheadMs(bytes: number, tookMs: number): number {
    return options.rate === undefined ? 0 : Math.max(0, (bytes / options.rate) * 1000 - tookMs);
  }
}

const failed = (failure: FetchFailure): FetchEnd => ({ kind: "failed", failure });
const partOf = ({ folder }: Wanted): string => join(folder, "body.part");
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** No try can continue it: until the next one it would only take space on the disk. */
function dropPart(wanted: Wanted): void {
  rmSync(partOf(wanted), { force: true });
  deletePartRecord(wanted.folder);
}

/** Makes the disk keep the part, and gives it the name of a complete file. */
async function complete(wanted: Wanted, name: string): Promise<FetchEnd> {
  await syncToDiskAsync(partOf(wanted));
  mkdirSync(join(wanted.folder, WHOLE), { recursive: true });
  renameSync(partOf(wanted), join(wanted.folder, WHOLE, name));
  syncToDisk(join(wanted.folder, WHOLE));
  return { kind: "fetched" };
}

function rangeFrom(kept: number, known: PartRecord | undefined): Record<string, string> {
  if (kept === 0 || known === undefined || known.validator === null) return {};
  return { range: `bytes=${kept}-`, "if-range": known.validator };
}

/** It was killed when everything had come: for the same file (If-Range) nothing is left, and it ends where the part does. */
function isAllThere({ status, headers }: Response, kept: number): boolean {
  return status === 416 && headers.get("content-range") === `bytes */${kept}`;
}

/** Undefined if the answer is the file, or the rest of it. */
function endWithoutFile(
  { status, ok, headers }: Response,
  { kept, known, url }: { readonly kept: number; readonly known: PartRecord | undefined; readonly url: URL },
): FetchEnd | undefined {
  if (status === 416) return failed({ kind: "cut_short" });
  if (!ok) return failed({ kind: "refused", status });
  if (status === 206 && !headers.get("content-range")?.startsWith(`bytes ${kept}-`))
    return failed({ kind: "cut_short" });
  if (status === 206 && known !== undefined && isAnother(headers, known)) return failed({ kind: "cut_short" });
  const isAttached = /^\s*attachment/i.test(headers.get("content-disposition") ?? "");
  const isPage = PAGE.test(headers.get("content-type") ?? "") || LIST_OF_PARTS.test(url.pathname);
  return isPage && !isAttached ? { kind: "page" } : undefined;
}

/** The size of the file of which an answer is a part; 0 if that is not known. */
function wholeSizeOf(headers: Headers): number {
  return Number(/\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1] ?? 0);
}

/** What a complete answer says about its file. */
function toldOf(headers: Headers, url: URL): PartRecord {
  const name = safeName(nameInDisposition(headers.get("content-disposition")) ?? nameInUrl(url), "file");
  return { validator: validatorOf(headers), name };
}

/** Whether a part belongs to another file than the one that was begun: not all servers that know ranges heed If-Range. */
function isAnother(headers: Headers, { validator }: PartRecord): boolean {
  const told = headers.get(validator?.startsWith('"') ? "etag" : "last-modified");
  return validator !== null && told !== null && told !== validator;
}

/** How a server recognises this very file again; a weak tag is of no use for parts (RFC 9110 §13.1.5). */
function validatorOf(headers: Headers): string | null {
  const tag = headers.get("etag");
  return tag !== null && !tag.startsWith("W/") ? tag : headers.get("last-modified");
}

/** Undefined if it was not the disk that failed. */
function diskFailure(error: unknown): FetchFailure | undefined {
  if (!(error instanceof Error && "syscall" in error && "code" in error) || error.syscall === "connect")
    return undefined;
  return isDiskFull(error) ? { kind: "no_space" } : { kind: "disk", detail: String(error.code) };
}
