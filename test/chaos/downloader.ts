import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDice } from "../support/binary/dice.ts";
import type { Task } from "../support/downloader/wire.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";
import { createDownloaderLives, OWNER } from "./downloader-lives.ts";

const YT_DLP = join(import.meta.dir, "../support/yt-dlp.sh");
/** Files written, renamed or removed before the kill, at most. */
const MOST_EVENTS = 40;

/** The result of one seed. */
export interface DownloaderRun {
  /** Violations of the promise: every link that was accepted is there once and complete, or has failed and that was reported. */
  readonly broken: readonly string[];
  readonly kills: number;
  readonly links: number;
  /** Files and parts that a killed program has left beside what it downloaded again. */
  readonly copies?: number;
  readonly output: string;
}

/** What is killed; by default the source, with a stub of yt-dlp. */
export interface Killed {
  /** The executable. */
  readonly program?: string | undefined;
  /** yt-dlp itself. */
  readonly ytDlp?: string | undefined;
}

/** Files of all kinds, by their expected names. */
function sample(
  site: FileServer,
  { count, hasYtDlp }: { readonly count: number; readonly hasYtDlp: boolean },
): Map<string, { readonly link: string; readonly bytes: Buffer | undefined }> {
  const links = new Map<string, { link: string; bytes: Buffer | undefined }>();
  for (let nth = 1; nth <= count; nth += 1) {
    const name = `file ${nth}.mp4`;
    const bytes = Buffer.from(`file ${nth} `.repeat(150_000));
    // Every fifth one has no validator by which a part could be continued.
    site.serves(`/${encodeURIComponent(name)}`, { bytes, ...(nth % 5 > 0 && { etag: `"${nth}"` }) });
    links.set(name, { link: `${site.root}/${encodeURIComponent(name)}`, bytes });
  }
  if (hasYtDlp) {
    for (let nth = 1; nth <= count; nth += 1) {
      const bytes = Buffer.from(`page ${nth} `.repeat(150_000));
      site.serves(`/inner${nth}.mp4`, { bytes, etag: `"${nth}"` });
      const page = `<html><title>Page ${nth}</title><video src="/inner${nth}.mp4"></video></html>`;
      site.serves(`/page${nth}`, { bytes: Buffer.from(page), type: "text/html" });
      // The name that the generic extractor gives what it finds on a page.
      links.set(`Page ${nth} (1).mp4`, { link: `${site.root}/page${nth}`, bytes });
    }
  } else {
    site.serves("/film", { bytes: Buffer.from("<html>"), type: "text/html" });
    links.set("A film.mp4", { link: `${site.root}/film`, bytes: Buffer.from("a film\n") });
  }
  links.set("gone.mp4", { link: `${site.root}/gone.mp4`, bytes: undefined });
  return links;
}

/** Kills the built-in downloader, as a process, at `kills` random moments drawn from the seed, and then lets it finish its work. */
export async function playDownloader(
  seed: number,
  kills: number,
  { program, ytDlp }: Killed = {},
): Promise<DownloaderRun> {
  const dice = createDice(seed);
  await using parts = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), "dwld-kills-"));
  parts.defer(() => rmSync(dir, { recursive: true, force: true }));
  const site = parts.use(await startFileServer());
  const port = parts.use(reservePort()).port;
  const files = sample(site, { count: Math.max(5, Math.round(kills / 2)), hasYtDlp: ytDlp !== undefined });
  const lives = parts.use(
    createDownloaderLives({ folder: dir, port, program, flags: ["--dir", dir, "--yt-dlp", ytDlp ?? YT_DLP] }),
  );

  const waiting = [...files.values()].map(({ link }) => link);
  for (let kill = 0; kill < kills; kill += 1) {
    const child = await lives.life();
    const link = waiting.shift();
    const taken = link === undefined ? true : lives.hasTaken(link);
    await lives.untilEvent(dice.upTo(MOST_EVENTS), link);
    child.kill("SIGKILL");
    await child.exited;
    if (link !== undefined && !(await taken)) waiting.push(link);
  }

  const child = await lives.life();
  for (const link of waiting)
    if (!(await lives.hasTaken(link))) throw new Error(`${link} is not taken\n${lives.output}`);
  const tasks = await lives.untilEvent(Number.POSITIVE_INFINITY);
  child.kill("SIGTERM");
  await child.exited;
  return { broken: judge({ dir, files, tasks }), kills, links: files.size, output: lives.output };
}

function judge({
  dir,
  files,
  tasks,
}: {
  dir: string;
  files: ReturnType<typeof sample>;
  tasks: readonly Task[];
}): string[] {
  const folder = join(dir, OWNER);
  const arrived = existsSync(folder) ? readdirSync(folder) : [];
  const expected = [...files].flatMap(([name, { bytes }]) => (bytes === undefined ? [] : [name]));
  const wrong = [...files].flatMap(([name, { link, bytes }]) => {
    const task = tasks.find((one) => one.link === link);
    if (task === undefined) return [`${name} was accepted but is not listed`];
    if (bytes === undefined)
      return task.message?.startsWith("download failed") ? [] : [`${name} failed, which was not reported`];
    if (task.status !== "DONE") return [`${name} is ${task.status}: ${task.message}`];
    if (!arrived.includes(name)) return [`${name} is done but not there`];
    return readFileSync(join(folder, name)).equals(bytes) ? [] : [`${name} is not complete`];
  });
  const more = arrived.filter((name) => !expected.includes(name)).map((name) => `${name} is an extra file`);
  const parts = readdirSync(join(dir, ".dwld-bot/parts")).map((name) => `The parts of ${name} were left`);
  return [...wrong, ...more, ...parts];
}
