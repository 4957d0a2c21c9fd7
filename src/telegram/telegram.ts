import { wait } from "../domain/wait.ts";
import type { Access } from "../service/access/access.ts";
import type { InviteDesk } from "../service/access/invites.ts";
import type { AccessRequests } from "../service/access/requests.ts";
import type { ChatMigration } from "../service/chats/migration.ts";
import type { Preferences } from "../service/chats/preferences.ts";
import type { MessageRetention } from "../service/cleanup/message-retention.ts";
import type { DeleteMessages } from "../service/cleanup/message-sweeper.ts";
import type { CountBacklog } from "../service/fleet/backlog.ts";
import type { DownloaderAdmin } from "../service/fleet/downloader-admin.ts";
import type { Fleet } from "../service/fleet/fleet.ts";
import type { TraceLink } from "../service/fleet/trace-link.ts";
import type { Enqueue } from "../service/queue/enqueue.ts";
import type { LinkPrompts } from "../service/queue/prompts.ts";
import type { Queue } from "../service/queue/queue.ts";
import type { CheckQuota } from "../service/queue/quota.ts";
import type { Resend } from "../service/queue/resend.ts";
import { createAdmission } from "./access/admission.ts";
import { type ChatMembership, createChatMembership } from "./access/chat-membership.ts";
import { createRequestMessages } from "./access/request-messages.ts";
import { type Client, type ClientOptions, openClient } from "./client/client.ts";
import { createAlarmButton } from "./commands/alarm.ts";
import { createClean } from "./commands/clean.ts";
import { createTellDirect } from "./commands/direct-links.ts";
import { createInvite } from "./commands/invite.ts";
import { createLinksCommand } from "./commands/links.ts";
import { createPromptButtons } from "./commands/prompt.ts";
import { createQueueList } from "./commands/queue.ts";
import { createRemove } from "./commands/remove.ts";
import { createResendButton } from "./commands/resend.ts";
import { createDownloaderList } from "./commands/servers.ts";
import { createSettings } from "./commands/settings.ts";
import { createWelcome } from "./commands/start.ts";
import { createStatus } from "./commands/status.ts";
import { createTakeLinks, type LinkSettings } from "./commands/take-links.ts";
import { createUsers } from "./commands/users.ts";
import { createWhere } from "./commands/where.ts";
import { createBackground } from "./context/background.ts";
import { createLiveMessage, type LivePace } from "./context/live-message.ts";
import { createReplies } from "./context/replies.ts";
import { type AdminAlerts, createAdminAlerts } from "./notify/admin-alerts.ts";
import { createCommandMenu } from "./notify/command-menu.ts";
import { createMessageReactions } from "./notify/message-reactions.ts";
import { createNotices, type Notices } from "./notify/notices.ts";
import { createPrompts, type Prompts } from "./notify/prompts.ts";
import { createOutbox, type StopLimits } from "./outbox/outbox.ts";
import { installRouter, UPDATE_KINDS } from "./router.ts";
import type { PromptSettings } from "./views/prompt-buttons.ts";

/** For how many ms, asked when it begins. */
export interface ClosingLimits extends StopLimits {
  /** Waiting for what goes on in the background and may still find something to say. */
  readonly lastWords: () => number;
}

/** From the config; durations in ms. */
export interface TelegramSettings extends PromptSettings, LinkSettings {
  readonly token: string;
  /** How the Bot API is reached. */
  readonly failover: Pick<ClientOptions["settings"], "roots" | "proxies">;
  readonly delayMs: number;
  /** Of /status. */
  readonly live: LivePace;
}

/** What the bot can do for those who write to it. */
export interface Abilities {
  readonly access: Access;
  readonly requests: AccessRequests;
  readonly invites: InviteDesk;
  readonly downloaderAdmin: DownloaderAdmin;
  readonly traceLink: TraceLink;
  readonly preferences: Preferences;
  readonly queue: Queue;
  readonly linkPrompts: LinkPrompts;
  readonly retention: MessageRetention;
  readonly enqueue: Enqueue;
  readonly resend: Resend;
  readonly checkQuota: CheckQuota;
  readonly fleet: Fleet;
  readonly countBacklog: CountBacklog;
  readonly migration: ChatMigration;
}

/** The whole front: everything that talks to people. */
export interface Telegram extends Pick<Client, "health" | "endpoints" | "run"> {
  readonly prompts: Prompts;
  readonly notices: Notices;
  readonly alerts: AdminAlerts;
  readonly chatMembership: ChatMembership;
  readonly deleteMessages: DeleteMessages;
  /**
   * Renews old prompts, sends those that got lost, tells Telegram of roles that it could not be told of before, and so on;
   * every hour or so.
   */
  maintain(): void;
  /** Sends what still waits, for a few seconds, then gives it up. Call it after `run` has ended. */
  close(limits: ClosingLimits): Promise<void>;
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
  const { access, requests, invites, preferences, downloaderAdmin, traceLink, fleet, countBacklog } = abilities;
  const { enqueue, resend, checkQuota, queue, linkPrompts, retention, migration } = abilities;
  const { settings, now, random, log, onBlocked, onMigrated } = of;
  const { token, qualities, folders, calendar, delayMs } = settings;
  const { isBlocked } = preferences;
  const languageOf = (chatId: number) => preferences.language(chatId);

  const client = openClient({ ...of, settings: { token, ...settings.failover }, kinds: UPDATE_KINDS, wait });
  const { api } = client;
  const endpoints = () => client.endpoints;
  const bot = () => api.bot.info;

  const outbox = createOutbox({ api, now, random, wait, log, onBlocked, onMigrated });
  const replies = createReplies({ outbox, retention, isBlocked });
  const background = createBackground({ replies, log });
  const live = createLiveMessage({ background, replies, outbox, pace: settings.live, now, wait });

  const prompts = createPrompts({ outbox, linkPrompts, languageOf, settings, log });
  const reactions = createMessageReactions({ outbox, queue });
  const notices = createNotices({ replies, reactions, styleOf: preferences.notices, languageOf });
  const alerts = createAdminAlerts({ access, preferences, replies, now, wait });
  const [botId = ""] = token.split(":");
  const menu = createCommandMenu({ outbox, access, preferences, botId, log });
  const chatMembership = createChatMembership({ migration, preferences, showMissingPrompts: prompts.showMissing });

  const welcome = createWelcome({ replies, delayMs });
  const talk = { outbox, replies, now, log };
  const requestMessages = createRequestMessages({ ...talk, requests, access, preferences, retention, menu, calendar });
  const admission = createAdmission({ ...talk, access, invites, requestMessages, menu, alerts, start: welcome.start });
  const queueList = createQueueList({ queue, fleet, access, background, prompts, replies, settings });
  const status = createStatus({ fleet, queue, countBacklog, live, endpoints, now });
  const chatSettings = createSettings({ preferences, replies, qualities, folders });
  const downloaderList = createDownloaderList({ downloaderAdmin, background, replies, calendar });
  const users = createUsers({ access, preferences, menu, replies, calendar });
  const tellDirect = createTellDirect({ replies, background });
  const clean = createClean({ downloaderAdmin, background, replies });

  installRouter({
    ...talk,
    api,
    access,
    preferences,
    admission,
    chatMembership,
    takeLinks: createTakeLinks({ enqueue, checkQuota, prompts, replies, tellDirect, preferences, settings, bot }),
    commands: {
      start: welcome.start,
      help: welcome.help,
      queue: queueList.command,
      status: status.command,
      links: createLinksCommand({ queue, fleet, background, replies }),
      remove: createRemove({ queue, fleet, background, prompts, replies }),
      settings: chatSettings.command,
      servers: downloaderList.command,
      users: users.command,
      invite: createInvite({ invites, replies, username: () => bot()?.username }),
      clean: clean.command,
      where: createWhere({ traceLink, access, replies, settings, calendar }),
    },
    presses: [
      createPromptButtons({ queue, linkPrompts, prompts, settings }),
      queueList.press,
      status.press,
      chatSettings.press,
      createResendButton({ resend, prompts, tellDirect }),
      requestMessages.press,
      downloaderList.press,
      users.press,
      clean.press,
      createAlarmButton({ replies, now }),
    ],
  });
  return {
    prompts,
    notices,
    alerts,
    chatMembership,
    deleteMessages: outbox.deleteMessages,
    get health() {
      return client.health;
    },
    get endpoints() {
      return client.endpoints;
    },
    run(stop) {
      prompts.showUnprompted();
      menu.sync();
      requests.forget();
      return client.run(stop);
    },
    maintain() {
      prompts.renew();
      menu.sync();
      requests.forget();
      prompts.showUnprompted();
    },
    async close(limits) {
      alerts.close();
      const ended = background.stop();
      const patience = new AbortController();
      await Promise.race([ended, wait(limits.lastWords(), patience.signal)]);
      patience.abort();
      // Some of it waits for Telegram itself, which may be out of reach: the outbox gives that up.
      await outbox.stop(limits);
      await ended;
      await client[Symbol.asyncDispose]();
    },
  };
}
