import type { SendMessageParams } from "@gramio/types";
import type { Language } from "../../domain/chat.ts";
import type { Link } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import type { LinkPrompts } from "../../service/queue/prompts.ts";
import { type Content, contentParams } from "../context/content.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { prompt } from "../views/prompt.ts";
import type { PromptSettings } from "../views/prompt-buttons.ts";
import { createOneByOne } from "./one-by-one.ts";

/** The prompts of links: one living message each. None of these throws; sending goes on behind them. */
export interface Prompts {
  /** Sends the prompt of a link that has none. */
  show(link: Link): void;
  /** Sends the prompts that a chat lacks: it could not be written to, or has become another chat. */
  showMissing(chatId: number): void;
  /**
   * Sends the prompts that a crash, a full queue of messages or an unusable database has swallowed, and gives those that the
   * Go version has sent the bot's own words and buttons.
   */
  showUnprompted(): void;
  /** Brings the prompt in line with the link. */
  refresh(link: Link): void;
  /** The same for what nobody has just asked for, which may be thousands of links: behind what people wait for. */
  refreshInTurn(link: Link): void;
  /** Puts new prompts in place of those that could soon not be deleted any more. */
  renew(): void;
}

export function createPrompts(deps: {
  outbox: Outbox;
  linkPrompts: LinkPrompts;
  languageOf: (chatId: number) => Language;
  settings: PromptSettings;
  log: Log;
}): Prompts {
  const { outbox, linkPrompts, settings, log } = deps;
  const render = (link: Link): Content => prompt(link, deps.languageOf(link.chatId), settings);

  /** `replaces`: the prompt that it has and is to lose. */
  async function show(link: Link, { replaces = null as number | null } = {}): Promise<void> {
    let rendered: Link | undefined;
    const shown = await outbox.send(link.chatId, { priority: "prompt", key: `show ${link.id}` }, async (api) => {
      rendered = linkPrompts.current(link.id);
      if (rendered === undefined || rendered.promptId !== replaces) return undefined;
      return api.sendMessage(promptOf(rendered));
    });
    if (!shown.ok || shown.value === undefined) return;
    const prompt = { promptId: shown.value.message_id, promptedAt: shown.value.date * 1000 };
    linkPrompts.attach(link, prompt, (current) => {
      if (!Bun.deepEquals({ ...rendered, ...prompt }, current)) refresh(current);
    });
  }

  function promptOf(link: Link): SendMessageParams {
    const inGroup = link.chatId < 0;
    return {
      chat_id: link.chatId,
      ...contentParams(render(link)),
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
    const edited = await outbox.send(chatId, { priority: "prompt", key: `edit ${promptId}` }, async (api) => {
      const current = linkPrompts.current(link.id);
      // It has left the queue, and its prompt is about to go.
      if (current === undefined) return undefined;
      return api.editMessageText({ chat_id: chatId, message_id: promptId, ...contentParams(render(current)) });
    });
    if (edited.ok && link.promptedAt === null) takeOver(link, edited.value);
    if (edited.ok || edited.kind !== "gone") return;
    // Somebody deleted the prompt; the link still needs its buttons.
    const current = linkPrompts.detach(link.id, promptId);
    if (current !== undefined) await show(current);
  }

  /** A prompt of the Go version has the bot's own buttons from now on. */
  function takeOver(link: Link, edited: unknown): void {
    const date = typeof edited === "object" && edited !== null && "edit_date" in edited ? edited.edit_date : undefined;
    if (link.promptId === null || typeof date !== "number") return;
    linkPrompts.attach(link, { promptId: link.promptId, promptedAt: date * 1000 }, () => {});
  }

  function renew(): void {
    for (const link of linkPrompts.ageing()) {
      // The old one is the link's as long as there is no new one: a crash, or a chat that is blocked, must not cost its buttons.
      sent(show(link, { replaces: link.promptId }));
    }
  }

  const warn = (error: unknown) => log.warn("Cannot bring a prompt up to date", { error });
  const sent = (sending: Promise<void>): void => void sending.catch(warn);
  const quietly = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      warn(error);
    }
  };
  const refresh = (link: Link): void => sent(edit(link));
  const inTurn = createOneByOne(async (linkId) => {
    try {
      const link = linkPrompts.current(linkId);
      if (link !== undefined) await edit(link);
    } catch (error) {
      warn(error);
    }
  });

  return {
    show: (link) => sent(show(link)),
    showMissing: (chatId) =>
      quietly(() => {
        for (const link of linkPrompts.missingOf(chatId)) sent(show(link));
      }),
    showUnprompted: () =>
      quietly(() => {
        for (const link of linkPrompts.missed()) sent(show(link));
        for (const link of linkPrompts.inherited()) refresh(link);
      }),
    refresh,
    refreshInTurn: ({ chatId, id }) => inTurn.add(chatId, id),
    renew: () => quietly(renew),
  };
}
