import type { EndpointStatus } from "../../domain/endpoint.ts";
import type { Endpoint } from "../api/endpoints.ts";
import type { ProbeResult } from "./probe.ts";

/** An endpoint with what is known about it. */
export interface EndpointHealth {
  readonly endpoint: Endpoint;
  readonly known: Omit<EndpointStatus, "isCurrent">;
  /** How many probes in a row were answered. */
  readonly streak: number;
  /** How many answers came from it. */
  readonly answers: number;
  /** The result of a call or probe that began after `answers` answers. A failure does not count if an answer has come since. */
  note(result: ProbeResult, answers: number): void;
  /** It was left because it failed; the more often in a row, the longer it cools down before it is preferred again. */
  left(stayedMs: number): void;
  readonly isCoolingDown: boolean;
}

const COOL_DOWN_MS = 3 * 60_000;
const LONGEST_COOL_DOWN_MS = 60 * 60_000;
/** An endpoint that was used this long without failing starts with a clean slate. */
const PROVEN_MS = 30 * 60_000;

export function createEndpointHealth(endpoint: Endpoint, now: () => number): EndpointHealth {
  let state: EndpointStatus["state"] = "untried";
  let since = now();
  let lastOkAt: number | undefined;
  let problem: string | undefined;
  let streak = 0;
  let answers = 0;
  let falls = 0;
  let coolDownMs = 0;
  let coolsDownUntil = 0;

  function enter(next: EndpointStatus["state"], what?: string): void {
    if (state !== next) since = now();
    state = next;
    problem = what;
    if (next === "ok") {
      lastOkAt = now();
      answers += 1;
    }
  }

  return {
    endpoint,
    get known() {
      return { name: endpoint.name, state, since, lastOkAt, problem };
    },
    get streak() {
      return streak;
    },
    get answers() {
      return answers;
    },
    get isCoolingDown() {
      const left = coolsDownUntil - now();
      // More than it was given: the clock has leapt back.
      return left > 0 && left <= coolDownMs;
    },
    note(result, answersBefore) {
      if (result.state === "ok") {
        streak += 1;
        enter("ok");
      } else if (answers === answersBefore) {
        streak = 0;
        enter(result.state, result.problem);
      }
    },
    left(stayedMs) {
      falls = stayedMs >= PROVEN_MS ? 1 : falls + 1;
      coolDownMs = Math.min(LONGEST_COOL_DOWN_MS, COOL_DOWN_MS * 2 ** Math.min(falls - 1, 10));
      coolsDownUntil = now() + coolDownMs;
    },
  };
}
