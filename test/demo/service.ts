import type { Life } from "../support/binary/life.ts";

/** So long a process stays away when it has ended by itself or was killed. */
const PAUSE_MS = 1000;

/** A process as a service manager keeps it: it comes back whenever it ends, until it is switched off. */
export interface Service extends AsyncDisposable {
  readonly isOn: boolean;
  /** Undefined while it is off, and between two lives. */
  readonly life: Life | undefined;
  on(): void;
  /** Stops it in order; resolves when it is gone. */
  off(): Promise<void>;
}

/** `spawn` begins a life; `changed` is told of every beginning and end. The service is off at first. */
export function createService(spawn: () => Life, changed: () => void): Service {
  let isOn = false;
  let life: Life | undefined;
  let lives = Promise.resolve();

  async function live(): Promise<void> {
    while (isOn) {
      life = spawn();
      changed();
      await life.exited;
      life = undefined;
      changed();
      if (isOn) await Bun.sleep(PAUSE_MS);
    }
  }
  const off = async () => {
    isOn = false;
    changed();
    await life?.stop();
  };
  return {
    get isOn() {
      return isOn;
    },
    get life() {
      return life;
    },
    on() {
      if (isOn) return;
      isOn = true;
      lives = lives.then(live);
    },
    off,
    async [Symbol.asyncDispose]() {
      await off();
      await lives;
    },
  };
}
