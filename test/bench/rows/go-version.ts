import { TOKEN } from "../../support/binary.ts";
import { writeGoDatabase } from "../../support/go-version.ts";
import { reservePort } from "../../support/reserved-port.ts";
import { type Effort, median, type Result } from "../figures.ts";
import { startKept } from "../world/kept-life.ts";
import { cpuMs } from "../world/process-figures.ts";
import type { Leftover } from "../world/telegram.ts";
import { DOWNLOADERS, type World } from "../world/world.ts";
import { byBot, prepareDrain } from "./drain.ts";

/*
 * B10: the drain, compared with the Go version. DWLD_BOT_GO_VERSION names an executable without arguments that starts it (a script that
 * writes its config). In its environment, WORK is the folder with its links.db, API_ROOT the address of the Bot API, TOKEN its token, and
 * GRPC_PORT the port to listen on.
 */

const LINKS = 2_000;
const EXECUTABLE = process.env.DWLD_BOT_GO_VERSION;
const SETTLES_MS = 1_000;

interface Drain {
  readonly perSecond: number;
  readonly cpuMsPerLink: number;
}

/** B10. */
export async function goVersion({ rounds }: Effort): Promise<Result> {
  const title = `${LINKS} due links → 4 downloaders, beside the Go version`;
  const head = ["by", "links/s", "ms CPU a link"];
  if (EXECUTABLE === undefined) {
    const skipped = "DWLD_BOT_GO_VERSION does not name an executable";
    return { row: "B10", title, head, lines: [], verdicts: [], skipped };
  }
  const ours: Drain[] = [];
  const theirs: Drain[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await drainBy("ours"));
    theirs.push(await drainBy(EXECUTABLE));
  }
  const of = (drains: readonly Drain[], figure: (drain: Drain) => number) => median(drains.map(figure));
  const rate = (drains: readonly Drain[]) => of(drains, ({ perSecond }) => perSecond);
  const cpu = (drains: readonly Drain[]) => of(drains, ({ cpuMsPerLink }) => cpuMsPerLink);
  return {
    row: "B10",
    title,
    head,
    lines: [
      ["bot", rate(ours), cpu(ours)],
      ["Go version", rate(theirs), cpu(theirs)],
    ],
    verdicts: [
      { what: "links/s, times the Go version's", measured: rate(ours) / rate(theirs), bound: { least: 8 } },
      { what: "CPU a link, times the Go version's", measured: cpu(ours) / cpu(theirs), bound: { most: 0.5 } },
    ],
    details: { ours, theirs },
  };
}

/** From the first link that a downloader gets to the last one. */
async function drainBy(subject: string): Promise<Drain> {
  const { world: made, known } = await prepareDrain(LINKS);
  await using world = made;
  const cpu = subject === "ours" ? await ourCpu(world) : await theirCpu(world, { executable: subject, known });
  const { firstAt, lastAt } = await world.accepted();
  return { perSecond: (LINKS * 1000) / ((lastAt ?? 0) - (firstAt ?? 0)), cpuMsPerLink: cpu / LINKS };
}

async function ourCpu(world: World): Promise<number> {
  const { drained: spent } = await byBot(world, { inFlight: 16, isCounted: false });
  await allAccepted(world);
  return (await spent()).cpu;
}

async function theirCpu(
  world: World,
  { executable, known }: { executable: string; known: readonly (Leftover & { readonly url: string })[] },
): Promise<number> {
  const dueAt = String(Math.floor(Date.now() / 1000));
  const links = known.map(({ url, chatId, promptId }) => {
    return [url, 10_000, dueAt, String(chatId), "[ann] ", String(promptId), ""] as const;
  });
  const downloaders = DOWNLOADERS.map((name, index) => [name, "*", "127.0.0.1", world.ports[index] ?? 0] as const);
  using _ = writeGoDatabase(world.folder, { links, downloaders });
  using port = reservePort();
  const env = { WORK: world.folder, API_ROOT: world.root, TOKEN, GRPC_PORT: String(port.port) };
  const life = await startKept({ command: [executable], cwd: world.folder, env, args: [] });
  await allAccepted(world);
  const cpu = cpuMs(life.pid);
  await life.kill();
  return cpu;
}

async function allAccepted(world: World): Promise<void> {
  while ((await world.accepted()).accepted < LINKS) await Bun.sleep(SETTLES_MS);
  await Bun.sleep(SETTLES_MS);
}
