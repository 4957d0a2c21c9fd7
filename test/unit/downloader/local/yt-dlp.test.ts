import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Stage, Wanted } from "../../../../src/downloader/fetcher.ts";
import { killLeftovers } from "../../../../src/downloader/leftovers.ts";
import { createGuard } from "../../../../src/downloader/local/guard.ts";
import { startGuardingProxy } from "../../../../src/downloader/local/guarding-proxy.ts";
import { createYtDlp, type YtDlpOptions } from "../../../../src/downloader/local/yt-dlp.ts";
import { versionOfYtDlp } from "../../../../src/downloader/local/yt-dlp-program.ts";
import { createClock } from "../../../support/clock.ts";
import { startFileServer } from "../../../support/file-server.ts";

const STUB = join(import.meta.dir, "../../../support/yt-dlp.sh");
const REAL = Bun.which("yt-dlp");

let folder: string;
let clock: ReturnType<typeof createClock>;
beforeEach(() => {
  clock = createClock();
  folder = mkdtempSync(join(tmpdir(), "dwld-yt-dlp-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fetching(what: string, options: Partial<YtDlpOptions> = {}, wanted: Partial<Wanted> = {}) {
  const stages: Stage[] = [];
  const runs = Promise.withResolvers<void>();
  const stop = new AbortController();
  const onStage = (stage: Stage) => {
    stages.push(stage);
    if (stage.currentSize !== undefined) runs.resolve();
  };
  const link = what.startsWith("http") ? what : `https://films.example/${what}`;
  const fetcher = createYtDlp({ path: STUB, version: undefined, more: [], wait: clock.wait, ...options });
  const end = fetcher({ link, maxQuality: 720, folder, ...wanted }, { onStage, signal: stop.signal });
  return { end, stages, stop, runs: runs.promise };
}

const wholeFiles = () => readdirSync(join(folder, "whole")).sort();
const given = () => readFileSync(join(folder, "arguments"), "utf8").trim().split("\n");
/** Resolves when a process has ended; its files are closed a moment before. */
async function dead(pid: number): Promise<void> {
  const isAlive = () => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  };
  while (isAlive()) await new Promise(setImmediate);
}

describe("createYtDlp()", () => {
  test("puts files into the folder for complete ones, and reports title and progress", async () => {
    const { end, stages } = fetching("film");
    expect(await end).toEqual({ kind: "fetched" });
    expect(wholeFiles()).toEqual(["A film.mp4"]);
    expect(stages).toEqual([{ name: "A film" }, { name: "A film", currentSize: 1_048_576, totalSize: 4_194_304 }]);
  });

  test.each([undefined, "2023.03.04", "2025.02.19"])(
    "hides the home, with its plugins, from version %p",
    async (version) => {
      await fetching("film", { version }).end;
      const seen = readFileSync(join(folder, "environment"), "utf8");
      expect(seen).toContain(`HOME=${folder}/home\n`);
      expect(seen).toContain(`XDG_CONFIG_HOME=${folder}/home\n`);
      expect(seen).toContain("YTDLP_NO_PLUGINS=1\n");
      expect(given()).not.toContain("--no-plugin-dirs");
    },
  );

  test("tells a current version to load no plugins, except the operator's", async () => {
    await fetching("film", { version: "2026.10.26", more: ["--plugin-dirs", "/mine"] }).end;
    expect(given().slice(0, 2)).toEqual(["--ignore-config", "--no-plugin-dirs"]);
    expect(given().join(" ")).toContain("--plugin-dirs /mine --");
    expect(readFileSync(join(folder, "environment"), "utf8")).not.toContain(`HOME=${folder}`);
  });

  test("makes it ignore its configs, and never takes a link for an option", async () => {
    await fetching("film").end;
    expect(given()).toContain("--ignore-config");
    expect(given().slice(-2)).toEqual(["--", "https://films.example/film"]);
  });

  test("limits the lines of picture, and passes no limit for the best quality", async () => {
    await fetching("film").end;
    expect(given().join(" ")).toContain("--format-sort res:720");
    await fetching("film", {}, { maxQuality: 10_000 }).end;
    expect(given().join(" ")).not.toContain("--format-sort");
  });

  test("passes cookies and rate, and the operator's arguments last", async () => {
    await fetching("film", { cookies: "/c.txt", rate: 500, more: ["--proxy", "http://mine.example"] }).end;
    expect(given().join(" ")).toContain("--limit-rate 500 --cookies /c.txt --proxy http://mine.example -- https://");
  });

  test("passes its proxy in the environment, and leaves --proxy to the operator", async () => {
    const proxy = "http://127.0.0.1:1";
    await fetching("film", { proxy }).end;
    const seen = readFileSync(join(folder, "environment"), "utf8");
    for (const scheme of ["http", "https", "ftp", "all"]) expect(seen).toContain(`${scheme}_proxy=${proxy}\n`);
    expect(given()).not.toContain("--proxy");
  });

  test("hides the environment's proxies, which would bypass the guard, and the bot's variables", async () => {
    const ours = { HTTPS_PROXY: "http://mine.example", no_proxy: "*", DWLD_BOT_TELEGRAM_TOKEN: "1:secret" };
    Object.assign(process.env, ours);
    try {
      await fetching("film").end;
      const seen = readFileSync(join(folder, "environment"), "utf8");
      expect(seen).toContain("PATH=");
      expect(Object.keys(ours).filter((name) => seen.includes(`${name}=`))).toEqual([]);
    } finally {
      for (const name of Object.keys(ours)) delete process.env[name];
    }
  });

  test("reports which part of a playlist is running, and keeps what arrived when another part fails", async () => {
    const { end, stages } = fetching("list");
    expect(await end).toEqual({ kind: "failed", failure: { kind: "program", detail: "[site] 3: Private video" } });
    expect(stages).toEqual([{ name: "Numbers", nth: 2, of: 3, currentSize: 1, totalSize: 4.5 }]);
    expect(wholeFiles()).toEqual(["1 - One.mp4", "2 - Two.mp4"]);
  });

  test.each([
    // A later try may get what the site was too busy for, so this is not final.
    ["feed", { kind: "program", detail: "Unsupported URL: https://films.example/2" }],
    ["private", { kind: "program", detail: "[site] 2: Private video" }],
    ["cut", { kind: "program", detail: "Got error: The read operation timed out. Giving up after 10 retries" }],
    ["live", { kind: "nothing" }],
    ["broken", { kind: "program", detail: `${STUB}: 3` }],
  ] as const)("reports why there is no file: %s", async (what, failure) => {
    expect(await fetching(what).end).toEqual({ kind: "failed", failure });
  });

  test("reports that the program is missing", async () => {
    const failure = { kind: "program", detail: "/no/yt-dlp: ENOENT" };
    expect(await fetching("film", { path: "/no/yt-dlp" }).end).toMatchObject({ kind: "failed", failure });
  });

  test("gives up a site that keeps sending next to nothing", async () => {
    const { end, runs } = fetching("slow");
    await runs;
    for (const _look of [1, 2]) {
      await clock.sleeping(60_000);
      clock.advance(60_000);
    }
    expect(await end).toEqual({ kind: "failed", failure: { kind: "stalled" } });
  });

  test("stops together with all processes that it has started", async () => {
    const { end, runs, stop } = fetching("long");
    await runs;
    const child = Number(readFileSync(join(folder, "child"), "utf8"));
    stop.abort();
    expect(await end).toMatchObject({ kind: "failed" });
    await dead(child);
  });

  test("is killed if it is left over from an earlier life, before another one writes into the same files", async () => {
    const { end, runs } = fetching("long");
    await runs;
    const child = Number(readFileSync(join(folder, "child"), "utf8"));
    killLeftovers(folder);
    expect(await end).toMatchObject({ kind: "failed" });
    await dead(child);
  });

  test("is left alone by a cleanup of another folder with the same last name", async () => {
    const { end, runs, stop } = fetching("long");
    await runs;
    killLeftovers(`/${basename(folder)}`);
    stop.abort();
    // It was ended by SIGTERM.
    expect(await end).toMatchObject({ failure: { detail: `${STUB}: 143` } });
  });

  test("is not waited for when a process it started has left its group", async () => {
    const { end } = fetching("leaving");
    await clock.sleeping(5_000);
    clock.advance(5_000);
    expect(await end).toEqual({ kind: "fetched" });
    process.kill(Number(readFileSync(join(folder, "child"), "utf8")));
  });
});

/** A page that shows the videos at these addresses. */
function page(title: string, ...addresses: readonly string[]) {
  const videos = addresses.map((address) => `<video src="${address}"></video>`);
  return { bytes: Buffer.from(`<html><title>${title}</title>${videos.join("")}</html>`), type: "text/html" };
}
const film = (address: string) => page("A film", address);

describe.skipIf(REAL === null)("the real yt-dlp", () => {
  const FILM = Buffer.from("a film, ".repeat(100_000));
  const path = REAL ?? "";

  test("downloads through the guard", async () => {
    await using site = await startFileServer();
    site.serves("/film.mp4", { bytes: FILM });
    const { port } = new URL(site.root);
    const guard = createGuard({ isForbidden: () => false, lookup: async () => [{ address: "127.0.0.1" }] });
    await using proxy = await startGuardingProxy(guard);
    const { end, stages } = fetching(`http://films.example:${port}/film.mp4`, { path, proxy: proxy.url });
    expect(await end).toEqual({ kind: "fetched" });
    expect(wholeFiles()).toEqual(["film.mp4"]);
    expect(readFileSync(join(folder, "whole/film.mp4"))).toEqual(FILM);
    expect(stages[0]).toEqual({ name: "film" });
    expect(stages.at(-1)).toMatchObject({ currentSize: FILM.length, totalSize: FILM.length });
  });

  test("loses no part of a playlist, however similar the titles are", async () => {
    await using site = await startFileServer();
    const paths = ["/1.mp4", "/2.mp4", "/3.mp4"];
    for (const address of paths) site.serves(address, { bytes: Buffer.from(`part ${address}`) });
    // The titles differ only after the part that fits into a file name.
    site.serves("/list", page("F".repeat(200), ...paths));
    expect(await fetching(`${site.root}/list`, { path }).end).toEqual({ kind: "fetched" });
    expect(wholeFiles().map((name) => name.slice(0, 6))).toEqual(["1 - FF", "2 - FF", "3 - FF"]);
    expect(wholeFiles().map((name) => readFileSync(join(folder, "whole", name), "utf8").slice(-6))).toEqual(paths);
  });

  test("loads no plugin from the home", async () => {
    const marker = join(folder, "loaded");
    const before = { HOME: process.env.HOME, XDG_CONFIG_HOME: process.env.XDG_CONFIG_HOME };
    const home = join(folder, "person");
    for (const place of [".config/yt-dlp/plugins", "xdg/yt-dlp/plugins", ".yt-dlp/plugins"]) {
      for (const kind of ["extractor", "postprocessor"]) {
        const plugin = join(home, place, "mine/yt_dlp_plugins", kind);
        mkdirSync(plugin, { recursive: true });
        writeFileSync(join(plugin, "mine.py"), `open(${JSON.stringify(marker)}, "a").write("loaded")\n`);
      }
    }
    await using site = await startFileServer();
    site.serves("/film.mp4", { bytes: FILM });
    Object.assign(process.env, { HOME: home, XDG_CONFIG_HOME: join(home, "xdg") });
    try {
      const version = await versionOfYtDlp(path, folder);
      expect(version).toMatch(/^\d{4}\.\d\d\.\d\d/);
      expect(await fetching(`${site.root}/film.mp4`, { path, version }).end).toEqual({ kind: "fetched" });
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    expect(existsSync(marker)).toBe(false);
  });

  test("reaches nothing that the guard forbids", async () => {
    await using site = await startFileServer();
    site.serves("/film.mp4", { bytes: FILM });
    await using proxy = await startGuardingProxy(createGuard({ isForbidden: () => true }));
    const { end } = fetching(`${site.root}/film.mp4`, { path, proxy: proxy.url });
    expect(await end).toEqual({ kind: "failed", failure: { kind: "forbidden", host: "127.0.0.1" } });
    expect(site.requests).toEqual([]);
  });

  test.each([
    ["https", { kind: "unknown_host", host: "nowhere.example" }],
    ["http", { kind: "unknown_host", host: "nowhere.example" }],
    ["https", { kind: "connection", detail: "films.example: ECONNREFUSED" }],
  ] as const)("gets the right reason for what the guard could not do over %s: %p", async (scheme, failure) => {
    const lookup = async (name: string) => {
      if (name.startsWith("nowhere")) throw Object.assign(new Error(), { code: "ENOTFOUND" });
      return [{ address: "127.0.0.1" }];
    };
    const host = failure.kind === "unknown_host" ? failure.host : "films.example";
    await using proxy = await startGuardingProxy(createGuard({ isForbidden: () => false, lookup }));
    // Nobody listens there: a port below 1024 that the system gives to none.
    const { end } = fetching(`${scheme}://${host}:1/film.mp4`, { path, proxy: proxy.url, more: ["--retries", "0"] });
    expect(await end).toEqual({ kind: "failed", failure });
  });

  test("starts no program that would bypass the guard", async () => {
    await using site = await startFileServer();
    site.serves("/page", film("rtmp://127.0.0.1/inner/film.flv"));
    await using proxy = await startGuardingProxy(createGuard({ isForbidden: () => false }));
    const { end } = fetching(`${site.root}/page`, { path, proxy: proxy.url });
    expect(await end).toEqual({ kind: "failed", failure: { kind: "nothing" } });
  });

  test.each(["a page shows", "a site redirects to"])(
    "does not bypass the guard for an FTP address that %s",
    async (how) => {
      let calls = 0;
      const inner = createServer((socket) => {
        calls += 1;
        socket.destroy();
      });
      const { port } = await new Promise<AddressInfo>((resolve) =>
        inner.listen(0, "127.0.0.1", () => resolve(inner.address() as AddressInfo)),
      );
      const address = `ftp://127.0.0.1:${port}/film.mp4`;
      await using site = await startFileServer();
      site.answers("/moved.mp4", 302, address);
      site.serves("/page", film(how === "a page shows" ? address : "/moved.mp4"));
      await using proxy = await startGuardingProxy(createGuard({ isForbidden: () => false }));
      const { end } = fetching(`${site.root}/page`, { path, proxy: proxy.url });
      const ended = await end;
      expect(calls).toBe(0);
      expect(ended).toMatchObject({ failure: { detail: expect.stringContaining("HTTP Error 400") } });
      inner.close();
    },
  );

  test.each([
    ["refuses whoever asks", 403, { kind: "refused", status: 403 }],
    ["is overloaded", 503, { kind: "refused", status: 503 }],
    ["shows nothing but text", 200, { kind: "bare_page" }],
  ])("gives the same reason as our own fetcher for a site that %s", async (_, status, failure) => {
    await using site = await startFileServer();
    if (status === 200)
      site.serves("/page", { bytes: Buffer.from("<html><body>words</body></html>"), type: "text/html" });
    else site.answers("/page", status);
    const version = await versionOfYtDlp(REAL ?? "", folder);
    const { end } = fetching(`${site.root}/page`, { path: REAL ?? "", version });
    expect(await end).toEqual({ kind: "failed", failure } as Awaited<typeof end>);
  });

  test("gives other reasons in its own words", async () => {
    await using site = await startFileServer();
    site.serves("/film", film(`${site.root}/gone.mp4`));
    const { end } = fetching(`${site.root}/film`, { path });
    expect(await end).toMatchObject({ failure: { detail: expect.stringContaining("HTTP Error 404") } });
  });
});
