import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { call } from "../support/downloader/channel.ts";
import { WAIT_LIMIT_MS } from "../support/patience.ts";
import { listedBy, type Program } from "./program.ts";

const { DWLD_BOT_REAL_DOWNLOADER: DOWNLOADER = "", DWLD_BOT_REAL_SENDER: SENDER = "" } = process.env;
const LOOK_EVERY_MS = 250;
const SFTP_GATE = "sftp";

/** Why no programs can be started; undefined when they can. */
export function whyNoPrograms(): string | undefined {
  const missing = Object.entries({ DWLD_BOT_REAL_DOWNLOADER: DOWNLOADER, DWLD_BOT_REAL_SENDER: SENDER })
    .filter(([, path]) => path === "" || !existsSync(path))
    .map(([name]) => name);
  return missing.length === 0 ? undefined : `${missing.join(" and ")} must name an executable`;
}

/** Starts the two executables of the environment as README.md beside this says; resolves once the downloader answers. */
export async function startPrograms(bot: string): Promise<Program> {
  await using parts = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "dwld-real-"));
  parts.defer(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["bin", "gates", "work", "sent"]) mkdirSync(join(folder, name));
  const stub = join(folder, "bin/yt-dlp");
  copyFileSync(join(import.meta.dir, "yt-dlp.sh"), stub);
  chmodSync(stub, 0o755);
  const gateOf = (link: string) => join(folder, "gates", link.replace(/[^A-Za-z0-9]/g, "_"));
  const gate = join(folder, "gates", SFTP_GATE);
  Bun.spawnSync(["mkfifo", gate]);

  const [port, senderPort] = [await freePort(), await freePort()];
  const [botHost = "", botPort = ""] = bot.split(":");
  const env = {
    ...process.env,
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    NAME: "nas",
    BOT_HOST: botHost,
    BOT_PORT: botPort,
    PORT: String(port),
    SENDER_PORT: String(senderPort),
    GATES: join(folder, "gates"),
    SFTP_GATE: gate,
    WORK: join(folder, "work"),
    SENT: join(folder, "sent"),
  };
  const run = (path: string) =>
    Bun.spawn([path], { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"], detached: true });
  /** Kills it with all processes that it has started, which would wait at their gates forever. */
  const ends = async (child: ReturnType<typeof run>) => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
    await child.exited;
  };
  let sender = run(SENDER);
  parts.defer(() => ends(sender));
  const downloader = run(DOWNLOADER);
  parts.defer(() => ends(downloader));

  /** Such a program does not report changes: it is asked until it says so. */
  async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
    const attempts = WAIT_LIMIT_MS / LOOK_EVERY_MS;
    for (let n = 0; n < attempts; n += 1) {
      if (await isTrue()) return;
      await setTimeout(LOOK_EVERY_MS);
    }
    throw new Error(`In vain: ${what}. The downloader lists: ${await listedBy({ port })}`);
  }
  const lists = (link: string, status: string) =>
    until(`${link} to be ${status}`, async () => (await listedBy({ port })).includes(`${link} ${status}`));
  const isUp = async () => (await call({ port }, "Healtheck", {}, WAIT_LIMIT_MS)).error === undefined;
  await until("the downloader to answer", isUp);

  const all = parts.move();
  return {
    port,
    async begins(link) {
      await lists(link, "WORK");
      await until(`yt-dlp to be at ${link}`, () => existsSync(gateOf(link)));
    },
    fails: (link, error) => writeFile(gateOf(link), `${error}\n`),
    async comesToSender(link) {
      await writeFile(gateOf(link), "ok\n");
      await lists(link, "SENDING");
    },
    async arrives(link) {
      await writeFile(gate, "ok\n");
      await lists(link, "DONE");
    },
    async senderStops() {
      await ends(sender);
      const isAlone = async () => !(await listedBy({ port })).some((entry) => / (SENDING|DONE)$/.test(entry));
      await until("the sender's part to be missing", isAlone);
    },
    async senderStarts() {
      sender = run(SENDER);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof bound === "object" ? (bound?.port ?? 0) : 0;
}
