import { createCallbacks } from "./bot-api/callbacks.ts";
import { createChats, type Deletion } from "./bot-api/chats.ts";
import { createDeletionMethods } from "./bot-api/deletion-methods.ts";
import { createEphemeral, ephemeralOf } from "./bot-api/ephemeral.ts";
import { type ArmedFault, createFaults, type Fault } from "./bot-api/faults.ts";
import { createFiles, type Document } from "./bot-api/files.ts";
import { limitedInGroups } from "./bot-api/group-limit.ts";
import { type Channel, createChannel, createGroup, type Group, type GroupProfile } from "./bot-api/groups.ts";
import { type Call, createJournal } from "./bot-api/journal.ts";
import { type Account, isMessage, type LiveMessage, liveMessage } from "./bot-api/message.ts";
import { createMessageMethods } from "./bot-api/message-methods.ts";
import { isRecord } from "./bot-api/parameters.ts";
import { createPerson, type Person } from "./bot-api/people.ts";
import { createPrivacy } from "./bot-api/privacy.ts";
import { type Command, createProfile } from "./bot-api/profile-methods.ts";
import { createReactionMethods } from "./bot-api/reaction-methods.ts";
import { createApiServer, type Method } from "./bot-api/server.ts";
import { createUpdates, type Update } from "./bot-api/updates.ts";
import { type ChatRef, createWaits, idOf, type Waits } from "./bot-api/waits.ts";
import { createWatch } from "./watch.ts";

/** Who a person is. `started`: wrote to the bot long ago (Bot API: a bot may not write first). */
export interface PersonProfile {
  readonly id: number;
  readonly username?: string;
  readonly firstName?: string;
  readonly languageCode?: string;
  readonly started?: boolean;
}

/** A strict fake of Telegram's Bot API and of the people who use the bot through it. */
export interface BotApi extends Waits, AsyncDisposable {
  /** For the config's `telegram.api_roots`. */
  readonly root: string;
  readonly token: string;
  readonly bot: Account;
  user(profile: PersonProfile): Person;
  group(profile: GroupProfile): Group;
  channel(profile: GroupProfile): Channel;
  /** Queues any update, however odd; a callback query in it can be answered, a message in a known chat is live. */
  push(update: Readonly<Record<string, unknown>>): Update;

  /** Uploads a file; returns the additional fields of a message with it. */
  file(content: string | Uint8Array, name: string): { readonly document: Document };

  /** Every call in order of arrival, those with a wrong token or an unknown method included. */
  readonly calls: readonly Call[];
  /** The messages that are in the chat now, oldest first. */
  messages(chat: ChatRef): readonly LiveMessage[];
  readonly deleted: readonly Deletion[];
  /** Updates that no getUpdates has confirmed. */
  readonly pending: readonly Update[];
  /** The latest confirmed offset. */
  readonly offset: number;
  /** The bot's commands in a scope (`default`, `chat:42`, …) and a language ("" is any). */
  commands(scope: string, language?: string): readonly Command[];
  /** How the bot is introduced, in a language ("" is any); "" for nothing. */
  description(name: "description" | "short_description", language?: string): string;

  /** Makes calls of a method ("*": all methods) fail; see `Fault`. */
  fail(method: string, fault: Fault, limits?: { times?: number; chat?: ChatRef }): ArmedFault;
  /** False for a self-hosted server that is older than ephemeral messages. */
  knowsEphemeral: boolean;
  /** See `Privacy`. */
  privacyMode: boolean;
  /** See `Files`. */
  localFolder: string | undefined;
  /** While true getUpdates answers 409, until deleteWebhook. */
  webhookActive: boolean;
  /** Refuses connections, as if Telegram were unreachable, until `reopens`. Chats and updates stay. */
  closes(): Promise<void>;
  reopens(): Promise<void>;
}

export interface BotApiOptions {
  readonly token: string;
  readonly username?: string;
  /** Epoch ms; default the machine's clock. Dates, the 48-hour rule and the age of presses follow it. */
  readonly now?: () => number;
  /** Called with every call after it is answered: for a demo's screen. */
  readonly onCall?: (call: Call) => void;
  readonly firstUpdateId?: number;
  /** How many messages and edits a group accepts in a minute; the real one about 20. No limit by default. */
  readonly mostInGroups?: number;
}

/** Starts the fake on its own loopback port; it is listening when this returns. */
export function startBotApi(options: BotApiOptions): BotApi {
  const { token, username = "dwld_test_bot", now = Date.now, onCall = () => undefined } = options;
  const bot: Account = { id: Number.parseInt(token, 10) || 42, is_bot: true, first_name: "dwld", username };
  const watch = createWatch();
  const journal = createJournal(now, watch, onCall);
  const chats = createChats(now);
  const updates = createUpdates({ firstId: options.firstUpdateId ?? 700_000_001, now }, watch.changed);
  const callbacks = createCallbacks(now);
  const ephemeral = createEphemeral({ bot, chats, callbacks, now });
  const faults = createFaults();
  const privacy = createPrivacy(bot);
  const profile = createProfile(bot, chats, privacy);
  const files = createFiles(token);
  const methods: Readonly<Record<string, Method>> = {
    getUpdates: updates.poll,
    deleteWebhook: updates.deleteWebhook,
    getWebhookInfo: () => ({
      url: updates.webhookActive ? "https://elsewhere.example/hook" : "",
      has_custom_certificate: false,
      pending_update_count: updates.pending.length,
    }),
    ...profile.methods,
    ...callbacks.methods,
    ...limitedInGroups(createMessageMethods({ bot, chats, ephemeral, now }), {
      most: options.mostInGroups ?? 1_000_000,
      now,
    }),
    ...createDeletionMethods({ bot, chats, now }),
    ...createReactionMethods(chats),
    ...files.methods,
  };
  const server = createApiServer({ token, methods, journal, faults, file: files.byPath, held: watch.changed });
  void server.open();

  const live = (ref: ChatRef): readonly LiveMessage[] => {
    const chat = chats.get(idOf(ref));
    if (chat === undefined) throw new Error(`Nobody made chat ${idOf(ref)}`);
    const seen = typeof ref === "number" ? [] : ephemeralOf(chat, ref.seenBy);
    return [...chat.messages.values(), ...seen].map((message) =>
      liveMessage(message, bot.id, chat.reactions.get(message.message_id) ?? []),
    );
  };
  const { button, answer, ...waits } = createWaits({ watch, journal, updates, callbacks, live });
  const world = { bot, chats, callbacks, updates, privacy, commands: profile.commands, now, button, answer };

  return {
    root: `http://127.0.0.1:${server.port}`,
    token,
    bot,
    user({ id, username: name, firstName = `User ${id}`, languageCode, started = false }) {
      const account = { id, is_bot: false, first_name: firstName, username: name, language_code: languageCode };
      const person = createPerson(account, world);
      if (started) person.started();
      return person;
    },
    group: (groupProfile) => createGroup(groupProfile, world),
    channel: (channelProfile) => createChannel(channelProfile, world),
    push(content) {
      const { message, callback_query: query } = content;
      if (isRecord(query) && typeof query.id === "string") callbacks.expect({ id: query.id });
      if (isMessage(message)) chats.get(message.chat.id)?.messages.set(message.message_id, message);
      return updates.push(content);
    },
    file: (content, name) => ({ document: files.add(content, name) }),
    calls: journal.calls,
    messages: live,
    deleted: chats.deleted,
    get pending() {
      return updates.pending;
    },
    get offset() {
      return updates.offset;
    },
    commands: profile.commands,
    description: profile.description,
    ...waits,
    fail: (method, fault, { times, chat } = {}) =>
      faults.arm(method, fault, {
        ...(times !== undefined && { times }),
        ...(chat !== undefined && { chat: idOf(chat) }),
      }),
    get knowsEphemeral() {
      return ephemeral.isKnown;
    },
    set knowsEphemeral(isKnown) {
      ephemeral.isKnown = isKnown;
    },
    get privacyMode() {
      return privacy.isOn;
    },
    set privacyMode(isOn) {
      privacy.isOn = isOn;
    },
    get localFolder() {
      return files.localFolder;
    },
    set localFolder(folder) {
      files.localFolder = folder;
    },
    get webhookActive() {
      return updates.webhookActive;
    },
    set webhookActive(active) {
      updates.webhookActive = active;
    },
    closes: server.close,
    reopens: server.open,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      watch.close();
    },
  };
}
