import { wait } from "../domain/wait.ts";
import type { Access } from "../service/access/access.ts";
import type { InviteDesk } from "../service/access/invites.ts";
import type { AccessRequests } from "../service/access/requests.ts";
import type { ChatMigration } from "../service/chats/migration.ts";
import type { Preferences } from "../service/chats/preferences.ts";
import type { MessageRetention } from "../service/cleanup/message-retention.ts";
import type { DeleteMessages } from "../service/cleanup/message-sweeper.ts";
import type { CountWaiting } from "../service/fleet/backlog.ts";
import type { Servers } from "../service/fleet/downloader-admin.ts";
import type { Fleet } from "../service/fleet/fleet.ts";
import type { FindWhereabouts } from "../service/fleet/trace-link.ts";
import type { Enqueue } from "../service/queue/enqueue.ts";
import type { LinkPrompts } from "../service/queue/prompts.ts";
import type { Queue } from "../service/queue/queue.ts";
import type { CheckQuota } from "../service/queue/quota.ts";
import type { SendAgain } from "../service/queue/resend.ts";
import { createStrangerCards } from "./access/access-requests.ts";
import { createDoor } from "./access/admission.ts";
import { type Client, type ClientOptions, openClient } from "./client/client.ts";
import { createClean } from "./commands/clean.ts";
import { createInvite } from "./commands/invite.ts";
import { createPlainLinks } from "./commands/links.ts";
import { createLinkPress } from "./commands/prompt.ts";
import { createQueueList } from "./commands/queue.ts";
import { createRemove } from "./commands/remove.ts";
import { createAgain } from "./commands/resend.ts";
import { createServerList } from "./commands/servers.ts";
import { createSettings } from "./commands/settings.ts";
import { createWelcome } from "./commands/start.ts";
import { createStatus } from "./commands/status.ts";
import { createTakeLinks, type LinkSettings } from "./commands/take-links.ts";
import { createUsers } from "./commands/users.ts";
import { createWhere } from "./commands/where.ts";
import { createBackground } from "./context/background.ts";
import { createLive, type LivePace } from "./context/live-message.ts";
import { type Admins, createAdmins } from "./notify/admin-alerts.ts";
import { type ChatLife, createChatLife } from "./notify/chat-status.ts";
import { createMenu } from "./notify/command-menu.ts";
import { createNotices, type Notices } from "./notify/notifications.ts";
import { type Cards, createCards } from "./notify/prompts.ts";
import { createReactions } from "./notify/reactions.ts";
import { createDeleteMessages } from "./outbox/delete-messages.ts";
import { createMessenger } from "./outbox/outbox.ts";
import { createSpeaker } from "./outbox/replies.ts";
import { installFront, UPDATE_KINDS } from "./router.ts";
import type { CardSettings } from "./views/prompt/prompt-buttons.ts";

/** How long what goes on in the background may still find something to say at the end. */
const LAST_WORDS_MS = 1_000;

/** From the config; durations in ms. */
export interface TelegramSettings extends CardSettings, LinkSettings {
  readonly token: string;
  /** How the Bot API is reached. */
  readonly reach: Pick<ClientOptions["settings"], "roots" | "proxies">;
  readonly delayMs: number;
  /** Of /status. */
  readonly live: LivePace;
}

/** What the bot can do for those who write to it. */
export interface Abilities {
  readonly access: Access;
  readonly requests: AccessRequests;
  readonly invites: InviteDesk;
  readonly servers: Servers;
  readonly find: FindWhereabouts;
  readonly preferences: Preferences;
  readonly queue: Queue;
  readonly prompts: LinkPrompts;
  readonly retention: MessageRetention;
  readonly enqueue: Enqueue;
  readonly sendAgain: SendAgain;
  readonly checkQuota: CheckQuota;
  readonly fleet: Fleet;
  readonly countWaiting: CountWaiting;
  readonly migration: ChatMigration;
}

/** The whole front: everything that talks to people. */
export interface Telegram extends Pick<Client, "health" | "ways" | "run"> {
  readonly cards: Cards;
  readonly notices: Notices;
  readonly admins: Admins;
  readonly chatLife: ChatLife;
  readonly deleteMessages: DeleteMessages;
  /**
   * Renews old prompts, sends those that got lost, tells Telegram of roles that it could not be told of before, and so on;
   * every hour or so.
   */
  upkeep(): void;
  /** Sends what still waits, for a few seconds, then gives it up. Call it after `run` has ended. */
  close(): Promise<void>;
}

/** Builds the front from below: the client, what is sent, what is shown, what people may do, and the routing to it. */
export function createTelegram(
  abilities: Abilities,
  of: Omit<ClientOptions, "settings" | "kinds" | "wait"> & {
    settings: TelegramSettings;
    /** Bot API: 403; the chat has thrown the bot out. */
    onBlocked: (chatId: number) => void;
    /** A group has become a supergroup. */
    onMigrated: (from: number, to: number) => void;
  },
): Telegram {
  const { access, requests, invites, servers, find, preferences, queue, prompts, retention, migration } = abilities;
  const { enqueue, sendAgain, checkQuota, fleet, countWaiting } = abilities;
  const { settings, now, random, log, onBlocked, onMigrated } = of;
  const { token, qualities, folders, delayMs } = settings;
  const { isBlocked } = preferences;
  const languageOf = (chatId: number) => preferences.language(chatId);

  const client = openClient({ ...of, settings: { token, ...settings.reach }, kinds: UPDATE_KINDS, wait });
  const { api } = client;
  const ways = () => client.ways;
  const bot = () => api.bot.info;

  const messenger = createMessenger({ api, now, random, wait, log, onBlocked, onMigrated });
  const speaker = createSpeaker({ messenger, retention, isBlocked });
  const background = createBackground({ speaker, log });
  const live = createLive({ background, speaker, messenger, pace: settings.live, now, wait });

  const cards = createCards({ messenger, prompts, languageOf, settings, now, log });
  const reactions = createReactions({ messenger, queue });
  const notices = createNotices({ speaker, reactions, styleOf: preferences.notices, languageOf });
  const admins = createAdmins({ access, preferences, speaker, now });
  const [botId = ""] = token.split(":");
  const menu = createMenu({ messenger, access, preferences, botId, log });
  const chatLife = createChatLife({ migration, preferences, showMissing: cards.showMissing });

  const welcome = createWelcome({ speaker, delayMs });
  const talk = { messenger, speaker, now, log };
  const strangers = createStrangerCards({ ...talk, requests, access, preferences, retention, menu, settings });
  const door = createDoor({ ...talk, access, invites, cards: strangers, menu, admins, start: welcome.start });
  const queueList = createQueueList({ queue, fleet, access, background, cards, speaker, settings, now });
  const status = createStatus({ fleet, queue, countWaiting, live, ways, now });
  const chatSettings = createSettings({ preferences, speaker, qualities, folders });
  const serverList = createServerList({ servers, background, speaker, settings, now });
  const users = createUsers({ access, preferences, menu, speaker, settings, now });
  const clean = createClean({ servers, background, speaker });

  installFront({
    ...talk,
    api,
    access,
    preferences,
    door,
    chatLife,
    takeLinks: createTakeLinks({ enqueue, checkQuota, cards, speaker, preferences, settings, bot }),
    commands: {
      start: welcome.start,
      help: welcome.help,
      queue: queueList.command,
      status: status.command,
      links: createPlainLinks({ queue, fleet, background, speaker }),
      remove: createRemove({ queue, fleet, background, cards, speaker }),
      settings: chatSettings.command,
      servers: serverList.command,
      users: users.command,
      invite: createInvite({ invites, speaker, username: () => bot()?.username }),
      clean: clean.command,
      where: createWhere({ find, access, speaker, settings, now }),
    },
    presses: [
      createLinkPress({ queue, prompts, cards, settings, now }),
      queueList.press,
      status.press,
      chatSettings.press,
      createAgain({ sendAgain, cards }),
      strangers.press,
      serverList.press,
      users.press,
      clean.press,
    ],
  });
  return {
    cards,
    notices,
    admins,
    chatLife,
    deleteMessages: createDeleteMessages(messenger),
    get health() {
      return client.health;
    },
    get ways() {
      return client.ways;
    },
    run(stop) {
      cards.showUnprompted();
      menu.sync();
      requests.forget();
      return client.run(stop);
    },
    upkeep() {
      cards.renew();
      menu.sync();
      requests.forget();
      cards.showUnprompted();
    },
    async close() {
      admins.close();
      const ended = background.stop();
      const patience = new AbortController();
      await Promise.race([ended, wait(LAST_WORDS_MS, patience.signal)]);
      patience.abort();
      // Some of it waits for Telegram itself, which may be out of reach: the messenger gives that up.
      await messenger.stop();
      await ended;
      await client[Symbol.asyncDispose]();
    },
  };
}
