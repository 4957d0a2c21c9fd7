import { watch as watchFolder } from "node:fs";
import { join } from "node:path";
import { call } from "../support/downloader/channel.ts";
import type { Task } from "../support/downloader/wire.ts";
import { eachText } from "../support/output.ts";
import { createWatch } from "../support/watch.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
/** The owner of the links. */
export const OWNER = "[ann] films";

/** A downloader in a separate process that is killed and restarted. */
export interface DownloaderLives extends AsyncDisposable {
  /** The output of all runs. */
  readonly output: string;
  /** Starts a run; resolves when it has printed everything in `says`. */
  life(): Promise<Bun.Subprocess>;
  list(): Promise<readonly Task[]>;
  /** As the bot does: if it is not known whether a link was taken, that is looked up before it is sent again. */
  hasTaken(link: string): Promise<boolean>;
  /** Resolves after this many events, or when nothing is left to do, including this link. */
  untilEvent(count: number, link?: string): Promise<readonly Task[]>;
  /** Resolves when a look has found the program away, or when nothing is left to do for which the downloader would look. */
  untilAway(): Promise<void>;
}

/**
 * An event is any change in `folder`. `program` is the executable, if it is not the source; `says` is what a run must print; `seen` is
 * called with the list each time it is fetched.
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

  /** While its program is away it lists nothing. */
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

/** Whether it has reached its end. */
function hasEnded({ status, message }: Task): boolean {
  return status === "DONE" || message?.startsWith("download failed") === true;
}
