import * as v from "valibot";
import type { createTransmissionApi } from "./transmission-api.ts";

const statsSchema = v.object({
  torrentCount: v.number(),
  "current-stats": v.object({ secondsActive: v.number() }),
});

/** Transmission as a whole at one moment. */
export interface TransmissionLife {
  /** Which of its starts this is. */
  readonly start: string;
  readonly torrents: number;
}

/**
 * Distinguishes the starts of Transmission by their time, which is its own clock minus how long it has been running. Both are whole
 * seconds, and a second may pass between them; as long as the session's id is the same it is the same start.
 */
export function createTransmissionLife({ call }: Pick<ReturnType<typeof createTransmissionApi>, "call">) {
  let known: { readonly start: string; readonly sessionId: string | undefined } | undefined;
  return async (signal: AbortSignal): Promise<TransmissionLife> => {
    const { told, at, sessionId } = await call("session-stats", {}, { schema: statsSchema, signal });
    const start = `started ${Math.floor(at / 1_000) - told["current-stats"].secondsActive}`;
    if (known === undefined || known.sessionId !== sessionId) known = { start, sessionId };
    return { start: known.start, torrents: told.torrentCount };
  };
}
