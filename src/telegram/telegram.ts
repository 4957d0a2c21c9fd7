import type { Log } from "../domain/log.ts";
import type { Meter } from "../domain/readings.ts";
import type { Store } from "../domain/storage.ts";
import type { WayState } from "../domain/way.ts";
import type { InviteDesk } from "../service/access/invites.ts";
import type { Access } from "../service/access.ts";
import type { Enqueue } from "../service/enqueue.ts";
import type { Fleet } from "../service/fleet.ts";
import type { Preferences } from "../service/preferences.ts";
import type { Queue } from "../service/queue.ts";
import type { CheckQuota } from "../service/quota.ts";
import type { Servers } from "../service/servers.ts";
import type { DeleteMessages } from "../service/sweeper.ts";
import type { CountWaiting } from "../service/waiting.ts";
import type { FindWhereabouts } from "../service/whereabouts.ts";
import { createAdministration } from "./administration.ts";
import type { Admins } from "./admins.ts";
import { createBackground } from "./background.ts";
import type { CardSettings } from "./card.ts";
import { type Cards, createCards } from "./cards.ts";
import { createChatLife } from "./chat-life.ts";
import type { Command } from "./command.ts";
import { createDeleteMessages } from "./delete-messages.ts";
import { installFront, UPDATE_KINDS } from "./front.ts";
import { createAgain } from "./handlers/again.ts";
import { createTakeLinks, type LinkSettings } from "./handlers/links.ts";
import { createLists } from "./handlers/lists.ts";
import { createLinkPress } from "./handlers/press.ts";
import { createSettings } from "./handlers/settings.ts";
import { createWelcome } from "./handlers/start.ts";
import type { LivePace } from "./live.ts";
import { createMessenger } from "./messenger.ts";
import { createNotices, type Notices } from "./notices.ts";
import { wait } from "./pace.ts";
import type { InWork } from "./poll/batch.ts";
import { kindOf } from "./poll/update.ts";
import { createPoll, type PollHealth, type PollStep } from "./poll.ts";
import { openReach } from "./reach/open-reach.ts";
import type { WaySettings } from "./reach/ways.ts";
import { createReactions } from "./reactions.ts";
import { createSpeaker, type Lifetimes } from "./speaker.ts";

const UNPROMPTED_SINCE_MS = 24 * 3_600_000;
const MOST_UNPROMPTED = 500;
/** How long what goes on in the background may still find something to say at the end. */
const LAST_WORDS_MS = 1_000;

/** From the config; durations in ms. */
export interface TelegramSettings extends CardSettings, LinkSettings {
  readonly token: string;
  /** How the Bot API is reached. */
  readonly reach: WaySettings;
  readonly delayMs: number;
  readonly lifetimes: Lifetimes;
  /** Of /status. */
  readonly live: LivePace;
}

/** The whole front: everything that talks to people. */
export interface Telegram {
  readonly cards: Cards;
  readonly notices: Notices;
  readonly admins: Admins;
  readonly deleteMessages: DeleteMessages;
  readonly health: PollHealth;
  /** Every way to Telegram, in order of preference. */
  readonly ways: readonly WayState[];
  /**
   * Takes updates until `stop` aborts; resolves with `unauthorized` when the very first contact says that the token is wrong.
   */
  run(stop: AbortSignal): Promise<"stopped" | "unauthorized">;
  /** Sends prompts that got lost, tells Telegram of roles that it could not be told of before, and so on; every hour or so. */
  upkeep(): void;
  /** Sends what still waits, for a few seconds, then gives it up. Call it after `run` has ended. */
  close(): Promise<void>;
}

export function createTelegram(deps: {
  settings: TelegramSettings;
  store: Store;
  inWork: InWork;
  access: Access;
  invites: InviteDesk;
  servers: Servers;
  find: FindWhereabouts;
  preferences: Preferences;
  queue: Queue;
  enqueue: Enqueue;
  checkQuota: CheckQuota;
  fleet: Fleet;
  countWaiting: CountWaiting;
  now: () => number;
  random: () => number;
  log: Log;
  nudgeSweeper: () => void;
  /** Makes a chat's new id the owner of everything that the old one owned. */
  moveChat: (move: { from: number; to: number }) => void;
  onPollStep: (step: PollStep) => void;
  meter: Pick<Meter, "telegramFailed" | "updated">;
}): Telegram {
  const { settings, store, access, preferences, queue, now, random, log, nudgeSweeper } = deps;
  const opened = openReach({
    settings: { token: settings.token, ...settings.reach },
    onFailure: deps.meter.telegramFailed,
    now,
    wait,
    log,
  });
  const { api, reach } = opened;
  let watching: Promise<void> | undefined;
  const messenger = createMessenger({
    api,
    log,
    now,
    random,
    wait,
    onBlocked: (chatId) => chatLife.blocked(chatId),
    onMigrated: (from, to) => chatLife.moved(from, to),
  });
  const speaker = createSpeaker({
    messenger,
    deletions: store.deletions,
    lifetimes: settings.lifetimes,
    lifetimeMs: preferences.lifetimeMs,
    isBlocked: preferences.isBlocked,
    now,
    log,
  });
  const languageOf = (chatId: number) => preferences.language(chatId);
  const notices = createNotices({
    speaker,
    reactions: createReactions({ messenger, store }),
    styleOf: preferences.notices,
    languageOf,
  });
  const cards = createCards({ messenger, store, languageOf, settings, now, log, nudgeSweeper });
  const { showMissing } = cards;
  const chatLife = createChatLife({ access, preferences, moveChat: deps.moveChat, showMissing, log });

  const background = createBackground({ speaker, log });
  const lists = createLists({ ...deps, background, cards, speaker, messenger, ways: () => reach.states });
  const chatSettings = createSettings({ preferences, speaker, ...settings });
  const welcome = createWelcome({ speaker, delayMs: settings.delayMs, commands: () => commands });
  const administration = createAdministration({
    ...deps,
    messenger,
    speaker,
    background,
    username: () => api.bot.info?.username,
    start: welcome.start,
    commands: () => commands,
  });
  const commands: readonly Command[] = [
    welcome.start,
    welcome.help,
    ...lists.commands,
    chatSettings.command,
    ...administration.commands,
  ];

  const again = createAgain({ store, enqueue: deps.enqueue, cards, log });
  installFront({
    api,
    access,
    preferences,
    messenger,
    speaker,
    commands,
    presses: [
      createLinkPress({ queue, cards, settings, now, log }),
      ...lists.presses,
      chatSettings.press,
      again,
      ...administration.presses,
    ],
    takeLinks: createTakeLinks({
      enqueue: deps.enqueue,
      checkQuota: deps.checkQuota,
      cards,
      speaker,
      preferences,
      settings,
      bot: () => api.bot.info,
    }),
    chatLife,
    door: administration.door,
    now,
    log,
  });
  const poll = createPoll({
    api,
    kinds: UPDATE_KINDS,
    handle(update) {
      deps.meter.updated(kindOf(update) ?? "none");
      return api.bot.updates.handleUpdate(update);
    },
    inWork: deps.inWork,
    now,
    random,
    wait,
    log,
    onStep: deps.onPollStep,
    renewed: () => reach.renewed,
    isRefusedEverywhere: reach.isRefusedEverywhere,
    onConflict: () => administration.admins.tell({ kind: "conflict" }),
    onPoison: () => administration.admins.tell({ kind: "poison" }),
  });

  /**
   * Sends the prompts that a crash, a full queue of messages or an unusable database has swallowed. Those that nobody has
   * missed for a day are not missed.
   */
  function showUnprompted(): void {
    try {
      const since = now() - UNPROMPTED_SINCE_MS;
      for (const link of store.links.unprompted({ createdSince: since, limit: MOST_UNPROMPTED })) {
        if (!preferences.isBlocked(link.chatId)) cards.show(link);
      }
    } catch (error) {
      log.warn("Cannot look for links without a prompt", { error });
    }
  }

  return {
    cards,
    notices,
    admins: administration.admins,
    deleteMessages: createDeleteMessages(messenger),
    get health() {
      return poll.health;
    },
    get ways() {
      return reach.states;
    },
    async run(stop) {
      showUnprompted();
      administration.upkeep();
      watching = reach.watch(stop);
      return poll.run(stop);
    },
    upkeep() {
      administration.upkeep();
      showUnprompted();
    },
    async close() {
      administration.admins.close();
      const ended = background.stop();
      const patience = new AbortController();
      await Promise.race([ended, wait(LAST_WORDS_MS, patience.signal)]);
      patience.abort();
      // Some of it waits for Telegram itself, which may be out of reach: the messenger gives that up.
      await messenger.stop();
      await ended;
      await watching;
      opened[Symbol.dispose]();
    },
  };
}
