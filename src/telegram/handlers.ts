import type { TelegramMessage, TelegramUser } from "gramio";
import type { Calendar } from "../domain/calendar.ts";
import type { Log } from "../domain/log.ts";
import type { Abilities } from "./abilities.ts";
import { createAccessNews } from "./access/access-news.ts";
import { type Admission, createAdmission } from "./access/admission.ts";
import type { GroupAdmins } from "./access/group-admins.ts";
import { createHeldLinks } from "./access/held-links.ts";
import { createGreet } from "./access/newcomer.ts";
import { createPairingMessages } from "./access/pairing-messages.ts";
import { createRequestMessages } from "./access/request-messages.ts";
import type { Client } from "./client/client.ts";
import { createAlarmButton } from "./commands/alarm.ts";
import { createCancelButton } from "./commands/cancel.ts";
import { createClean } from "./commands/clean.ts";
import { createTellDirect } from "./commands/direct-links.ts";
import { createDone } from "./commands/done.ts";
import { createFailedThere } from "./commands/failed-there.ts";
import { createForgetButton } from "./commands/forget.ts";
import { createInvite } from "./commands/invite.ts";
import { createLinksCommand } from "./commands/links.ts";
import { createNewsButtons } from "./commands/news.ts";
import { createPromptButtons } from "./commands/prompt.ts";
import { createPutAway } from "./commands/put-away.ts";
import { createQueueList } from "./commands/queue.ts";
import { createQueueWhole } from "./commands/queue-whole.ts";
import { createRemove } from "./commands/remove.ts";
import { createResendButton, createSendAgain } from "./commands/resend.ts";
import { createDownloaderList } from "./commands/servers.ts";
import { createSettings } from "./commands/settings.ts";
import { createSettleNews } from "./commands/settle-news.ts";
import { createShownLists } from "./commands/shown-lists.ts";
import { createWelcome } from "./commands/start.ts";
import { createStatus } from "./commands/status.ts";
import { createTakeLinks, type LinkSettings, type TakeLinks } from "./commands/take-links.ts";
import { createTakeTypedTime, type TakeTypedTime } from "./commands/typed-time.ts";
import { createUsers } from "./commands/users.ts";
import { createWhere } from "./commands/where.ts";
import type { Background } from "./context/background.ts";
import type { ButtonHandler } from "./context/button-press.ts";
import { createChatContexts } from "./context/chat-context.ts";
import type { CommandName, RunCommand } from "./context/command.ts";
import { createHearsAll } from "./context/hears-all.ts";
import type { ReadLinkFile } from "./context/link-file.ts";
import type { LiveMessage } from "./context/live-message.ts";
import { createMayChange, createMayPress } from "./context/may-press.ts";
import { createQuestions, type Questions } from "./context/questions.ts";
import type { Replies } from "./context/replies.ts";
import type { AdminAlerts } from "./notify/admin-alerts.ts";
import type { CommandMenu } from "./notify/command-menu.ts";
import type { WorkDisplay } from "./notify/in-work.ts";
import type { NewsTeller } from "./notify/news.ts";
import type { NewsMessages } from "./notify/news-messages.ts";
import type { Prompts } from "./notify/prompts.ts";
import type { Outbox } from "./outbox/outbox.ts";
import type { PromptChoices } from "./views/prompt-buttons.ts";

/** From the config; durations in ms. */
export interface HandlerSettings extends PromptChoices, LinkSettings {
  /** In the time zone of a chat. */
  readonly calendarOf: (chatId: number) => Calendar;
  readonly delayMs: number;
  /** How long messages stay if a chat has not chosen. */
  readonly usualLifetimesMs: readonly number[];
}

/** What handles which update. */
export interface Handlers {
  readonly admission: Admission;
  readonly questions: Questions;
  readonly takeLinks: TakeLinks;
  readonly takeTypedTime: TakeTypedTime;
  readonly commands: Readonly<Record<CommandName, RunCommand>>;
  readonly presses: readonly ButtonHandler[];
  /** See `AccessNews`. */
  readonly attend: () => void;
}

/** The parts that talk to people, below those that act for them. */
export interface Voice {
  readonly outbox: Outbox;
  readonly replies: Replies;
  readonly background: Background;
  readonly live: LiveMessage;
  readonly prompts: Prompts;
  readonly news: NewsTeller;
  readonly newsMessages: NewsMessages;
  readonly work: WorkDisplay;
  readonly alerts: AdminAlerts;
  readonly menu: CommandMenu;
}

/** Builds the targets of the router: admission, links, a handler for each command and kind of button. */
export function createHandlers(
  abilities: Abilities,
  of: {
    voice: Voice;
    settings: HandlerSettings;
    isGroupAdmin: GroupAdmins["isGroupAdmin"];
    readLinkFile: ReadLinkFile;
    /** The ways to the Bot API and their state. */
    endpoints: () => Client["endpoints"];
    /** The bot itself; undefined until it has introduced itself to Telegram. */
    bot: () => TelegramUser | undefined;
    now: () => number;
    log: Log;
  },
): Handlers {
  const { access, requests, invites, preferences, downloaderAdmin, traceLink, fleet, countBacklog } = abilities;
  const { accessChanges: changes } = abilities;
  const {
    enqueueTogether,
    resend,
    failed,
    fetchAgain,
    history,
    checkQuota,
    queue,
    bulk,
    linkPrompts,
    retention,
    newsDesk,
    cancellation,
  } = abilities;
  const { settings, isGroupAdmin, endpoints, bot, now, log } = of;
  const { outbox, replies, background, live, prompts, newsMessages, work, alerts, menu } = of.voice;
  const { calendarOf, downloaders, delayMs } = settings;

  const hearsAll = createHearsAll({ outbox, isGroupAdmin });
  const welcome = createWelcome({ access, hearsAll, replies, delayMs });
  const tellDirect = createTellDirect({ replies, background });
  const talk = { outbox, replies, now, log };
  const takeLinks = createTakeLinks({
    ...{ enqueueTogether, checkQuota, prompts, replies, tellDirect, preferences, settings, bot, log },
    retention,
    readLinkFile: of.readLinkFile,
  });
  const contexts = createChatContexts({ access, preferences, calendarOf });
  const contextOf = (message: TelegramMessage) => contexts(message, message.from);
  const held = createHeldLinks({ hold: abilities.messageHold, contextOf, takeLinks, log });
  const people = { ...talk, access, preferences, menu, calendarOf, held };
  const requestMessages = createRequestMessages({ ...people, requests, retention, hearsAll, news: of.voice.news });
  const news = createAccessNews({ ...people, changes });
  const greet = createGreet({ ...people, requestMessages, start: welcome.start });
  const admitting = { ...people, requestMessages, alerts, greet };
  const pairing = createPairingMessages({ ...admitting, pairing: abilities.pairing });
  const admission = createAdmission({ ...admitting, invites, pairing, news });
  const mayPress = createMayPress({ isGroupAdmin });
  const mayChange = createMayChange({ isGroupAdmin });
  const { settleNews, settleResent } = createSettleNews({ desk: newsDesk, newsMessages });
  const sendAgain = createSendAgain({ resend: ({ actor }, id) => resend(actor, id), prompts, tellDirect });
  const failedThere = createFailedThere({ failed, sendAgain, settleResent });
  const lists = createShownLists(bulk.idsOf);
  const queueList = createQueueList({
    ...{ queue, fleet, access, history, lists, failedThere, settleNews, mayPress },
    ...{ background, prompts, replies, settings, inWork: abilities.inWork },
  });
  const status = createStatus({ fleet, queue, countBacklog, live, endpoints, now });
  const questions = createQuestions({ replies, bot, now });
  const chatSettings = createSettings({
    ...{ access, preferences, calendarOf, questions, replies, isGroupAdmin },
    offered: settings,
  });
  const downloaderList = createDownloaderList({ downloaderAdmin, background, replies });
  const users = createUsers({ ...people, changes, requests, letIn: requestMessages.letIn });
  const done = createDone({ history, fetchAgain, background, prompts, replies, tellDirect });
  const clean = createClean({ downloaderAdmin, background, replies });
  const putAway = createPutAway({ replies, now });

  const promptDeeds = createPromptButtons({
    ...{ queue, linkPrompts, prompts, replies, mayPress, settleNews },
    choices: settings,
  });
  const { carryOut } = promptDeeds;

  return {
    admission,
    questions,
    takeLinks,
    takeTypedTime: createTakeTypedTime({ carryOut, linkPrompts, prompts, replies, bot }),
    attend: news.attend,
    commands: {
      start: welcome.start,
      help: welcome.help,
      queue: queueList.command,
      done: done.command,
      status: status.command,
      links: createLinksCommand({ queue, fleet, background, replies }),
      remove: createRemove({ queue, fleet, background, prompts, replies, questions, mayPress, settleNews }),
      settings: chatSettings.command,
      servers: downloaderList.command,
      users: users.command,
      invite: createInvite({ invites, replies, username: () => bot()?.username }),
      clean: clean.command,
      where: createWhere({ traceLink, access, replies, questions, settings, downloaders }),
    },
    presses: [
      promptDeeds.press,
      queueList.press,
      createQueueWhole({
        ...{ bulk, lists, failedThere, mayChange, prompts, settleNews, settings, background },
        show: queueList.show,
      }),
      done.press,
      status.press,
      chatSettings.press,
      createForgetButton({ forgetChat: abilities.forgetChat, background, replies }),
      createCancelButton({ cancellation, mayPress, work }),
      createNewsButtons({
        ...{ desk: newsDesk, newsMessages, queue, sendAgain, prompts, replies, mayPress, downloaders, putAway },
      }),
      createResendButton({ sendAgain, look: cancellation.look, mayPress }),
      requestMessages.press,
      downloaderList.press,
      users.press,
      clean.press,
      createAlarmButton({ putAway }),
    ],
  };
}
