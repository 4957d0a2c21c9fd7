import { isQuietAt } from "../domain/quiet-hours.ts";
import { wait as realWait, type Wait, within } from "../domain/wait.ts";
import type { DeleteMessages } from "../service/cleanup/message-sweeper.ts";
import type { Abilities } from "./abilities.ts";
import { type ChatMembership, createChatMembership } from "./access/chat-membership.ts";
import { createGroupAdmins } from "./access/group-admins.ts";
import { createMutedGroups } from "./access/muted-groups.ts";
import { type Client, type ClientOptions, openClient } from "./client/client.ts";
import { createBackground } from "./context/background.ts";
import { createReadLinkFile } from "./context/link-file.ts";
import { createLiveMessage, type LivePace } from "./context/live-message.ts";
import { createReplies } from "./context/replies.ts";
import { createHandlers, type HandlerSettings } from "./handlers.ts";
import { type AdminAlerts, createAdminAlerts } from "./notify/admin-alerts.ts";
import { createCommandMenu } from "./notify/command-menu.ts";
import { createDeletions } from "./notify/deletions.ts";
import { createWorkDisplay, type WorkDisplay } from "./notify/in-work.ts";
import { createIntroduction } from "./notify/introduction.ts";
import { createKeptMessages, type KeptMessages } from "./notify/kept-messages.ts";
import { createMessageReactions } from "./notify/message-reactions.ts";
import { createNewsTeller, type NewsPace, type NewsTeller } from "./notify/news.ts";
import { createNewsMessages, type NewsMessages } from "./notify/news-messages.ts";
import { createTellNotStored, type TellNotStored } from "./notify/not-stored.ts";
import { createPresenceTeller, type PresenceTeller } from "./notify/presence.ts";
import { createPrompts, type Prompts } from "./notify/prompts.ts";
import { createWorkMessageSender } from "./notify/work-message.ts";
import { createOutbox, type StopLimits } from "./outbox/outbox.ts";
import { installRouter, UPDATE_KINDS } from "./router.ts";

export type { Abilities };

/** Limits in ms, each asked for when it begins. */
export interface ClosingLimits extends StopLimits {
  /** Waiting for background work that may still have something to say. */
  readonly lastWords: () => number;
}

/** From the config; durations in ms. */
export interface TelegramSettings extends HandlerSettings {
  readonly token: string;
  /** How the Bot API is reached. */
  readonly failover: Pick<ClientOptions["settings"], "roots" | "proxies">;
  /** The pace at which /status refreshes itself. */
  readonly live: LivePace;
  readonly news: NewsPace;
  readonly linkPreviews: boolean;
}

/** The whole front: everything that talks to people. */
export interface Telegram extends Pick<Client, "health" | "endpoints" | "run"> {
  readonly prompts: Prompts;
  readonly news: NewsTeller;
  readonly newsMessages: Pick<NewsMessages, "renew">;
  readonly inWork: WorkDisplay;
  readonly tellNotStored: TellNotStored;
  readonly keptMessages: KeptMessages;
  readonly alerts: AdminAlerts;
  readonly presence: PresenceTeller;
  readonly chatMembership: ChatMembership;
  readonly deleteMessages: DeleteMessages;
  /**
   * Renews old prompts, sends those that were lost, tells Telegram about roles that it could not be told about before, and so on; every
   * hour or so.
   */
  maintain(): void;
  /** Tells people about changes to their access that came by themselves; every few seconds. Never throws. */
  attend(): void;
  /** Sends what still waits, for a few seconds, then gives it up. Call it after `run` has ended. */
  close(limits: ClosingLimits): Promise<void>;
}

/** Builds the front from the bottom up: the client, what is sent, what is shown, what people may do, and the routing to it. */
export function createTelegram(
  abilities: Abilities,
  of: Omit<ClientOptions, "settings" | "kinds" | "wait"> & {
    settings: TelegramSettings;
    /** For sending; receiving has a clock of its own. */
    wait: Wait;
    /** Bot API: 403; the chat has thrown the bot out. */
    onBlocked: (chatId: number) => void;
    /** A group has become a supergroup. */
    onMigrated: (from: number, to: number) => void;
  },
): Telegram {
  const { access, requests, preferences, queue, linkPrompts, retention, migration } = abilities;
  const { messageHold, newsDesk, presenceDesk } = abilities;
  const { settings, now, random, wait, log, onBlocked, onMigrated } = of;
  const { token } = settings;
  const { isBlocked } = preferences;
  const languageOf = (chatId: number) => preferences.language(chatId);

  const client = openClient({ ...of, settings: { token, ...settings.failover }, kinds: UPDATE_KINDS, wait: realWait });
  const { api, confirmAfter } = client;
  const endpoints = () => client.endpoints;
  const bot = () => api.bot.info;

  const outbox = createOutbox({ api, now, random, wait, log, onBlocked, onMigrated });
  const replies = createReplies({ outbox, retention, isBlocked, now });
  const background = createBackground({ replies, log });
  const live = createLiveMessage({ background, replies, outbox, pace: settings.live, now, wait });

  const { calendarOf } = settings;
  const prompts = createPrompts({
    ...{ outbox, linkPrompts, languageOf, calendarOf, now, wait, log },
    choices: settings,
    linkPreviews: settings.linkPreviews,
  });
  const reactions = createMessageReactions({ outbox, queue });
  /** A person whose access was removed hears nothing about links that went all the same. */
  const isShutOut = (chatId: number) => chatId > 0 && requests.isRefused(chatId);
  const keptMessages = createKeptMessages({ reactions, preferences });
  const newsMessages = createNewsMessages({
    desk: newsDesk,
    ...{ outbox, replies, languageOf, wait },
    isQuiet: (chatId) => {
      const quiet = preferences.quiet(chatId);
      return quiet !== undefined && isQuietAt(quiet, { at: now(), zone: preferences.zone(chatId) });
    },
  });
  const news = createNewsTeller({
    desk: newsDesk,
    messages: newsMessages,
    onTelling: keptMessages.ended,
    ...{ reactions, wait, log },
    isBlocked: (chatId) => isBlocked(chatId) || isShutOut(chatId),
    styleOf: preferences.notices,
    pace: settings.news,
  });
  const { inWork, workMessages: keeper } = abilities;
  const sender = createWorkMessageSender({ inWork, keeper, outbox, languageOf, now, log });
  const to = { isBlocked, isShutOut, languageOf };
  const waits = { wait, gatherWait: realWait };
  const work = createWorkDisplay({ inWork, keeper, sender, outbox, replies, ...to, now, ...waits, log });
  const alerts = createAdminAlerts({ desk: abilities.alarmDesk, access, preferences, replies, now, wait });
  const presence = createPresenceTeller({ desk: presenceDesk, access, preferences, outbox, retention, log });
  const [botId = ""] = token.split(":");
  const menu = createCommandMenu({ outbox, access, preferences, botId, log });
  const mutedGroups = createMutedGroups({ reactions, access, replies, preferences, isShutOut, now });
  const chatMembership = createChatMembership({
    migration,
    preferences,
    mutedGroups,
    showMissing(chatId) {
      prompts.showMissing(chatId);
      news.tellLeft(chatId);
    },
    now,
  });

  const introduction = createIntroduction({ outbox, log });
  const groupAdmins = createGroupAdmins({ outbox, now });
  const { isGroupAdmin } = groupAdmins;
  const readLinkFile = createReadLinkFile({ api, bot, log });
  const voice = { outbox, replies, background, live, prompts, news, newsMessages, work, alerts, menu };
  const handlers = createHandlers(abilities, { voice, settings, isGroupAdmin, readLinkFile, endpoints, bot, now, log });

  installRouter({
    api,
    access,
    preferences,
    calendarOf,
    outbox,
    replies,
    chatMembership,
    groupAdmins,
    mutedGroups,
    now,
    log,
    confirmAfter,
    ...handlers,
  });
  return {
    prompts,
    news,
    newsMessages,
    inWork: work,
    tellNotStored: createTellNotStored({ replies, languageOf }),
    keptMessages,
    alerts,
    presence,
    chatMembership,
    deleteMessages: createDeletions({ outbox, prompts }),
    get health() {
      return client.health;
    },
    get endpoints() {
      return client.endpoints;
    },
    run(stop) {
      prompts.takeUp();
      menu.sync();
      introduction.sync();
      requests.forget();
      news.tellLeft();
      alerts.tellLeft();
      return client.run(stop);
    },
    attend: handlers.attend,
    maintain() {
      prompts.renew();
      menu.sync();
      introduction.sync();
      requests.forget();
      messageHold.forget();
      prompts.showUnprompted();
      news.tellLeft();
    },
    async close(limits) {
      alerts.close();
      prompts.close();
      work.close();
      const ended = Promise.all([background.stop(), news.close(), presence.close()]);
      await within(ended, { ms: limits.lastWords(), wait: realWait });
      // Some of it waits for Telegram itself, which may be out of reach: the outbox gives that up.
      await outbox.stop(limits);
      await ended;
      await client[Symbol.asyncDispose]();
    },
  };
}
