import type { Log } from "../domain/log.ts";
import type { ChatMigration } from "../service/chats/migration.ts";
import type { MessageRetention } from "../service/cleanup/message-retention.ts";
import type { Preferences } from "../service/preferences.ts";
import type { LinkPrompts } from "../service/queue/prompts.ts";
import type { Queue } from "../service/queue.ts";
import type { Api } from "./api.ts";
import type { CardSettings } from "./card/choices.ts";
import { type Cards, createCards } from "./cards.ts";
import { type ChatLife, createChatLife } from "./chat-life.ts";
import { createMessenger, type Messenger } from "./messenger.ts";
import { createNotices, type Notices } from "./notices.ts";
import { wait } from "./pace.ts";
import { createReactions } from "./reactions.ts";
import { createSpeaker, type Speaker } from "./speaker.ts";

/** What the bot says to chats, and what it learns of them by saying it. */
export interface Outgoing {
  readonly messenger: Messenger;
  readonly speaker: Speaker;
  readonly cards: Cards;
  readonly notices: Notices;
  readonly chatLife: ChatLife;
}

export function createOutgoing(deps: {
  api: Api;
  settings: CardSettings;
  retention: MessageRetention;
  prompts: LinkPrompts;
  queue: Pick<Queue, "ofMessage">;
  migration: ChatMigration;
  preferences: Preferences;
  now: () => number;
  random: () => number;
  log: Log;
}): Outgoing {
  const { preferences, queue } = deps;
  const messenger = createMessenger({
    ...deps,
    wait,
    onBlocked: (chatId) => chatLife.blocked(chatId),
    onMigrated: (from, to) => chatLife.moved(from, to),
  });
  const speaker = createSpeaker({
    ...deps,
    messenger,
    isBlocked: preferences.isBlocked,
  });
  const languageOf = (chatId: number) => preferences.language(chatId);
  const cards = createCards({ ...deps, messenger, languageOf });
  const reactions = createReactions({ messenger, queue });
  const notices = createNotices({ speaker, reactions, styleOf: preferences.notices, languageOf });
  const chatLife = createChatLife({ ...deps, showMissing: cards.showMissing });
  return { messenger, speaker, cards, notices, chatLife };
}
