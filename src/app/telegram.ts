import { createCalendar } from "../domain/calendar.ts";
import { asFolder, namesOf } from "../domain/folder.ts";
import { wait } from "../domain/wait.ts";
import { createAccessChanges } from "../service/access/access-changes.ts";
import { createMessageHold } from "../service/access/held-messages.ts";
import { createAccessRequests } from "../service/access/requests.ts";
import { createAlarmDesk } from "../service/chats/alarms.ts";
import { createForgetChat } from "../service/chats/forget-chat.ts";
import { createChatMigration } from "../service/chats/migration.ts";
import type { Preferences } from "../service/chats/preferences.ts";
import { createPresenceDesk } from "../service/chats/presence.ts";
import { createMessageRetention } from "../service/cleanup/message-retention.ts";
import { createFleet } from "../service/fleet/fleet.ts";
import type { createLateWrites } from "../service/late-writes.ts";
import { createBulk } from "../service/queue/bulk.ts";
import { createFailedDownloads } from "../service/queue/failed-downloads.ts";
import { createLinkPrompts } from "../service/queue/prompts.ts";
import { type Queue, UNDO_MS } from "../service/queue/queue.ts";
import { createFetchAgain, createResend } from "../service/queue/resend.ts";
import { createHistory } from "../service/tracking/history.ts";
import { createNewsDesk } from "../service/tracking/news.ts";
import type { Heartbeat } from "../systemd/heartbeat.ts";
import { type Abilities, createTelegram, type Telegram, type TelegramSettings } from "../telegram/telegram.ts";
import type { Administration } from "./administration.ts";
import type { Dispatching } from "./dispatching.ts";
import type { Foundation } from "./foundation.ts";
import { createWork, type Work } from "./in-work.ts";

/** Bot API: 4,096 characters and 100 entities a message. */
const HISTORY_PER_PAGE = 10;
/** How long /status keeps itself up to date. */
const LIVE_MS = 120_000;

/** The chat side of a running bot. */
export interface TelegramSide extends AsyncDisposable {
  readonly telegram: Telegram;
  readonly work: Work;
  /** Resolves once Telegram has been called for the first time, whatever the result. */
  readonly asked: Promise<void>;
}

/** Disposing it sends what still waits, for a few seconds. */
export function createTelegramSide(
  foundation: Foundation,
  of: {
    dispatching: Dispatching;
    administration: Administration;
    preferences: Preferences;
    queue: Queue;
    lateWrites: ReturnType<typeof createLateWrites>;
    heartbeat: Heartbeat;
  },
): TelegramSide {
  const { config, store, events, metrics, now, random } = foundation;
  const { dispatching, administration, preferences, queue, lateWrites, heartbeat } = of;
  const { registry, client, enqueue, enqueueTogether } = dispatching;
  const log = foundation.log.withTag("telegram");
  const asked = Promise.withResolvers<void>();
  const { access } = administration;
  const requests = createAccessRequests({ store, access, sawLanguage: preferences.saw, now, log });
  const onDeletion = () => void events.emit("deletionPlanned");
  const storeLate = () => void lateWrites.flush({ all: true });
  const fleet = createFleet({
    client,
    registry,
    usability: dispatching.usability,
    store,
    patienceMs: foundation.patienceMs,
    now,
    wait,
    log: foundation.log.withTag("fleet"),
  });
  const work = createWork(foundation, { registry, client, fleet, lateWrites, onDeletion });
  const abilities: Abilities = {
    ...administration,
    ...work,
    preferences,
    queue,
    bulk: createBulk({ queue, links: store.links, now }),
    enqueueTogether,
    presenceDesk: createPresenceDesk({
      store,
      lateWrites,
      lifetimeMs: (chatId) => preferences.lifetimeMs(chatId, config.lifetimes.notices),
      now,
    }),
    alarmDesk: createAlarmDesk({ store, lateWrites }),
    newsDesk: createNewsDesk({ store, lateWrites }),
    resend: createResend({ deliveries: store.deliveries, links: store.links, enqueue }),
    failed: createFailedDownloads({ deliveries: store.deliveries, fleet, now }),
    fetchAgain: createFetchAgain({ deliveries: store.deliveries, checkQuota: administration.checkQuota, enqueue }),
    history: createHistory({ deliveries: store.deliveries, size: HISTORY_PER_PAGE }),
    fleet,
    retention: createMessageRetention({
      store,
      lifetimes: config.lifetimes,
      lifetimeMs: preferences.lifetimeMs,
      now,
      lateWrites,
      onDeletion,
    }),
    linkPrompts: createLinkPrompts({ store, lateWrites, now, onDeletion }),
    requests,
    accessChanges: createAccessChanges({ store, access, requests, undoMs: UNDO_MS, now, log }),
    messageHold: createMessageHold({ heldMessages: store.heldMessages, access, now, log }),
    forgetChat: createForgetChat(store, storeLate),
    migration: createChatMigration({
      access,
      moveChat(move) {
        // A prompt that was just sent must be on record: it is left behind in the old chat like the others.
        storeLate();
        store.moveChat(move);
      },
      log,
    }),
  };
  let state = "";
  const telegram = createTelegram(abilities, {
    settings: settingsOf(foundation, dispatching, preferences),
    updatesInProgress: {
      begin: store.updatesInProgress.begin,
      clear: store.updatesInProgress.clear,
      // A crash before this counts one try too many, once.
      end: (ids, { isAgain }) =>
        lateWrites[isAgain ? "writeSoon" : "writeAlong"]("which updates are ended", () =>
          store.updatesInProgress.end(ids),
        ),
    },
    writable: store.writable,
    storeEarlier: lateWrites.writePending,
    now,
    random,
    wait: foundation.wait,
    log,
    meter: metrics.meter,
    onStep({ doing, withinMs }) {
      heartbeat.step("getting updates", withinMs);
      if (doing !== "greet") asked.resolve();
      if (telegram.health.state !== state) events.emit("telegramChanged");
      state = telegram.health.state;
    },
    onAlarm: (alarm) => void events.emit("alert", alarm),
    onBlocked: (chatId) => void events.emit("chatBlocked", chatId),
    onMigrated: (from, to) => void events.emit("chatMigrated", from, to),
  });
  const { allow } = foundation.stopping;
  const limits = {
    lastWords: () => allow("lastWords"),
    sending: () => allow("sending"),
    answers: () => allow("answers"),
  };
  return {
    telegram,
    work,
    asked: asked.promise,
    async [Symbol.asyncDispose]() {
      work[Symbol.dispose]();
      await telegram.close(limits);
    },
  };
}

function settingsOf(
  { config, newsPace, now }: Foundation,
  { registry }: Dispatching,
  { zone }: Pick<Preferences, "zone">,
): TelegramSettings {
  const { telegram, dispatch } = config;
  return {
    token: telegram.token,
    failover: { roots: telegram.api_roots, proxies: telegram.proxies },
    qualities: config.quality.choices,
    folders: namesOf(config.folders),
    folderRules: config.folders.map(asFolder),
    calendarOf: (chatId) => createCalendar({ zone: zone(chatId), night: dispatch.night, now }),
    downloaders: {
      matching: (url) => registry.matching({ url, downloader: null }),
      standing: (link) => registry.standing(link, Math.max(link.sendAt, now())),
      all: () => registry.all().map(({ name }) => name),
    },
    linkPreviews: telegram.link_previews,
    usualLifetimesMs: Object.values(config.lifetimes),
    allowPrivate: config.links.allow_private,
    isTaken: (url) => registry.takersOf(url).matches.length > 0,
    maxLinksPerMessage: telegram.max_links_per_message,
    delayMs: dispatch.delay,
    news: newsPace,
    live: { everyMs: dispatch.interval, forMs: LIVE_MS },
  };
}
