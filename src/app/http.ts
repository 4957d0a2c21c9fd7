import { statSync } from "node:fs";
import { dirname } from "node:path";
import { secretsOf } from "../config/secrets.ts";
import type { Address } from "../domain/downloader.ts";
import { namesOf } from "../domain/folder.ts";
import { ListenError } from "../domain/listening.ts";
import type { StatusProvider } from "../domain/monitoring.ts";
import { startHttp } from "../http/http.ts";
import { createAcceptLinks } from "../http/links.ts";
import { createProfiles } from "../http/profiles/profiles.ts";
import type { HttpServer } from "../http/server.ts";
import { createRedactor } from "../log/redactor.ts";
import type { Preferences } from "../service/chats/preferences.ts";
import type { Registry } from "../service/fleet/registry.ts";
import type { Enqueue } from "../service/queue/enqueue.ts";
import type { Telegram } from "../telegram/telegram.ts";
import type { Administration } from "./administration.ts";
import type { Foundation } from "./foundation.ts";
import type { GoingLive } from "./going-live.ts";
import type { Schedules } from "./schedules.ts";

/** The HTTP side of a running bot, and the profiler that it shares with SIGUSR2. */
export interface HttpSide extends AsyncDisposable {
  /** Undefined if the bot could not listen there. */
  readonly address: Address | undefined;
  /** Profiles the program for half a minute and writes the result beside the database. Never rejects. */
  saveProfile(): Promise<void>;
}

/**
 * Starts the HTTP side. With a token, links come this way, so an address that cannot be listened on is an error that names it. Without one
 * the bot carries on: health and metrics are not worth a link. Disposing it ends a running profile, and writes it.
 */
export function startHttpSide(
  foundation: Foundation,
  of: {
    registry: Registry;
    administration: Administration;
    preferences: Preferences;
    enqueue: Enqueue;
    telegram: Telegram;
    live: GoingLive;
    schedules: Schedules;
  },
): HttpSide {
  const { config, store, backups, metrics, now } = foundation;
  const { registry, administration, preferences, enqueue, telegram, live, schedules } = of;
  const log = foundation.log.withTag("http");
  const { redact } = createRedactor(secretsOf(config));
  const profiles = createProfiles({ folder: dirname(config.store.path), redact, now, log });

  const status: StatusProvider = {
    isListening: () => live.isOn,
    lastPollAt: () => telegram.health.lastSuccessAt,
    lastTickAt: () => schedules.lastTickAt,
    lastBackupAt: () => backups.all()[0]?.at,
    downloaders: () => registry.all().map(({ name, failures }) => ({ name, isUp: failures === 0 })),
    endpoints: () => telegram.endpoints,
    databaseBytes: () => sizeOf(config.store.path) + sizeOf(`${config.store.path}-wal`),
    stats: store.stats,
  };
  const server = tryToStart({
    settings: config.http,
    accept: createAcceptLinks({
      access: administration.access,
      checkQuota: administration.checkQuota,
      preferences,
      enqueue,
      writable: store.writable,
      settings: {
        allowPrivate: config.links.allow_private,
        isTaken: (url) => registry.takersOf(url).matches.length > 0,
        qualities: config.quality.choices,
        folders: namesOf(config.folders),
      },
      owner: () => administration.access.admins[0] ?? 0,
      show: telegram.prompts.show,
    }),
    status,
    metrics,
    profiles,
    now,
    log,
  });

  if (server !== undefined) log.info("Serving links, health and metrics", { ...server.address });

  return {
    address: server?.address,
    saveProfile: profiles.save,
    async [Symbol.asyncDispose]() {
      const ended = Promise.resolve(profiles[Symbol.asyncDispose]()).then(() => server?.[Symbol.asyncDispose]());
      await foundation.stopping.bound("http", ended);
    },
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function tryToStart(deps: Parameters<typeof startHttp>[0]): HttpServer | undefined {
  try {
    return startHttp(deps);
  } catch (error) {
    if (deps.settings.token !== "" || !(error instanceof ListenError)) throw error;
    deps.log.error("Continuing without health and metrics; change http.listen", { error });
    return undefined;
  }
}
