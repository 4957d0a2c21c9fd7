import type { EndpointStatus } from "../../domain/endpoint.ts";
import type { Log } from "../../domain/log.ts";
import type { Wait } from "../../domain/wait.ts";
import type { ApiRoute } from "../api/bot-api.ts";
import type { Endpoint } from "../api/endpoints.ts";
import { createEndpointHealth, type EndpointHealth } from "./endpoint-health.ts";
import { type Probe, probeResultOf } from "./probe.ts";

export interface FailoverOptions {
  /** In order of preference. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly probe: Probe;
  /** Sends every later call to this endpoint. */
  readonly go: (route: ApiRoute) => void;
  readonly now: () => number;
  readonly wait: Wait;
  readonly log: Log;
}

/** Keeps the bot on a working endpoint. Nothing is lost when it switches: polls are repeated, sends retried. */
export interface Failover {
  readonly states: readonly EndpointStatus[];
  /** How a call to this endpoint ended: with this error, if any; after a failure the endpoint is probed. */
  noted(route: ApiRoute, error: unknown): void;
  /** Aborts when everything that waits for Telegram should try again at once: another endpoint was taken, or this one is back. */
  readonly renewed: AbortSignal;
  /** Whether the token is really wrong: no endpoint accepts it, and every root has refused it. Takes the best endpoint that accepts it. */
  isRefusedEverywhere(stop: AbortSignal): Promise<boolean>;
  /** Watches the endpoints until `stop` aborts. With a single one there is nothing to do. */
  watch(stop: AbortSignal): Promise<void>;
}

/** An endpoint that swallows packets is left within 15 s: a look, at worst after a whole round, and a second opinion. */
const LOOK_EVERY_MS = 4_000;
const LEAST_GAP_MS = 1_000;
const ROUND_EVERY_MS = 3 * 60_000;
const AT_ONCE = 8;
const ALL_DOWN_MS = 7_000;
const REFUSED_MS = 60_000;
/** How many probes in a row, a round apart, a better endpoint must answer before it is taken again. */
const STEADY = 2;

export function createFailover({ endpoints, probe, go, now, wait, log }: FailoverOptions): Failover {
  const [first, ...others] = endpoints;
  const preferred = createEndpointHealth(first, now);
  const healths: readonly EndpointHealth[] = [
    preferred,
    ...others.map((endpoint) => createEndpointHealth(endpoint, now)),
  ];
  let current = preferred;
  let takenAt = now();
  let roundAt = Number.NEGATIVE_INFINITY;
  let areAllDown = false;
  let suspicion = new AbortController();
  let renewal = new AbortController();

  go(current.endpoint.route);

  const isOk = (health: EndpointHealth) => health.known.state === "ok";

  async function ask(health: EndpointHealth, stop: AbortSignal): Promise<void> {
    const { answers } = health;
    const result = await probe(health.endpoint.route, stop);
    if (!stop.aborted) health.note(result, answers);
  }

  async function askAll(stop: AbortSignal): Promise<void> {
    const waiting = [...healths];
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await ask(next, stop);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  function renew(): void {
    renewal.abort();
    renewal = new AbortController();
  }

  function take(next: EndpointHealth): void {
    const from = current;
    const problem = from.known.problem;
    const stayedMs = now() - takenAt;
    current = next;
    takenAt = now();
    go(next.endpoint.route);
    if (isOk(from))
      log.info(`Reaching Telegram through ${next.endpoint.name} again`, { insteadOf: from.endpoint.name });
    else {
      from.left(stayedMs);
      log.warn(`Reaching Telegram through ${next.endpoint.name} now`, { insteadOf: from.endpoint.name, problem });
    }
    renew();
  }

  /** Takes the best endpoint that answers. */
  function takeBest(): void {
    const best = healths.find(isOk);
    if (best !== undefined && best !== current) take(best);
    else if (best !== undefined && areAllDown) renew();
    if (best === undefined && !areAllDown) log.warn(`None of the ${healths.length} ways to Telegram works`);
    areAllDown = best === undefined;
  }

  function comeBack(): void {
    const better = healths.slice(0, healths.indexOf(current));
    const steady = better.find((health) => isOk(health) && health.streak >= STEADY && !health.isCoolingDown);
    if (steady !== undefined) take(steady);
  }

  async function look(isSuspected: boolean, stop: AbortSignal): Promise<void> {
    const startedAt = now();
    const isRound = areAllDown || Math.abs(startedAt - roundAt) >= ROUND_EVERY_MS;
    if (isRound) {
      roundAt = startedAt;
      await askAll(stop);
    } else if (isSuspected || !isFresh()) await ask(current, stop);
    if (stop.aborted) return;
    if (isOk(current) && !areAllDown) return isRound ? comeBack() : undefined;
    if (!areAllDown) {
      await wait(Math.max(0, LEAST_GAP_MS - Math.abs(now() - startedAt)), stop);
      await askAll(stop);
      if (isOk(current) || stop.aborted) return;
    }
    takeBest();
  }

  function isFresh(): boolean {
    const { state, lastOkAt = 0 } = current.known;
    return state === "ok" && Math.abs(now() - lastOkAt) < LOOK_EVERY_MS;
  }

  function pause(): number {
    if (!areAllDown) return LOOK_EVERY_MS;
    return healths.some(({ known }) => known.state === "failing") ? ALL_DOWN_MS : REFUSED_MS;
  }

  return {
    get states() {
      return healths.map((health) => ({ ...health.known, isCurrent: health === current }));
    },
    get renewed() {
      return renewal.signal;
    },
    noted(route, error) {
      if (route !== current.endpoint.route) return;
      const result = probeResultOf(error);
      // One failure is no proof against an endpoint: a look must confirm it, if there is another one.
      if (result.state === "ok" || healths.length === 1) current.note(result, current.answers);
      if (result.state !== "ok") suspicion.abort();
    },
    async isRefusedEverywhere(stop) {
      if (healths.length === 1) return true;
      await askAll(stop);
      if (stop.aborted) return false;
      takeBest();
      const refusing = new Set(
        healths.filter(({ known }) => known.state === "refused").map(({ endpoint }) => endpoint.root),
      );
      return !healths.some(isOk) && healths.every(({ endpoint }) => refusing.has(endpoint.root));
    },
    async watch(stop) {
      if (healths.length === 1) return;
      let isSuspected = false;
      while (!stop.aborted) {
        suspicion = new AbortController();
        await look(isSuspected, stop);
        await wait(LEAST_GAP_MS, stop);
        await wait(pause() - LEAST_GAP_MS, areAllDown ? stop : AbortSignal.any([stop, suspicion.signal]));
        isSuspected = suspicion.signal.aborted;
      }
    },
  };
}
