import type { Log } from "../../domain/log.ts";
import type { Handler } from "../answer.ts";
import { createProfileHandlers } from "./handlers.ts";
import { createProfiler } from "./profiler.ts";
import { saveProfile } from "./saved.ts";

/** Profiles of this process, one at a time. Disposing it ends what is being taken; what is to be saved is written. */
export interface Profiles extends AsyncDisposable {
  readonly cpu: Handler;
  readonly heap: Handler;
  /** Watches the program for half a minute and writes what it saw into the folder. Never rejects. */
  save(): Promise<void>;
}

const SAVED_MS = 30_000;

export function createProfiles(deps: {
  /** Where `save` writes. */
  folder: string;
  redact: (text: string) => string;
  now: () => number;
  log: Log;
}): Profiles {
  const { folder, redact, now, log } = deps;
  const profiler = createProfiler();
  const stopping = new AbortController();
  const stop = stopping.signal;
  let saving: Promise<void> | undefined;

  async function save(): Promise<void> {
    log.info("Taking a profile", { seconds: SAVED_MS / 1_000 });
    try {
      const file = await saveProfile({ profiler, folder, ms: SAVED_MS, now, stop });
      if (file === undefined) log.warn("Cannot take a profile: another one is being taken");
      else log.info("Wrote a profile", { file });
    } catch (error) {
      log.error("Cannot write a profile", { folder, error });
    }
  }

  return {
    ...createProfileHandlers({ profiler, redact, now, stop }),
    save() {
      saving ??= save().finally(() => {
        saving = undefined;
      });
      return saving;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await saving;
    },
  };
}
