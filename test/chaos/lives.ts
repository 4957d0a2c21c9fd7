import type { Life } from "../support/binary/life.ts";
import type { BinaryRig } from "../support/binary.ts";

/** A run of the bot that has ended. */
export interface Ended {
  /** The signal that ended it; undefined if none did. */
  readonly by: "SIGKILL" | "SIGTERM" | undefined;
  readonly code: number;
  /** When it was told to end; epoch ms. */
  readonly toldAt: number;
  /** When the process was found to be gone, which on a busy machine is seconds later; epoch ms. */
  readonly at: number;
  /** False if it was ended before downloaders could register. */
  readonly wasReady: boolean;
  readonly output: string;
}

/** The bot's runs, one after another, as under a service manager. */
export interface Lives {
  readonly ended: readonly Ended[];
  /** Starts the next run, unless there is one. */
  begin(): void;
  kill(): void;
  /** Asks it to stop; the next run can begin when it has. */
  stop(): void;
  /** Where downloaders register, if they can now. */
  address(): Promise<string> | undefined;
  /** Resolves with the address of a run that is not being stopped. */
  settled(): Promise<string>;
  /** Stops the present run; resolves when it has ended. */
  end(): Promise<void>;
}

/** The exit code after SIGKILL. */
const KILLED = 137;
const READY = "Downloaders can register";

export function createLives(rig: BinaryRig): Lives {
  const ended: Ended[] = [];
  let current:
    | {
        readonly life: Life;
        by: Ended["by"];
        wasAsked: boolean;
        toldAt: number | undefined;
        readonly over: Promise<void>;
      }
    | undefined;

  const isReady = (life: Life) => life.output.includes(READY);
  const begin = (): void => {
    if (current !== undefined) return;
    const life = rig.spawn();
    const over = life.exited.then((code) => {
      // A SIGKILL may come after a stop has already finished.
      const by = mine.wasAsked && code !== KILLED ? "SIGTERM" : mine.by;
      const at = Date.now();
      ended.push({ by, code, toldAt: mine.toldAt ?? at, at, wasReady: isReady(life), output: life.output });
      current = undefined;
    });
    const mine = {
      life,
      by: undefined as Ended["by"],
      wasAsked: false,
      toldAt: undefined as number | undefined,
      over,
    };
    current = mine;
  };
  const signal = (name: "SIGKILL" | "SIGTERM") => {
    if (current === undefined || current.by === "SIGKILL") return;
    current.by = name;
    current.toldAt = Date.now();
    current.wasAsked ||= name === "SIGTERM";
    current.life.signal(name);
  };
  return {
    ended,
    begin,
    kill: () => signal("SIGKILL"),
    stop: () => {
      // A second SIGTERM means "at once".
      if (current?.by === undefined) signal("SIGTERM");
    },
    address: () =>
      current?.by === undefined && current !== undefined && isReady(current.life) ? current.life.address() : undefined,
    async settled() {
      if (current?.by !== undefined) await current.over;
      begin();
      if (current === undefined) throw new Error("The bot does not start");
      return current.life.address();
    },
    async end() {
      const over = current?.over;
      if (current?.by === undefined) signal("SIGTERM");
      await over;
    },
  };
}
