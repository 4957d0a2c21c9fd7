import { spawnSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BINARY, type Life } from "../support/binary/life.ts";
import { ADMIN, type BinaryRig, createBinaryRig } from "../support/binary.ts";
import { createGuests } from "./guests.ts";
import { CHATS, DOWNLOADERS, drawPlan, type Happening } from "./plan.ts";
import { type Sample, type Soak, soakPage } from "./soak-page.ts";
import { createSurroundings, type Heal } from "./surroundings.ts";

/*
 * Measures what one run of the bot costs over time: a link a second, with faults drawn from a seed and no kills. Prints a row for each
 * sample, and writes all of them as JSON and, with --page, as plots. Run: npm run soak -- --minutes 60
 */

const SECOND = 1000;
const FAULT_EVERY_S = 5;
/** How many links a downloader has in progress, and how many finished ones it lists. */
const LISTED = 20;

const say = (line: string) => process.stdout.write(`${line}\n`);
const text = { type: "string" } as const;
const { values } = parseArgs({ options: { minutes: text, seed: text, every: text, out: text, page: text } });
const seconds = Math.round(Number(values.minutes ?? 60) * 60);
const seed = Number(values.seed ?? 1);
const everyS = Number(values.every ?? Math.max(10, Math.round(seconds / 60)));
const out = values.out ?? join(tmpdir(), "dwld-bot-soak.json");
if (!(seconds > 0 && everyS > 0)) {
  say("--minutes and --every (seconds) take a number above 0");
  process.exit(64);
}

const samples = await soak();
const version = spawnSync(BINARY, ["--version"], { encoding: "utf8" }).stdout.trim();
const soaked: Soak = { version, day: new Date().toISOString().slice(0, 10), seed, seconds, samples };
writeFileSync(out, `${JSON.stringify(soaked, null, 2)}\n`);
if (values.page !== undefined) writeFileSync(values.page, soakPage(soaked));
say(`Written to ${[out, values.page].filter((file) => file !== undefined).join(" and ")}`);
process.exit(0);

async function soak(): Promise<readonly Sample[]> {
  const accepted = new Set<string>();
  await using rig = createBinaryRig({ config: { log: { level: "info", format: "json" } } });
  await using surroundings = await createSurroundings(rig, { accepted: (link) => accepted.add(link), called() {} });
  rig.api.user({ id: ADMIN, languageCode: "en", started: true });
  const guests = createGuests(rig.api, seed);
  const life = await rig.start();
  const register = async (who: number) => surroundings.register(who, await life.address());
  await Promise.all(DOWNLOADERS.map((_, who) => register(who)));
  const http = `http://127.0.0.1:${(await life.logs("Serving links, health and metrics")).fields.port}`;

  const faults = drawPlan(seed, seconds)
    .map(({ happening }) => happening)
    .filter(isFault);
  const lasting = new Set<{ readonly until: number; readonly heal: Heal }>();
  const taken: Sample[] = [];
  printHead();
  for (let second = 1; second <= seconds; second += 1) {
    await Bun.sleep(SECOND);
    guests.act({ do: "send", chat: second % CHATS, links: [second] });
    for (const downloader of surroundings.fleet) {
      for (const { link } of downloader.ownTasks().slice(0, -LISTED)) downloader.finish(link);
      const done = downloader.tasks().filter(({ status }) => status === "DONE");
      for (const { link } of done.slice(0, -LISTED)) downloader.forget(link);
    }
    for (const fault of lasting) {
      if (fault.until > second) continue;
      lasting.delete(fault);
      fault.heal();
    }
    const fault = second % FAULT_EVERY_S === 0 ? faults.shift() : undefined;
    if (fault !== undefined) {
      const heal = surroundings.befall(fault);
      if (heal !== undefined && "lasts" in fault) lasting.add({ until: second + fault.lasts, heal });
      if (fault.do === "move" || fault.do === "register") await register(fault.who);
    }
    if (second % everyS !== 0 && second !== seconds) continue;
    const sample = { seconds: second, sent: second, accepted: accepted.size, ...(await figures(rig, http)) };
    taken.push(sample);
    print(sample);
  }
  for (const { heal } of lasting) heal();
  await end(life);
  return taken;
}

function isFault({ do: what }: Happening): boolean {
  return !["send", "press", "kill", "stop"].includes(what);
}

async function figures(rig: BinaryRig, http: string): Promise<Omit<Sample, "seconds" | "sent" | "accepted">> {
  const metrics = await (await fetch(`${http}/metrics`)).text();
  const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1]);
  const wal = statSync(join(rig.folder, "dwld-bot.db-wal"), { throwIfNoEntry: false });
  const [row] = rig.rows("select count(*) as queued from links");
  return {
    queued: Number(row?.queued),
    rssMiB: Math.round(figure("process_resident_memory_bytes") / 2 ** 20),
    heapMiB: Math.round(figure("nodejs_heap_size_used_bytes") / 2 ** 20),
    descriptors: figure("process_open_fds"),
    walKiB: Math.round((wal?.size ?? 0) / 2 ** 10),
    lagP99Ms: Math.round(figure("nodejs_eventloop_lag_p99_seconds") * SECOND),
    lagMaxMs: Math.round(figure("nodejs_eventloop_lag_max_seconds") * SECOND),
  };
}

async function end(life: Life): Promise<void> {
  const code = await life.stop();
  say(`The bot ended with ${code}`);
}

function printHead(): void {
  say(
    row(["seconds", "sent", "accepted", "queued", "RSS MiB", "heap MiB", "fds", "WAL KiB", "lag p99 ms", "lag max ms"]),
  );
}

function print(sample: Sample): void {
  const { rssMiB, heapMiB, descriptors, walKiB, lagP99Ms, lagMaxMs, ...counts } = sample;
  const { seconds: at, sent, accepted, queued } = counts;
  say(row([at, sent, accepted, queued, rssMiB, heapMiB, descriptors, walKiB, lagP99Ms, lagMaxMs]));
}

function row(cells: readonly (string | number)[]): string {
  return cells.map((cell) => String(cell).padStart(10)).join(" ");
}
