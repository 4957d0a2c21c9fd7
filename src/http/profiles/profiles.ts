import type { Log } from "../../domain/log.ts";
import type { Handler } from "../answer.ts";
import { createProfileHandlers } from "./handlers.ts";
import { createProfiler } from "./profiler.ts";
import { saveProfile } from "./saved.ts";

/** Profiles of this process, one at a time. Disposing it ends the one in progress; one that is to be saved is still written. */
export interface Profiles extends AsyncDisposable {
  readonly cpu: Handler;
  readonly heap: Handler;
  /** Samples the program for half a minute and writes the profile to the folder. Never rejects. */
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
