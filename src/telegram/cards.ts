import type { SendMessageParams } from "@gramio/types";
import type { Language } from "../domain/chat.ts";
import type { Link } from "../domain/link.ts";
import type { Log } from "../domain/log.ts";
import type { Store } from "../domain/storage.ts";
import { type CardSettings, type Content, card } from "./card.ts";
import type { Messenger } from "./messenger.ts";

/** The prompts of links: one living message each. None of these throws; sending goes on behind them. */
export interface Cards {
  /** Sends the prompt of a link that has none. */
  show(link: Link): void;
  /** Brings the prompt in line with the link. */
  refresh(link: Link): void;
}

export function createCards(deps: {
  messenger: Messenger;
  store: Store;
  languageOf: (chatId: number) => Language;
  settings: CardSettings;
  now: () => number;
  log: Log;
  /** Tells that deletions were planned. */
  nudgeSweeper: () => void;
}): Cards {
  const { messenger, store, settings, now, log } = deps;
  const render = (link: Link): Content => card(link, deps.languageOf(link.chatId), settings, now());

  async function show(link: Link): Promise<void> {
    let rendered: Link | undefined;
    const shown = await messenger.send(link.chatId, { priority: "prompt", key: `show ${link.id}` }, async (api) => {
      rendered = store.links.byId(link.id);
      return rendered && api.sendMessage(promptOf(rendered));
    });
    if (!shown.ok || shown.value === undefined) return;
    const promptId = shown.value.message_id;
    const current = store.links.update(link.id, { promptId });
    if (current === undefined) {
      // It left the queue while its prompt was on the way.
      store.deletions.add({ chatId: link.chatId, messageId: promptId, deleteAt: now() });
      deps.nudgeSweeper();
    } else if (!Bun.deepEquals({ ...rendered, promptId }, current)) refresh(current);
  }

  function promptOf(link: Link): SendMessageParams {
    const { text, keyboard } = render(link);
    const inGroup = link.chatId < 0;
    return {
      chat_id: link.chatId,
      text,
      link_preview_options: { is_disabled: true },
      ...(keyboard && { reply_markup: keyboard }),
      ...(link.threadId !== null && { message_thread_id: link.threadId }),
      ...(inGroup &&
        link.messageId !== null && {
          reply_parameters: { message_id: link.messageId, allow_sending_without_reply: true },
        }),
    };
  }

  async function edit(link: Link): Promise<void> {
    const { promptId, chatId } = link;
    if (promptId === null) return;
    const edited = await messenger.send(chatId, { priority: "prompt", key: `edit ${promptId}` }, (api) => {
      const { text, keyboard } = render(store.links.byId(link.id) ?? link);
      return api.editMessageText({
        chat_id: chatId,
        message_id: promptId,
        text,
        link_preview_options: { is_disabled: true },
        ...(keyboard && { reply_markup: keyboard }),
      });
    });
    if (edited.ok || edited.kind !== "gone") return;
    // Somebody deleted the prompt; the link still needs its buttons.
    const current = store.links.byId(link.id);
    if (current?.promptId !== promptId) return;
    store.links.update(link.id, { promptId: null });
    await show(current);
  }

  const refresh = (link: Link): void =>
    void edit(link).catch((error) => log.warn("Cannot refresh a prompt", { error }));

  return {
    show: (link) => void show(link).catch((error) => log.warn("Cannot show a prompt", { error })),
    refresh,
  };
}
