import { parseSendTime } from "../../domain/calendar.ts";
import type { Language } from "../../domain/chat.ts";
import type { LinkChange } from "../../domain/link.ts";
import { parseOfferedQuality } from "../../domain/quality.ts";
import type { Actor } from "../../domain/role.ts";
import type { Changed, Queue } from "../../service/queue/queue.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Texts } from "../locales/locales.ts";
import { nameOfCode, type PROMPT_ACTIONS } from "../views/callback-data.ts";
import { openingFacts } from "../views/opening.ts";
import type { PromptSettings } from "../views/prompt-buttons.ts";

/** What a button under a prompt does, or a time that somebody types. */
export type PromptAction = (typeof PROMPT_ACTIONS)[number] | "typed";

/** What a press does to each of its links, and what is said afterwards. */
export interface PromptChange {
  readonly make: (queue: Queue, actor: Actor, linkId: number) => Changed;
  readonly words: string;
}

/**
 * The answer to a press on *now*, or on another time; `done` if it is as they wish. A link that no server takes now does not go, and one
 * whose servers are all shut goes when the first of them opens.
 */
export function timeWords(
  changed: readonly Changed[],
  { downloaders }: Pick<PromptSettings, "downloaders">,
  { context, done }: { context: Pick<ChatContext, "texts" | "language" | "calendar">; done: string },
): string {
  const { prompt, pressed } = context.texts;
  const links = changed.flatMap((one) => (one.kind === "changed" ? [one.link] : []));
  const standings = links.map(downloaders.standing);
  const openings = standings.flatMap((one) => (typeof one === "object" ? one : []));
  const [first] = openings.toSorted((one, other) => one.from - other.from);
  if (first !== undefined && openings.length === links.length)
    return prompt.pressed.opens(openingFacts(first, context));
  const areDue = links.every(({ sendAt }) => sendAt <= context.calendar.now());
  const areStuck = links.length > 0 && areDue && !standings.includes("taken");
  return areStuck ? pressed.waits : done;
}

/** Undefined for a choice that is not offered (any more). */
export function changeOf(
  { action, choice }: { readonly action: PromptAction; readonly choice: string },
  { settings, texts, language }: { settings: PromptSettings; texts: Texts; language: Language },
): PromptChange | undefined {
  switch (action) {
    case "remove":
      return { make: (queue, actor, id) => queue.remove(actor, id), words: texts.pressed.removed };
    case "undo":
      return { make: (queue, actor, id) => queue.undo(actor, id), words: texts.prompt.pressed.undone };
    case "now":
      return { make: (queue, actor, id) => queue.sendNow(actor, id), words: texts.pressed.now };
    default: {
      const change = chosen(action, choice, settings);
      if (change === undefined) return undefined;
      const { sendAt } = change;
      const words =
        sendAt === undefined
          ? texts.pressed.changed
          : texts.prompt.pressed.waits(settings.calendar.format(sendAt, language));
      return { make: (queue, actor, id) => queue.change(actor, id, change), words };
    }
  }
}

function chosen(action: PromptAction, choice: string, settings: PromptSettings): LinkChange | undefined {
  if (action === "quality") {
    const quality = parseOfferedQuality(choice, settings.qualities);
    return quality === undefined ? undefined : { quality };
  }
  if (action === "time") {
    const time = parseSendTime(choice);
    return time && { sendAt: settings.calendar.instantOf(time) };
  }
  if (action === "typed") {
    const sendAt = settings.calendar.read(choice);
    return sendAt === undefined ? undefined : { sendAt };
  }
  if (action === "server") {
    if (choice === "-") return { downloader: null };
    const downloader = nameOfCode(settings.downloaders.all(), choice);
    return downloader === undefined ? undefined : { downloader };
  }
  if (action !== "folder") return undefined;
  const folder = nameOfCode(settings.folders, choice);
  return folder === undefined ? undefined : { folder };
}
