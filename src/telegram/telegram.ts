import type { Link } from "../domain/link.ts";
import type { Log } from "../domain/log.ts";
import type { Store } from "../domain/storage.ts";
import type { Access } from "../service/access.ts";
import type { Enqueue } from "../service/enqueue.ts";
import type { Preferences } from "../service/preferences.ts";
import type { Queue } from "../service/queue.ts";
import type { DeleteMessages } from "../service/sweeper.ts";
import { createApi } from "./api.ts";
import { describeApiError } from "./api-error.ts";
import type { CardSettings } from "./card.ts";
import { type Cards, createCards } from "./cards.ts";
import type { Command } from "./command.ts";
import { createDeleteMessages } from "./delete-messages.ts";
import { installFront, UPDATE_KINDS } from "./front.ts";
import { createTakeLinks, type LinkSettings } from "./handlers/links.ts";
import { createLinkPress } from "./handlers/press.ts";
import { createQueueList } from "./handlers/queue.ts";
import { createSettings } from "./handlers/settings.ts";
import { createWelcome } from "./handlers/start.ts";
import { registerCommands } from "./menu.ts";
import { createMessenger } from "./messenger.ts";
import { wait } from "./pace.ts";
import type { InWork } from "./poll/batch.ts";
import { createPoll, type PollHealth } from "./poll.ts";
import { createSpeaker, type Lifetimes } from "./speaker.ts";

const UNPROMPTED_SINCE_MS = 24 * 3_600_000;
const MOST_UNPROMPTED = 500;

/** From the config; durations in ms. */
export interface TelegramSettings extends CardSettings, LinkSettings {
  readonly token: string;
  readonly root: string;
  readonly delayMs: number;
  readonly lifetimes: Lifetimes;
}

/** The whole front: everything that talks to people. */
export interface Telegram {
  readonly cards: Cards;
  readonly deleteMessages: DeleteMessages;
  readonly health: PollHealth;
  /**
   * Takes updates until `stop` aborts; resolves with `unauthorized` when the very first contact says that the token is wrong.
   */
  run(stop: AbortSignal): Promise<"stopped" | "unauthorized">;
  /** Sends what still waits, for a few seconds, then gives it up. Call it after `run` has ended. */
  close(): Promise<void>;
}

export function createTelegram(deps: {
  settings: TelegramSettings;
  store: Store;
  inWork: InWork;
  access: Access;
  preferences: Preferences;
  queue: Queue;
  enqueue: Enqueue;
  now: () => number;
  random: () => number;
  log: Log;
  nudgeSweeper: () => void;
}): Telegram {
  const { settings, store, access, preferences, queue, now, random, log, nudgeSweeper } = deps;
  const api = createApi(settings);
  const messenger = createMessenger({
    api,
    log,
    now,
    random,
    wait,
    onBlocked: (chatId) => log.info("A chat does not let the bot write", { chat: chatId }),
    onMigrated: () => {},
  });
  const speaker = createSpeaker({
    messenger,
    deletions: store.deletions,
    lifetimes: settings.lifetimes,
    lifetimeMs: preferences.lifetimeMs,
    now,
    log,
  });
  const languageOf = (chatId: number) => preferences.language(chatId);
  const cards = createCards({ messenger, store, languageOf, settings, now, log, nudgeSweeper });

  const queueList = createQueueList({ queue, cards, speaker, settings, now, nudgeSweeper, log });
  const chatSettings = createSettings({ preferences, speaker, qualities: settings.qualities });
  const welcome = createWelcome({ speaker, delayMs: settings.delayMs, commands: () => commands });
  const commands: readonly Command[] = [welcome.start, welcome.help, queueList.command, chatSettings.command];

  installFront({
    api,
    access,
    preferences,
    messenger,
    speaker,
    commands,
    presses: [createLinkPress({ queue, cards, settings, nudgeSweeper, log }), queueList.press, chatSettings.press],
    takeLinks: createTakeLinks({ enqueue: deps.enqueue, cards, speaker, preferences, settings }),
    now,
    log,
  });
  const poll = createPoll({
    api,
    kinds: UPDATE_KINDS,
    handle: (update) => api.bot.updates.handleUpdate(update),
    inWork: deps.inWork,
    now,
    random,
    wait,
    log,
  });

  /** What a crash left without a prompt. Prompts that nobody has missed for a day are not missed. */
  function unprompted(): Link[] {
    try {
      return store.links.unprompted({ createdSince: now() - UNPROMPTED_SINCE_MS, limit: MOST_UNPROMPTED });
    } catch (error) {
      log.warn("Cannot look for links without a prompt", { error });
      return [];
    }
  }

  return {
    cards,
    deleteMessages: createDeleteMessages(messenger),
    get health() {
      return poll.health;
    },
    async run(stop) {
      for (const link of unprompted()) cards.show(link);
      void registerCommands({ api, commands, admins: access.admins }).catch((error) =>
        log.warn(`Cannot register the commands: ${describeApiError(error)}`),
      );
      return poll.run(stop);
    },
    close: () => messenger.stop(),
  };
}
