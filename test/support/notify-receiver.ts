import { join } from "node:path";
import { eachLine } from "./output.ts";
import { createWatch } from "./watch.ts";

/** One datagram. */
export interface Notice {
  readonly lines: readonly string[];
}

/** Takes the place of systemd: a real Unix datagram socket in a separate process. */
export interface NotifyReceiver extends AsyncDisposable {
  readonly notices: readonly Notice[];
  /** Resolves with the first datagram, past or future, that has such a line. */
  gets(line: string | RegExp, options?: { after?: number }): Promise<Notice>;
  /** Stops reading, for good. */
  suspend(): void;
}

/** `name` is a path, or `@name` for an abstract socket. */
export async function startNotifyReceiver(name: string): Promise<NotifyReceiver> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "notify-receiver/listen.ts"), name], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const watch = createWatch();
  const notices: Notice[] = [];
  const listening = Promise.withResolvers<void>();
  const ended = eachLine(child.stdout, (line) => {
    if (line === "listening") listening.resolve();
    else notices.push(JSON.parse(line));
    watch.changed();
  }).then(() => listening.reject(new Error(`Nobody listens on ${name}`)));
  await listening.promise;
  return {
    notices,
    gets: (wanted, { after = 0 } = {}) =>
      watch.until(
        () =>
          notices
            .slice(after)
            .find(({ lines }) =>
              lines.some((line) => (typeof wanted === "string" ? line === wanted : wanted.test(line))),
            ),
        { what: `a notice with ${wanted}`, seen: () => JSON.stringify(notices, null, 1) },
      ),
    suspend: () => child.kill("SIGSTOP"),
    async [Symbol.asyncDispose]() {
      watch.close();
      child.kill("SIGKILL");
      await ended;
    },
  };
}
