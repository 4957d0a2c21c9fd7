import type { Life } from "../support/binary/life.ts";

/** How long a process stays away after it has ended by itself or was killed. */
const PAUSE_MS = 1000;

/** A process under a service manager: it is restarted whenever it ends, until it is switched off. */
export interface Service extends AsyncDisposable {
  readonly isOn: boolean;
  /** Undefined while it is off, and between two runs. */
  readonly life: Life | undefined;
  on(): void;
  /** Stops it in order; resolves when it is gone. */
  off(): Promise<void>;
}

/** `spawn` starts a run; `changed` is called at every start and end. The service is off at first. */
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
