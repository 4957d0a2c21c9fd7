import type { InviteDesk } from "../service/access/invites.ts";
import type { AccessRequests } from "../service/access/requests.ts";
import type { Access } from "../service/access.ts";
import type { ChatMigration } from "../service/chats/migration.ts";
import type { MessageRetention } from "../service/cleanup/message-retention.ts";
import type { Fleet } from "../service/fleet.ts";
import type { Preferences } from "../service/preferences.ts";
import type { SendAgain } from "../service/queue/again.ts";
import type { Enqueue } from "../service/queue/enqueue.ts";
import type { LinkPrompts } from "../service/queue/prompts.ts";
import type { CheckQuota } from "../service/queue/quota.ts";
import type { Queue } from "../service/queue.ts";
import type { Servers } from "../service/servers.ts";
import type { DeleteMessages } from "../service/sweeper.ts";
import type { CountWaiting } from "../service/waiting.ts";
import type { FindWhereabouts } from "../service/whereabouts.ts";
import { type Admins, createAdmins } from "./admins.ts";
import { createBackground } from "./background.ts";
import type { CardSettings } from "./card/choices.ts";
import { type Cards, createCards } from "./cards.ts";
import { type ChatLife, createChatLife } from "./chat-life.ts";
import { type Client, type ClientOptions, openClient } from "./client.ts";
import { createDeleteMessages } from "./delete-messages.ts";
import { installFront, UPDATE_KINDS } from "./front.ts";
import { createAgain } from "./handlers/again.ts";
import { createClean } from "./handlers/clean.ts";
import { createInvite } from "./handlers/invite.ts";
import { createTakeLinks, type LinkSettings } from "./handlers/links.ts";
import { createPlainLinks } from "./handlers/plain-links.ts";
import { createLinkPress } from "./handlers/press.ts";
import { createQueueList } from "./handlers/queue.ts";
import { createRemove } from "./handlers/remove.ts";
import { createServerList } from "./handlers/servers.ts";
import { createSettings } from "./handlers/settings.ts";
import { createWelcome } from "./handlers/start.ts";
import { createStatus } from "./handlers/status.ts";
import { createDoor } from "./handlers/strangers.ts";
import { createUsers } from "./handlers/users.ts";
import { createWhere } from "./handlers/where.ts";
import { createLive, type LivePace } from "./live.ts";
import { createMenu } from "./menu.ts";
import { createMessenger } from "./messenger.ts";
import { createNotices, type Notices } from "./notices.ts";
import { wait } from "./pace.ts";
import { createReactions } from "./reactions.ts";
import { createSpeaker } from "./speaker.ts";
import { createStrangerCards } from "./stranger-cards.ts";

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
