import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shareTorrents, startAria2 } from "../support/back-end/aria2.ts";
import { startQbittorrent } from "../support/back-end/qbittorrent.ts";
import { startTransmission } from "../support/back-end/transmission.ts";
import { createDice } from "../support/binary/dice.ts";
import { call } from "../support/downloader/channel.ts";
import type { Task } from "../support/downloader/wire.ts";
import { eachText } from "../support/output.ts";
import { reservePort } from "../support/reserved-port.ts";
import { createWatch } from "../support/watch.ts";
import type { DownloaderRun } from "./downloader.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
const OWNER = "[ann] films";
/** No more than the seeder shares at a time. */
const NAMES = [1, 2, 3, 4, 5].map((nth) => `film ${nth}.bin`);
const BYTES = Buffer.alloc(400_000, "a film, and a long one ");
/** Slow enough that kills come during downloads. */
const RATE = "300K";
/** The longest time until the kill: the downloader looks at the program every two seconds. */
const LONGEST_MS = 4_000;
/** The downloader's list reports no changes, so it is polled. */
const LOOK_MS = 100;

type Ports = { readonly port: number; readonly peers: number };
type Program = {
  readonly dir: string;
  readonly url: URL;
  readonly secret: string;
  readonly kill: () => Promise<void>;
};

/** The programs that can be killed, by their names for `--backend`. */
export const PROGRAMS: Readonly<Record<string, (home: string, ports: Ports) => Promise<Program>>> = {
  aria2: startAria2,
  qbittorrent: startQbittorrent,
  transmission: startTransmission,
};

/**
 * Kills, at `kills` random moments drawn from the seed, the downloader in front of a program, or the program, while magnets are handed
 * over; each is restarted, and then all can finish their work.
 */
export async function playBackEnd(kind: string, seed: number, kills: number): Promise<DownloaderRun> {
  const startProgram = PROGRAMS[kind];
  if (startProgram === undefined) throw new Error(`There is no back end ${kind} to kill`);
  const dice = createDice(seed);
  await using parts = new AsyncDisposableStack();
  const home = mkdtempSync(join(tmpdir(), "dwld-back-end-kills-"));
  parts.defer(() => rmSync(home, { recursive: true, force: true }));
  const shared = parts.use(await shareTorrents(join(home, "others"), { names: NAMES, bytes: BYTES }));
  await shared.gives(RATE);
  const [port, programPort, peers] = [1, 2, 3].map(() => parts.use(reservePort()).port) as [number, number, number];
  const watch = createWatch();
  parts.defer(() => watch.close());
  let output = "";
  const seen = () => output;

  const life = () => startProgram(join(home, "program"), { port: programPort, peers });
  let program = await life();
  parts.defer(() => program.kill());

  async function startBridge() {
    const before = output.length;
    const flags = ["--dir", join(home, "list"), "--listen", `127.0.0.1:${port}`, "--bot", "127.0.0.1:1"];
    const bridged = ["--backend", kind, "--backend-url", program.url.href, "--allow-private"];
    const child = Bun.spawn([process.execPath, MAIN, "downloader", ...flags, ...bridged], {
      env: { PATH: process.env.PATH, DWLD_BOT_BACKEND_SECRET: program.secret },
      stdout: "pipe",
      stderr: "pipe",
    });
    for (const stream of [child.stdout, child.stderr]) {
      void eachText(stream, (text) => {
        output += text;
        watch.changed();
      });
    }
    const listens = () => output.slice(before).includes("Listening") || undefined;
    await watch.until(listens, { what: "the downloader to listen", seen });
    return child;
  }

  const list = async () => ((await call({ port }, "Queue")).reply?.tasks ?? []) as Task[];
  /** As the bot does: if it is not known whether a link was taken, that is looked up before it is sent again. */
  async function hasTaken(link: string): Promise<boolean> {
    if ((await list()).some((task) => task.link === link)) return true;
    const { error } = await call({ port }, "SetToQueue", { link, user_name: OWNER, max_quality: 720 });
    return error === undefined;
  }

  const hasEnded = ({ status, message }: Task) => status === "DONE" || message?.startsWith("download failed");
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  async function untilEnd(): Promise<readonly Task[]> {
    for (;;) {
      const tasks = await list();
      if (tasks.every(hasEnded)) return tasks;
      await pause(LOOK_MS);
    }
  }

  let bridge = await startBridge();
  parts.defer(() => bridge.kill("SIGKILL"));
  const waiting = shared.torrents.map(({ magnet }) => magnet);
  for (let kill = 0; kill < kills; kill += 1) {
    const link = waiting.shift();
    const taken = link === undefined ? true : hasTaken(link);
    await pause(dice.upTo(LONGEST_MS));
    if (dice.pick(["bridge", "program"]) === "program") {
      await program.kill();
      program = await life();
    } else {
      bridge.kill("SIGKILL");
      await bridge.exited;
      bridge = await startBridge();
    }
    if (link !== undefined && !(await taken)) waiting.push(link);
  }
  for (let link = waiting.shift(); link !== undefined; link = waiting.shift())
    if (!(await hasTaken(link))) {
      // The program was away a moment ago; the downloader accepts links again once it has seen it.
      waiting.push(link);
      await pause(LOOK_MS);
    }
  await shared.gives("0");
  const tasks = await untilEnd();
  return { broken: judge(join(program.dir, OWNER), shared.torrents, tasks), kills, links: NAMES.length, output };
}

function judge(folder: string, torrents: readonly { readonly magnet: string }[], tasks: readonly Task[]): string[] {
  const arrived = existsSync(folder) ? readdirSync(folder) : [];
  const wrong = torrents.flatMap(({ magnet }, nth) => {
    const name = NAMES[nth] ?? "";
    const [task, ...more] = tasks.filter(({ link }) => link === magnet);
    if (task === undefined) return [`${name} was accepted but is not listed`];
    if (more.length > 0) return [`${name} is listed ${more.length + 1} times`];
    if (task.status !== "DONE") return [`${name} is ${task.status}: ${task.message}`];
    if (!arrived.includes(name)) return [`${name} is done but not there`];
    return readFileSync(join(folder, name)).equals(BYTES) ? [] : [`${name} is not complete`];
  });
  // The control file of a torrent that aria2 is still seeding, or was when it was killed, is next to the finished file.
  const expected = new Set(NAMES.flatMap((name) => [name, `${name}.aria2`]));
  return [...wrong, ...arrived.filter((name) => !expected.has(name)).map((name) => `${name} is an extra file`)];
}
