import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import * as fs from "node:fs";
import { existsSync, fstatSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import * as promised from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stage } from "../../../../src/downloader/fetcher.ts";
import { createGuard } from "../../../../src/downloader/local/guard.ts";
import { startGuardingProxy } from "../../../../src/downloader/local/guarding-proxy.ts";
import { createHttpFetcher, type HttpFetcherOptions } from "../../../../src/downloader/local/http-fetcher.ts";
import { createClock } from "../../../support/clock.ts";
import { type FileServer, startFileServer } from "../../../support/file-server.ts";

const FILM = Buffer.from("a film, ".repeat(40_000));
const PART = 100_000;
const MINUTE_MS = 60_000;
const OTHER = Buffer.from("another ".repeat(40_000));
const TAGGED = { bytes: FILM, etag: '"one"' };

let folder: string;
let site: FileServer;
let clock: ReturnType<typeof createClock>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dwld-http-"));
  site = await startFileServer();
  clock = createClock();
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function fetching(path: string, options: Partial<HttpFetcherOptions> = {}, signal = new AbortController().signal) {
  const fetcher = createHttpFetcher({ wait: clock.wait, monotonic: clock.now, ...options });
  const stages: Stage[] = [];
  const hasPart = Promise.withResolvers<void>();
  const onStage = (stage: Stage) => {
    stages.push(stage);
    if (stage.currentSize === PART) hasPart.resolve();
  };
  const link = path.startsWith("http") ? path : site.root + path;
  const end = fetcher({ link, maxQuality: 720, folder }, { onStage, signal });
  return { end, stages, hasPart: hasPart.promise };
}

/** A try that got a part of the file before its connection broke. */
async function broken(path: string) {
  const { end, hasPart } = fetching(path);
  await hasPart;
  site.breaks();
  return end;
}

const wholeFiles = () => readdirSync(join(folder, "whole"));
const keepsPart = () => existsSync(join(folder, "body.part"));
const bytesOf = (name: string) => readFileSync(join(folder, "whole", name));

describe("createHttpFetcher()", () => {
  test("downloads a file under its name, and shows its progress", async () => {
    site.serves("/films/%D1%84.mp4?x=1", { bytes: FILM });
    const { end, stages } = fetching("/films/%D1%84.mp4?x=1");
    expect(await end).toEqual({ kind: "fetched" });
    expect(wholeFiles()).toEqual(["ф.mp4"]);
    expect(bytesOf("ф.mp4")).toEqual(FILM);
    expect(stages[0]).toEqual({ name: "ф.mp4", currentSize: 0, totalSize: FILM.length });
    expect(stages.at(-1)).toEqual({ name: "ф.mp4", currentSize: FILM.length, totalSize: FILM.length });
  });

  test("does not hold up the event loop while the disk syncs a file", async () => {
    site.serves("/film.mp4", TAGGED);
    const heldUpBy: fs.Stats[] = [];
    using opened = spyOn(promised, "open");
    using _held = spyOn(fs, "fsyncSync").mockImplementation((file) => void heldUpBy.push(fstatSync(file)));
    expect(await fetching("/film.mp4").end).toEqual({ kind: "fetched" });
    expect(opened.mock.calls.map(([path]) => path)).toEqual([join(folder, "body.part")]);
    expect(heldUpBy.map((of) => of.isDirectory())).toEqual([true]);
  });

  test("uses the server's name for the file", async () => {
    site.serves("/get?id=7", { ...TAGGED, disposition: 'attachment; filename="../x/A film.mp4"' });
    await fetching("/get?id=7").end;
    expect(wholeFiles()).toEqual(["_x_A film.mp4"]);
  });

  test("does not overlook a finished file whose name has hundreds of combining marks", async () => {
    const name = `z${"\u0301".repeat(300)}`;
    site.serves("/get?id=7", { ...TAGGED, disposition: `attachment; filename*=UTF-8''${encodeURIComponent(name)}` });
    await fetching("/get?id=7").end;
    expect(await fetching("/get?id=7").end).toEqual({ kind: "fetched" });
    expect(wholeFiles()).toHaveLength(1);
  });

  test("continues after a broken connection with the missing part", async () => {
    site.serves("/film.mp4", { ...TAGGED, waitsAfter: PART });
    expect(await broken("/film.mp4")).toMatchObject({ kind: "failed" });
    site.serves("/film.mp4", TAGGED);
    expect(await fetching("/film.mp4").end).toEqual({ kind: "fetched" });
    expect(bytesOf("film.mp4")).toEqual(FILM);
    expect(site.requests[1]).toMatchObject({ range: `bytes=${PART}-`, ifRange: '"one"' });
  });

  test("does not take a part for the whole when a server sends less than was asked for", async () => {
    site.serves("/film.mp4", { ...TAGGED, waitsAfter: PART });
    await broken("/film.mp4");
    site.serves("/film.mp4", { ...TAGGED, mostOfRest: PART });
    expect(await fetching("/film.mp4").end).toEqual({ kind: "failed", failure: { kind: "cut_short" } });
    site.serves("/film.mp4", TAGGED);
    expect(await fetching("/film.mp4").end).toEqual({ kind: "fetched" });
    expect(bytesOf("film.mp4")).toEqual(FILM);
  });

  test("begins anew when the file has changed", async () => {
    site.serves("/film.mp4", { ...TAGGED, waitsAfter: PART });
    await broken("/film.mp4");
    site.serves("/film.mp4", { bytes: OTHER, etag: '"two"' });
    expect(await fetching("/film.mp4").end).toEqual({ kind: "fetched" });
    expect(bytesOf("film.mp4")).toEqual(OTHER);
  });

  test("does not accept more bytes than the file has, as when a server sends all of it instead of the rest", async () => {
    site.serves("/film.mp4", { ...TAGGED, waitsAfter: PART });
    await broken("/film.mp4");
    site.serves("/film.mp4", { ...TAGGED, sendsAll: true });
    expect(await fetching("/film.mp4").end).toEqual({ kind: "failed", failure: { kind: "cut_short" } });
    expect(keepsPart()).toBe(false);
    expect(await fetching("/film.mp4").end).toEqual({ kind: "fetched" });
    expect(bytesOf("film.mp4")).toEqual(FILM);
  });

  test("does not mix two files when a server answers with a part of the new one", async () => {
    site.serves("/film.mp4", { ...TAGGED, waitsAfter: PART });
    await broken("/film.mp4");
    site.serves("/film.mp4", { bytes: OTHER, etag: '"two"', heedsNoIfRange: true });
    expect(await fetching("/film.mp4").end).toEqual({ kind: "failed", failure: { kind: "cut_short" } });
    expect(keepsPart()).toBe(false);
    expect(await fetching("/film.mp4").end).toEqual({ kind: "fetched" });
    expect(bytesOf("film.mp4")).toEqual(OTHER);
  });

  test("continues a file repeatedly without Content-Range, under the name it began with", async () => {
    const file = { ...TAGGED, disposition: "attachment; filename=film.mp4", tellsNothingOfParts: true };
    site.serves("/get?id=7", { ...file, waitsAfter: PART });
    await broken("/get?id=7");
    site.serves("/get?id=7", { ...file, mostOfRest: PART });
    await fetching("/get?id=7").end;
    site.serves("/get?id=7", file);
    expect(await fetching("/get?id=7").end).toEqual({ kind: "fetched" });
    expect(site.requests[2]?.range).toBe(`bytes=${2 * PART}-`);
    expect(bytesOf("film.mp4")).toEqual(FILM);
  });

  test("begins anew when nothing shows that it is still the same file", async () => {
    site.serves("/film.mp4", { bytes: FILM, etag: 'W/"weak"', waitsAfter: PART });
    await broken("/film.mp4");
    site.serves("/film.mp4", { bytes: OTHER });
    expect(await fetching("/film.mp4").end).toEqual({ kind: "fetched" });
    expect(site.requests[1]?.range).toBeUndefined();
    expect(bytesOf("film.mp4")).toEqual(OTHER);
  });

  test("keeps no part on the disk that no later try can continue", async () => {
    site.serves("/film.mp4", { bytes: FILM, waitsAfter: PART });
    await broken("/film.mp4");
    expect(keepsPart()).toBe(false);
  });

  test("begins anew, at the next try, when the part is longer than the file", async () => {
    site.serves("/film.mp4", { ...TAGGED, waitsAfter: PART });
    await broken("/film.mp4");
    site.serves("/film.mp4", { bytes: FILM.subarray(0, 50_000), etag: '"one"' });
    expect(await fetching("/film.mp4").end).toEqual({ kind: "failed", failure: { kind: "cut_short" } });
    expect(keepsPart()).toBe(false);
    expect(await fetching("/film.mp4").end).toEqual({ kind: "fetched" });
    expect(bytesOf("film.mp4")).toEqual(FILM.subarray(0, 50_000));
  });

  test("recognises a file that was complete when the process was killed", async () => {
    site.serves("/film.mp4", TAGGED);
    await fetching("/film.mp4").end;
    expect(await fetching("/film.mp4").end).toEqual({ kind: "fetched" });
    expect(site.requests).toHaveLength(1);
  });

  test("recognises a complete part that had not got its name when the process was killed", async () => {
    site.serves("/get?id=7", { ...TAGGED, disposition: "attachment; filename=film.mp4" });
    await fetching("/get?id=7").end;
    renameSync(join(folder, "whole/film.mp4"), join(folder, "body.part"));
    expect(await fetching("/get?id=7").end).toEqual({ kind: "fetched" });
    expect(bytesOf("film.mp4")).toEqual(FILM);
    expect(site.requests[1]?.range).toBe(`bytes=${FILM.length}-`);
  });

  test("leaves pages and playlists to other fetchers, unless they are sent as attachments", async () => {
    site.serves("/watch", { bytes: FILM, type: "text/html; charset=utf-8" });
    site.serves("/live.m3u8", { bytes: FILM, type: "application/vnd.apple.mpegurl" });
    site.serves("/saved", { bytes: FILM, type: "text/html", disposition: "attachment; filename=page.html" });
    expect(await fetching("/watch").end).toEqual({ kind: "page" });
    expect(await fetching("/live.m3u8").end).toEqual({ kind: "page" });
    for (const path of ["/as-text.m3u8?token=1", "/manifest.MPD"]) {
      site.serves(path, { bytes: FILM, type: "text/plain" });
      expect(await fetching(path).end).toEqual({ kind: "page" });
    }
    expect(await fetching("/saved").end).toEqual({ kind: "fetched" });
  });

  test("follows redirects, but not endlessly, and only to HTTP addresses", async () => {
    site.serves("/film.mp4", TAGGED);
    site.answers("/a", 302, "/b");
    site.answers("/b", 307, `${site.root}/film.mp4`);
    site.answers("/round", 301, "/round");
    site.answers("/out", 302, "file:///etc/passwd");
    expect(await fetching("/a").end).toEqual({ kind: "fetched" });
    expect(wholeFiles()).toEqual(["film.mp4"]);
    rmSync(join(folder, "part.json"));
    expect(await fetching("/round").end).toMatchObject({ failure: { kind: "too_many_redirects" } });
    expect(await fetching("/out").end).toMatchObject({ failure: { kind: "forbidden" } });
  });

  test("follows a redirect whose address is not percent-encoded, as browsers do", async () => {
    site.serves(encodeURI("/фильм.mp4"), TAGGED);
    site.answers("/a", 302, Buffer.from("/фильм.mp4").toString("latin1"));
    expect(await fetching("/a").end).toEqual({ kind: "fetched" });
    expect(wholeFiles()).toEqual(["фильм.mp4"]);
  });

  test.each([404, 500])("reports the site's status: %d", async (status) => {
    site.answers("/film.mp4", status);
    expect(await fetching("/film.mp4").end).toEqual({ kind: "failed", failure: { kind: "refused", status } });
  });

  test("gives up a connection that has gone silent, and keeps what arrived", async () => {
    site.serves("/film.mp4", { ...TAGGED, waitsAfter: PART });
    const { end, hasPart } = fetching("/film.mp4");
    await hasPart;
    for (const _look of [1, 2]) {
      await clock.sleeping(MINUTE_MS);
      clock.advance(MINUTE_MS);
    }
    expect(await end).toMatchObject({ failure: { kind: "stalled" } });
    expect(readFileSync(join(folder, "body.part"))).toEqual(FILM.subarray(0, PART));
  });

  test("keeps to its rate", async () => {
    site.serves("/film.mp4", TAGGED);
    const { end } = fetching("/film.mp4", { rate: FILM.length / 30 });
    expect(await clock.sleeping(1, MINUTE_MS / 2)).toBeGreaterThan(0);
    clock.advance(MINUTE_MS / 2);
    expect(await end).toEqual({ kind: "fetched" });
  });

  test("does not blame the site for its own slowness", async () => {
    site.serves("/film.mp4", TAGGED);
    const { end } = fetching("/film.mp4", { rate: 10 });
    for (;;) {
      const pause = await Promise.race([end, clock.sleeping(MINUTE_MS + 1, Number.POSITIVE_INFINITY)]);
      if (typeof pause !== "number") break;
      await clock.sleeping(MINUTE_MS);
      clock.advance(MINUTE_MS);
    }
    expect(await end).toEqual({ kind: "fetched" });
  });

  test.each(["ENOSPC", "EDQUOT"])(
    "reports a full disk also when only the owner's quota is used up: %s",
    async (code) => {
      site.serves("/film.mp4", TAGGED);
      const fetcher = createHttpFetcher({ wait: clock.wait, monotonic: clock.now });
      const onStage = () => {
        throw Object.assign(new Error(code), { code, syscall: "write" });
      };
      const { signal } = new AbortController();
      const end = await fetcher({ link: `${site.root}/film.mp4`, maxQuality: 720, folder }, { onStage, signal });
      expect(end).toEqual({ kind: "failed", failure: { kind: "no_space" } });
    },
  );

  test("ends soon after it was told to stop", async () => {
    site.serves("/film.mp4", { ...TAGGED, waitsAfter: PART });
    const stop = new AbortController();
    const { end, hasPart } = fetching("/film.mp4", {}, stop.signal);
    await hasPart;
    stop.abort();
    expect(await end).toMatchObject({ kind: "failed" });
  });
});

describe("behind the guard", () => {
  test.each(["http", "https"])("reports that nobody answers, and not that the site answers 502: %s", async (scheme) => {
    const rules = createGuard({ isForbidden: () => false, lookup: async () => [{ address: "127.0.0.1" }] });
    await using proxy = await startGuardingProxy(rules);
    const { end } = fetching(`${scheme}://films.example:1/film.mp4`, { guard: { rules, proxy: proxy.url } });
    const failure = { kind: "connection", detail: "films.example: ECONNREFUSED" } as const;
    expect(await end).toEqual({ kind: "failed", failure });
  });

  /** Loopback stands for the public Internet, except one address of it. */
  const rules = createGuard({
    isForbidden: (address) => address === "127.0.0.2",
    lookup: async (name) => [{ address: name.startsWith("inner.") ? "127.0.0.2" : "127.0.0.1" }],
  });

  test("files are downloaded, also by host name", async () => {
    await using proxy = await startGuardingProxy(rules);
    const guard = { rules, proxy: proxy.url };
    site.serves("/film.mp4", TAGGED);
    const { port } = new URL(site.root);
    expect(await fetching(`http://films.example:${port}/film.mp4`, { guard }).end).toEqual({ kind: "fetched" });
    expect(bytesOf("film.mp4")).toEqual(FILM);
  });

  test("no redirect leads to a private address", async () => {
    await using proxy = await startGuardingProxy(rules);
    const guard = { rules, proxy: proxy.url };
    const { port } = new URL(site.root);
    site.answers("/in", 302, `http://127.0.0.2:${port}/film.mp4`);
    site.answers("/named", 302, `http://inner.example:${port}/film.mp4`);
    for (const path of ["/in", "/named"]) {
      expect(await fetching(path, { guard }).end).toMatchObject({ failure: { kind: "forbidden" } });
    }
    expect(site.requests.map(({ path }) => path)).toEqual(["/in", "/named"]);
  });

  test("a name that resolves differently the second time leads nowhere", async () => {
    const looks: string[] = [];
    const changing = createGuard({
      isForbidden: (address) => address === "127.0.0.2",
      lookup: async (name) => [{ address: looks.push(name) === 1 ? "127.0.0.1" : "127.0.0.2" }],
    });
    await using proxy = await startGuardingProxy(changing);
    site.serves("/film.mp4", TAGGED);
    const { port } = new URL(site.root);
    const guard = { rules: changing, proxy: proxy.url };
    expect(await fetching(`http://films.example:${port}/film.mp4`, { guard }).end).toMatchObject({ kind: "failed" });
    expect(site.requests).toEqual([]);
    expect(looks).toHaveLength(2);
  });
});
