import { watch as watchFolder } from "node:fs";
import { join } from "node:path";
import { call } from "../support/downloader/channel.ts";
import type { Task } from "../support/downloader/wire.ts";
import { eachText } from "../support/output.ts";
import { createWatch } from "../support/watch.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
/** Whose links they are. */
export const OWNER = "[ann] films";

/** A downloader that is killed and started again, as its own process. */
export interface DownloaderLives extends AsyncDisposable {
  /** What all lives have printed. */
  readonly output: string;
  /** Resolves when a new one has said all that it is to say. */
  life(): Promise<Bun.Subprocess>;
  list(): Promise<readonly Task[]>;
  /** As the bot does: where nobody knows whether a link was taken, that is looked up before it is sent again. */
  hasTaken(link: string): Promise<boolean>;
  /** Resolves when so many events have come, or nothing is left to do, of this link neither. */
  untilEvent(count: number, link?: string): Promise<readonly Task[]>;
  /** Resolves when a look has found nobody in the program's place, or nothing is left to do, for which it would look. */
  untilAway(): Promise<void>;
}

/**
 * An event is anything that changes in `folder`. `program` is the executable, where it is not the source; `says` is what a life
 * has to print; `seen` gets the list each time that it is asked for.
 */
export function createDownloaderLives(of: {
  readonly folder: string;
  readonly port: number;
  readonly flags: readonly string[];
  readonly program?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly says?: readonly string[];
  readonly seen?: (tasks: readonly Task[]) => void;
}): DownloaderLives {
  const { folder, port, program, says = ["Listening"] } = of;
  const watch = createWatch();
  let events = 0;
  let output = "";
  const changes = watchFolder(folder, { recursive: true }, () => {
    events += 1;
    watch.changed();
  });
  const seen = () => output;
  const running = new Set<Bun.Subprocess>();

  async function isAway(): Promise<boolean> {
    const { error } = await call({ port }, "Healtheck");
    return error?.details.includes("does not answer") ?? false;
  }

  /** While its program is away it says nothing of them. */
  async function list(): Promise<readonly Task[]> {
    const { reply } = await call({ port }, "Queue");
    if (reply === undefined && (await isAway())) return list();
    const tasks = (reply?.tasks ?? []) as Task[];
    of.seen?.(tasks);
    return tasks;
  }

  return {
    get output() {
      return output;
    },
    async life() {
      const before = output.length;
      const command = program === undefined ? [process.execPath, MAIN] : [program];
      const flags = ["--listen", `127.0.0.1:${port}`, "--bot", "127.0.0.1:1", "--allow-private", "--min-free", "0"];
      const child = Bun.spawn([...command, "downloader", ...flags, ...of.flags], {
        stdout: "pipe",
        stderr: "pipe",
        env: { ...process.env, ...of.env },
      });
      running.add(child);
      void child.exited.then(() => running.delete(child));
      for (const stream of [child.stdout, child.stderr]) {
        void eachText(stream, (text) => {
          output += text;
          watch.changed();
        });
      }
      const hasSaid = () => says.every((word) => output.slice(before).includes(word)) || undefined;
      await watch.until(hasSaid, { what: `the downloader to say ${says.join(", ")}`, seen });
      return child;
    },
    list,
    async hasTaken(link) {
      if ((await list()).some((task) => task.link === link)) return true;
      const { error } = await call({ port }, "SetToQueue", { link, user_name: OWNER, max_quality: 720 });
      return error === undefined;
    },
    async untilEvent(count, link) {
      const from = events;
      for (;;) {
        const at = events;
        const change = watch.until(() => events > at || undefined, { what: `event ${count}, or an end`, seen });
        const tasks = await list();
        const isThere = link === undefined || tasks.some((task) => task.link === link);
        if (events - from >= count || (isThere && tasks.every(hasEnded))) return tasks;
        await change;
      }
    },
    async untilAway() {
      for (;;) {
        if (await isAway()) return;
        const { reply } = await call({ port }, "Queue");
        if (reply !== undefined && ((reply.tasks ?? []) as Task[]).every(hasEnded)) return;
      }
    },
    async [Symbol.asyncDispose]() {
      for (const child of running) child.kill("SIGKILL");
      await Promise.all([...running].map((child) => child.exited));
      changes.close();
      watch.close();
    },
  };
}

/** Whether nothing more will come of it. */
function hasEnded({ status, message }: Task): boolean {
  return status === "DONE" || message?.startsWith("download failed") === true;
}
