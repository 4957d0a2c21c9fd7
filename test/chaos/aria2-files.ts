import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAria2 } from "../support/back-end/aria2.ts";
import { createDice } from "../support/binary/dice.ts";
import type { Task } from "../support/downloader/wire.ts";
import { startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";
import type { DownloaderRun } from "./downloader.ts";
import { createDownloaderLives, OWNER } from "./downloader-lives.ts";

/** Who can be killed: the downloader that stands before the program, or the program. */
export const VICTIMS = ["bridge", "program"] as const;
export type Victim = (typeof VICTIMS)[number];

/** What changes in the folders before the kill comes, at most. */
const MOST_EVENTS = 40;
/** So that a file takes a while, and a kill finds it half there. */
const SLOWLY = ["--max-overall-download-limit=2M"];

interface Sample {
  readonly name: string;
  readonly link: string;
  readonly bytes: Buffer;
}

/**
 * Kills a downloader that stands before a real aria2, or that aria2, at so many moments that the seed draws, while links are
 * handed over; the other one lives on. Then both end their work.
 */
export async function playAria2Files(
  seed: number,
  kills: number,
  { victim, program }: { readonly victim: Victim; readonly program?: string | undefined },
): Promise<DownloaderRun> {
  const dice = createDice(seed);
  await using parts = new AsyncDisposableStack();
  const home = mkdtempSync(join(tmpdir(), "dwld-kills-"));
  parts.defer(() => rmSync(home, { recursive: true, force: true }));
  const site = parts.use(await startFileServer());
  const { port } = parts.use(reservePort());
  const files = Array.from({ length: Math.max(3, Math.round(kills / 2)) }, (_, nth): Sample => {
    const name = `file ${nth}.mp4`;
    const path = `/${encodeURIComponent(name)}`;
    const bytes = Buffer.from(`file ${nth} `.repeat(150_000));
    site.serves(path, { bytes, etag: `"${nth}"` });
    return { name, link: site.root + path, bytes };
  });
  const gone = `${site.root}/gone.mp4`;

  mkdirSync(join(home, "list"));
  const place = { port: parts.use(reservePort()).port, options: SLOWLY };
  let aria2 = await startAria2(join(home, "aria2"), place);
  parts.defer(() => aria2.kill());
  const folder = join(aria2.dir, OWNER);
  const tooEarly = new Set<string>();
  const lives = parts.use(
    createDownloaderLives({
      folder: home,
      port,
      program,
      flags: ["--dir", join(home, "list"), "--backend", "aria2", "--backend-url", aria2.url.href],
      env: { DWLD_BOT_BACKEND_SECRET: aria2.secret },
      says: ["Listening", "answers"],
      seen: (tasks) => {
        for (const one of files) if (isDone(tasks, one) && wholeOf(folder, one).length === 0) tooEarly.add(one.name);
      },
    }),
  );

  const waiting = [gone, ...files.map(({ link }) => link)];
  let child = await lives.life();
  for (let kill = 0; kill < kills; kill += 1) {
    const link = waiting.shift();
    // While the program is away, nothing is taken.
    const isTaken = link !== undefined && (await lives.hasTaken(link));
    if (link !== undefined && !isTaken) waiting.push(link);
    await lives.untilEvent(dice.upTo(MOST_EVENTS), isTaken ? link : undefined);
    if (victim === "bridge") {
      child.kill("SIGKILL");
      await child.exited;
      child = await lives.life();
    } else {
      await aria2.kill();
      aria2 = await startAria2(join(home, "aria2"), place);
    }
  }

  child.kill("SIGKILL");
  await child.exited;
  child = await lives.life();
  for (const link of waiting)
    if (!(await lives.hasTaken(link))) throw new Error(`${link} is not taken\n${lives.output}`);
  const tasks = await lives.untilEvent(Number.POSITIVE_INFINITY);
  child.kill("SIGTERM");
  await child.exited;

  const names = existsSync(folder) ? readdirSync(folder) : [];
  const more = names.filter((name) => !files.some((one) => one.name === name));
  const timesFetched = ({ link }: Sample) => site.requests.filter(({ path }) => path === new URL(link).pathname).length;
  const broken = [
    ...files.flatMap((one) => judge(one, { tasks, folder })),
    ...[...tooEarly].map((name) => `${name} was called done before it was whole`),
    ...(tasks.find(({ link }) => link === gone)?.message?.startsWith("download failed")
      ? []
      : ["gone.mp4 has failed, untold"]),
    // A program that lives has each link from us once.
    ...(victim === "bridge" ? more.map((name) => `${name} is there as well`) : []),
    ...(victim === "bridge"
      ? files.filter((one) => timesFetched(one) !== 1).map((one) => `${one.name} came ${timesFetched(one)} times`)
      : []),
  ];
  return { broken, kills, links: files.length + 1, copies: more.length, output: lives.output };
}

function judge(one: Sample, { tasks, folder }: { tasks: readonly Task[]; folder: string }): string[] {
  const task = tasks.find(({ link }) => link === one.link);
  if (task === undefined) return [`${one.name} was accepted and is not listed`];
  if (task.status !== "DONE") return [`${one.name} is ${task.status}: ${task.message}`];
  return wholeOf(folder, one).length > 0 ? [] : [`${one.name} is done, and not there`];
}

function isDone(tasks: readonly Task[], { link }: Sample): boolean {
  return tasks.some((task) => task.link === link && task.status === "DONE");
}

/** The whole files of a link; aria2 calls the next one of a name `file 1.1.mp4`. */
function wholeOf(folder: string, { name, bytes }: Sample): string[] {
  if (!existsSync(folder)) return [];
  const stem = name.replace(/\.mp4$/, "");
  return readdirSync(folder).filter(
    (found) =>
      found.startsWith(`${stem}.`) && found.endsWith(".mp4") && readFileSync(join(folder, found)).equals(bytes),
  );
}
