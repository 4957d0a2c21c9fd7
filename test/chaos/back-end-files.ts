import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { startAria2 } from "../support/back-end/aria2.ts";
import { startVideoProgram, type VideoProgram } from "../support/back-end/video-program.ts";
import { createDice } from "../support/binary/dice.ts";
import type { Task } from "../support/downloader/wire.ts";
import { startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";
import type { DownloaderRun } from "./downloader.ts";
import { createDownloaderLives, OWNER } from "./downloader-lives.ts";

/** What can be killed: the downloader in front of the program, or the program. */
export const VICTIMS = ["bridge", "program"] as const;
export type Victim = (typeof VICTIMS)[number];

/** Changes in the folders before the kill, at most. */
const MOST_EVENTS = 40;

interface Program {
  readonly dir: string;
  readonly url: URL;
  readonly secret?: string;
  readonly kill: () => Promise<void>;
}

/** A kind of program that fetches files. */
interface Kind {
  start(home: string, of: { readonly port: number }): Promise<Program>;
  /** Its name for a file that is called `*.mp4` at its source. */
  readonly suffix: string;
  /** How many requests a site gets for a file that is handed over once. */
  readonly requests: number;
  /** After a kill it downloads again, under another name, what it had. */
  readonly renames: boolean;
  /** It does not report its starts, and each takes a while: a look finds it away. */
  readonly isSeenAway: boolean;
}

const video = (program: VideoProgram): Kind => ({
  start: (home, { port }) => startVideoProgram(program, home, { port }),
  suffix: ".bin",
  requests: 2,
  renames: false,
  isSeenAway: true,
});

/** Programs that can be killed, by their names for `--backend`, and older versions. */
export const FILE_PROGRAMS = {
  aria2: {
    // Slow enough that a kill finds a file half there. The number of tries is aria2's default: the site may close a kept connection at the
    // moment at which aria2 uses it again.
    start: (home, { port }) =>
      startAria2(home, { port, options: ["--max-overall-download-limit=2M", "--max-tries=5"] }),
    suffix: ".mp4",
    requests: 1,
    renames: true,
    isSeenAway: false,
  },
  metube: video({ kind: "metube", version: "2026.07" }),
  "metube-2025.12": video({ kind: "metube", version: "2025.12" }),
  "metube-2024.12": video({ kind: "metube", version: "2024.12" }),
  ytptube: { ...video({ kind: "ytptube", version: "2026.07" }), isSeenAway: false },
  "ytptube-2025.07": video({ kind: "ytptube", version: "2025.07" }),
} satisfies Readonly<Record<string, Kind>>;

interface Sample {
  /** The name of the finished file. */
  readonly name: string;
  readonly link: string;
  readonly bytes: Buffer;
}

/**
 * Kills a downloader in front of a real aria2 or the fake of another program, or that program, at `kills` random moments drawn from the
 * seed, while links are handed over; the other one keeps running. Then both finish their work. `program` is the executable of the
 * downloader.
 */
export async function playFiles(
  of: keyof typeof FILE_PROGRAMS,
  { seed, kills, victim, program }: { seed: number; kills: number; victim: Victim; program?: string | undefined },
): Promise<DownloaderRun> {
  const kind: Kind = FILE_PROGRAMS[of];
  const dice = createDice(seed);
  await using parts = new AsyncDisposableStack();
  const home = mkdtempSync(join(tmpdir(), "dwld-kills-"));
  parts.defer(() => rmSync(home, { recursive: true, force: true }));
  const site = parts.use(await startFileServer());
  const { port } = parts.use(reservePort());
  const files = Array.from({ length: Math.max(3, Math.round(kills / 2)) }, (_, nth): Sample => {
    const path = `/file-${nth}.mp4`;
    const bytes = Buffer.from(`file ${nth} `.repeat(150_000));
    site.serves(path, { bytes, etag: `"${nth}"` });
    return { name: `file-${nth}${kind.suffix}`, link: site.root + path, bytes };
  });
  const gone = `${site.root}/gone.mp4`;

  mkdirSync(join(home, "list"));
  const place = parts.use(reservePort());
  const startProgram = () => kind.start(join(home, "program"), place);
  let server = await startProgram();
  parts.defer(() => server.kill());
  const folder = join(server.dir, OWNER);
  const [backEnd = ""] = of.split("-");
  const tooEarly = new Set<string>();
  const lives = parts.use(
    createDownloaderLives({
      folder: home,
      port,
      program,
      flags: ["--dir", join(home, "list"), "--backend", backEnd, "--backend-url", server.url.href],
      ...(server.secret !== undefined && { env: { DWLD_BOT_BACKEND_SECRET: server.secret } }),
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
    // While the program is away, no links are accepted.
    const isTaken = link !== undefined && (await lives.hasTaken(link));
    if (link !== undefined && !isTaken) waiting.push(link);
    await lives.untilEvent(dice.upTo(MOST_EVENTS), isTaken ? link : undefined);
    if (victim === "bridge") {
      child.kill("SIGKILL");
      await child.exited;
      child = await lives.life();
    } else {
      await server.kill();
      if (kind.isSeenAway) await lives.untilAway();
      server = await startProgram();
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
      : ["gone.mp4 failed, which was not reported"]),
    ...(victim === "program" && kind.renames ? [] : more.map((name) => `${name} is an extra file`)),
    // A program that was not killed has each link from us once.
    ...(victim === "bridge"
      ? files
          .filter((one) => timesFetched(one) !== kind.requests)
          .map((one) => `${one.name} was asked for ${timesFetched(one)} times`)
      : []),
  ];
  return { broken, kills, links: files.length + 1, copies: more.length, output: lives.output };
}

function judge(one: Sample, { tasks, folder }: { tasks: readonly Task[]; folder: string }): string[] {
  const task = tasks.find(({ link }) => link === one.link);
  if (task === undefined) return [`${one.name} was accepted but is not listed`];
  if (task.status !== "DONE") return [`${one.name} is ${task.status}: ${task.message}`];
  return wholeOf(folder, one).length > 0 ? [] : [`${one.name} is done but not there`];
}

function isDone(tasks: readonly Task[], { link }: Sample): boolean {
  return tasks.some((task) => task.link === link && task.status === "DONE");
}

/** The finished files of a link; aria2 calls the second one of the same name `file-1.1.mp4`. */
function wholeOf(folder: string, { name, bytes }: Sample): string[] {
  if (!existsSync(folder)) return [];
  const suffix = extname(name);
  const stem = basename(name, suffix);
  return readdirSync(folder).filter(
    (found) =>
      found.startsWith(`${stem}.`) && found.endsWith(suffix) && readFileSync(join(folder, found)).equals(bytes),
  );
}
