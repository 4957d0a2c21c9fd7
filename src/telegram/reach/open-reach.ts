import type { Log } from "../../domain/log.ts";
import { type Api, type ApiOptions, createApi } from "../api.ts";
import type { Wait } from "../pace.ts";
import { createReach, type Reach } from "../reach.ts";
import { createProbe } from "./probe.ts";
import { openWays, type WaySettings } from "./ways.ts";

export interface OpenReach extends Disposable {
  /** Always goes the current way. */
  readonly api: Api;
  readonly reach: Reach;
}

/** With the look before it and the second opinion this stays below the 15 s in which another way is to be taken. */
const PROBE_MS = 3_500;

/** The bot's client of the Bot API and what keeps it on a way that works; disposing closes the bridges to SOCKS proxies. */
export function openReach(options: {
  settings: WaySettings & { readonly token: string };
  onFailure: NonNullable<ApiOptions["onFailure"]>;
  now: () => number;
  wait: Wait;
  log: Log;
}): OpenReach {
  const { settings, onFailure, now, wait, log } = options;
  const { token } = settings;
  const ways = openWays(settings);
  const api = createApi({
    token,
    ...ways.all[0].route,
    onFailure,
    onEnd: (route, error) => reach.noted(route, error),
  });
  const reach = createReach({
    ways: ways.all,
    probe: createProbe({ token, limitMs: PROBE_MS }),
    go: api.reroute,
    now,
    wait,
    log,
  });
  return { api, reach, [Symbol.dispose]: () => ways[Symbol.dispose]() };
}
