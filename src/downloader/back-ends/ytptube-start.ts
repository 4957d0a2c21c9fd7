import * as v from "valibot";
import { inJson } from "./answers.ts";
import { lenient } from "./lenient.ts";
import { RemoteUnreachable } from "./remote.ts";
import type { RemoteRequest } from "./request.ts";

/** It searches its folders for that answer, so not every look asks for it. */
const EVERY_LOOKS = 30;

const configurationSchema = v.object({ app: v.object({ started: lenient(v.union([v.number(), v.string()])) }) });

/** Tells one start of YTPTube from another, as far as it reports that. */
export interface YtptubeStart {
  /** Which start it is, asked before a look: what that finds is of this start, or of a later one. */
  present(signal: AbortSignal): Promise<string | undefined>;
  /** Something is missing: the next look asks again. */
  doubt(): void;
}

/** `isAnother` is called if it was restarted since it was last asked. */
export function createYtptubeStart(of: {
  readonly request: RemoteRequest;
  readonly isAnother: (signal: AbortSignal) => Promise<void>;
}): YtptubeStart {
  let known: string | undefined;
  let looks = 0;

  async function ask(signal: AbortSignal): Promise<string | undefined> {
    try {
      const { status, text } = await of.request("api/system/configuration", { signal });
      // Versions before 2026 do not know it.
      if (status >= 400) return undefined;
      const started = inJson(text, configurationSchema)?.app.started;
      return started ? `started ${started}` : undefined;
    } catch (error) {
      // If it may not read one of its folders, it does not answer at all: that is no reason to give it no links.
      if (error instanceof RemoteUnreachable && !error.isAway) return known;
      throw error;
    }
  }

  return {
    async present(signal) {
      if (looks % EVERY_LOOKS === 0) {
        const before = known;
        known = await ask(signal);
        if (before !== undefined && known !== before) await of.isAnother(signal);
      }
      looks += 1;
      return known;
    },
    doubt() {
      looks = 0;
    },
  };
}
