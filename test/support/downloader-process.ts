import { join } from "node:path";
import type { Mode } from "./downloader/mode.ts";
import { type Command, type DownloaderEvent, linksIn } from "./downloader/process.ts";
import { registerDownloader, type SelfDescription } from "./downloader/wire.ts";
import { eachLine } from "./output.ts";
import { createWatch } from "./watch.ts";

const SCRIPT = join(import.meta.dir, "downloader/process.ts");

/** A downloader as a process of its own, which can be stopped and killed. */
export interface DownloaderProcess extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  readonly events: readonly DownloaderEvent[];
  /** The links in its file, in order: what it accepted in all its runs. */
  accepted(): readonly string[];
  /** Resolves once the process has obeyed. */
  tell(command: Command): Promise<void>;
  waitFor(wanted: (event: DownloaderEvent) => boolean, what: string): Promise<DownloaderEvent>;
  register(botAddress: string, overrides?: Partial<SelfDescription>): Promise<void>;
  /** SIGSTOP: the kernel still accepts connections, but nothing answers. */
  freezes(): void;
  thaws(): void;
  /** SIGKILL; resolves once it is gone. */
  dies(): Promise<void>;
}

export interface ProcessOptions {
  readonly name: string;
  /** Where accepted links are kept; an existing file contains those of an earlier run. */
  readonly file: string;
  readonly roots?: readonly string[];
  readonly mode?: Mode;
  /** Default: one that the system picks. */
  readonly port?: number;
}

/** Starts the process; resolves once it listens, rejects if it ends before that. */
export async function spawnDownloader({
  name,
  file,
  roots = ["*"],
  mode = "ok",
  port = 0,
}: ProcessOptions): Promise<DownloaderProcess> {
  const flags = ["--name", name, "--file", file, "--port", String(port), "--mode", JSON.stringify(mode)];
  const child = Bun.spawn([process.execPath, SCRIPT, ...flags], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const events: DownloaderEvent[] = [];
  const watch = createWatch();
  void eachLine(child.stdout, (line) => {
    events.push(JSON.parse(line));
    watch.changed();
  }).then(() => watch.close());
  const waitFor = (wanted: (event: DownloaderEvent) => boolean, what: string) =>
    watch.until(() => events.find(wanted), {
      what: `"${name}": ${what}`,
      seen: () => events.map((it) => JSON.stringify(it)).join("\n"),
    });
  let told = 0;
  const listening = await waitFor(({ event }) => event === "listening", "to listen");
  const bound = listening.event === "listening" ? listening.port : 0;
  return {
    pid: child.pid,
    port: bound,
    events,
    accepted: () => linksIn(file),
    async tell(command) {
      const nth = ++told;
      child.stdin.write(`${JSON.stringify(command)}\n`);
      child.stdin.flush();
      const obeyed = () => events.filter(({ event }) => event === "obeyed").length >= nth;
      await waitFor(obeyed, `to obey ${JSON.stringify(command)}`);
    },
    waitFor,
    register: (botAddress, overrides) =>
      registerDownloader(botAddress, { name, roots, host: "127.0.0.1", port: bound, ...overrides }),
    freezes: () => child.kill("SIGSTOP"),
    thaws: () => child.kill("SIGCONT"),
    async dies() {
      child.kill("SIGKILL");
      await child.exited;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
