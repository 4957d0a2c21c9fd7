import { join } from "node:path";
import { eachText } from "../output.ts";
import { createWatch } from "../watch.ts";

/** The result of `bun run build`; `DWLD_BOT_BINARY` names another one. */
export const BINARY = process.env.DWLD_BOT_BINARY ?? join(import.meta.dir, "../../../dist/dwld-bot");

/** A line of the log in its JSON form. */
export interface LogLine {
  /** ISO 8601. */
  readonly time: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One process of the bot. */
export interface Life {
  readonly pid: number;
  /** Everything it has printed so far, on both streams. */
  readonly output: string;
  /** The exit code; 137 after `kill`. */
  readonly exited: Promise<number>;
  /** Resolves once it has printed the text; rejects if it ends without doing so. */
  says(text: string): Promise<true>;
  /** The first line of the log, past or future, that starts like this. */
  logs(message: string): Promise<LogLine>;
  /** Where downloaders register, once it listens: `127.0.0.1:port`. */
  address(): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number>;
}

/** Starts the bot, the compiled one unless `command` is given, with exactly this environment. */
export function spawnBot(of: {
  readonly command: readonly string[] | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}): Life {
  const child = Bun.spawn([...(of.command ?? [BINARY]), ...of.args], {
    cwd: of.cwd,
    env: { ...of.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const watch = createWatch();
  let output = "";
  const collect = (text: string) => {
    output += text;
    watch.changed();
  };
  const exited = Promise.all([child.exited, eachText(child.stdout, collect), eachText(child.stderr, collect)]).then(
    ([code]) => {
      watch.close();
      return code;
    },
  );
  const until = <T>(find: () => T | undefined, what: string) => watch.until(find, { what, seen: () => output });
  const logs = (message: string) => {
    const start = `"message":${JSON.stringify(message).slice(0, -1)}`;
    const find = (): LogLine | undefined => {
      const line = output.split("\n").find((candidate) => candidate.includes(start) && candidate.endsWith("}"));
      return line === undefined ? undefined : JSON.parse(line);
    };
    return until(find, `the bot to log "${message}"`);
  };
  return {
    pid: child.pid,
    get output() {
      return output;
    },
    exited,
    says: (text) => until(() => output.includes(text) || undefined, `the bot to say "${text}"`),
    logs,
    address: async () => `127.0.0.1:${(await logs("Downloaders can register")).fields.port}`,
    signal: (name) => child.kill(name),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    stop() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}
