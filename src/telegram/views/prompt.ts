import type { SendMessageParams } from "@gramio/types";
import { bold, type FormattableString, format, join } from "gramio";
import type { Batch } from "../../domain/batch.ts";
import type { Calendar } from "../../domain/calendar.ts";
import type { Language } from "../../domain/chat.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import { oneLine } from "../../domain/text.ts";
import type { Content } from "../context/content.ts";
import { type Texts, texts } from "../locales/locales.ts";
import { keyboardOf } from "./keyboard.ts";
import { namedLink } from "./link-name.ts";
import { isLinkable } from "./link-text.ts";
import { openingFacts } from "./opening.ts";
import { cutPage } from "./pagination.ts";
import { buttonsOf, type DownloaderChoices, type PromptSettings } from "./prompt-buttons.ts";
import { CLOSED, type Panel } from "./prompt-panel.ts";

/** Bot API: 4,096 characters and 100 entities; each link is one. */
const LINKS_PER_PAGE = 10;
const LONGEST_CHOICE = 24;

/** What the text about a link's state depends on. */
export interface StateReader {
  readonly texts: Texts;
  readonly language: Language;
  readonly calendar: Calendar;
  readonly downloaders: Pick<DownloaderChoices, "standing">;
  /** See `Batch`; left out if that was not looked up. */
  readonly cameAt?: Batch["cameAt"];
}

/** One line about a link's state. */
export function stateLine(link: Link, of: StateReader): string {
  const { prompt } = of.texts;
  if (link.state === "removed") return prompt.removed;
  if (link.state === "asking") {
    const cameAt = of.cameAt?.get(link.key);
    return prompt.again(cameAt === undefined ? undefined : of.calendar.format(cameAt, of.language));
  }
  if (link.state === "sending") return prompt.sending;
  if (link.state === "uncertain") return prompt.uncertain;
  const isDue = link.state === "queued" && link.sendAt <= of.calendar.now();
  // A link that no server takes is not said to be on its way: the dispatcher finds that out a moment later.
  const standing = link.state === "queued" || link.state === "unmatched" ? of.downloaders.standing(link) : "taken";
  const opens = typeof standing === "object" ? openingFacts(standing, of) : undefined;
  // Once it starts again with its first attempt, earlier trouble no longer matters.
  const trouble = link.attempts === 0 ? null : link.lastError;
  if (opens !== undefined && trouble === null) return prompt.opens(opens);
  if (opens === undefined && (isDue || link.state === "unmatched")) {
    if (standing === "paused") return prompt.paused;
    if (standing === "nobody" || link.state === "unmatched") return prompt.unmatched;
  }
  if (link.state === "unreachable") return prompt.unreachable(link.lastError);
  if (link.state === "failed") return prompt.failed(link.attempts, link.lastError);
  const at = opens?.at ?? of.calendar.format(link.sendAt, of.language);
  if (isDue && opens === undefined) return prompt.goingOut;
  return trouble === null ? prompt.waiting(at) : prompt.retry(link.attempts, trouble, at);
}

/** A link of a batch with its number in it: it waits here, or was handed over. */
type Entry = { readonly n: number; readonly id: number } & ({ readonly link: Link } | { readonly sent: Delivery });

interface Reader {
  readonly language: Language;
  readonly settings: PromptSettings;
}

/**
 * The prompt of a batch: the state of its links, and the buttons of the open panel (rule 6), with the chosen ones marked. While a link is
 * being handed over its buttons stay, so that the message does not jump, and answer that it is already being sent.
 */
export function prompt(batch: Batch, wanted: Panel, { language, settings }: Reader): Content {
  const words = texts[language];
  const all = entriesOf(batch);
  const picked = batch.links.find(({ id }) => id === wanted.linkId);
  const targets = picked === undefined ? batch.links : [picked];
  const panel = panelFor(wanted, { picked, targets });
  const { shown, page, pages } = cutPage(all, { wanted: panel.page, size: LINKS_PER_PAGE });
  const keyboard = keyboardOf(
    buttonsOf({
      batchId: batch.id,
      lastId: Math.max(...all.map(({ id }) => id)),
      panel: { ...panel, page },
      targets,
      entries: shown.flatMap((entry) => ("link" in entry ? entry : [])),
      pages,
      isList: all.length > 1,
      words,
      settings,
    }),
  );
  const alone = picked ?? (all.length === 1 ? batch.links[0] : undefined);
  const one = alone && single(alone, { language, settings, cameAt: batch.cameAt });
  const n = all.findIndex(({ id }) => id === alone?.id) + 1;
  const text =
    one === undefined
      ? list(batch, shown, { language, settings })
      : all.length === 1
        ? one
        : format`${words.panels.one(n, all.length)}\n${one}`;
  return {
    text: panel.open === "more" ? format`${text}\n\n${words.panels.typeTime}` : text,
    keyboard,
    preview: alone !== undefined && isLinkable(alone.url) ? alone.url : undefined,
  };
}

/** Where it is sent: into the topic of its links, and in a group as an answer to their message. */
export function promptPlace({
  chatId,
  threadId,
  messageId,
}: Batch): Pick<SendMessageParams, "chat_id" | "message_thread_id" | "reply_parameters"> {
  const answers = chatId < 0 && messageId !== null;
  return {
    chat_id: chatId,
    ...(threadId !== null && { message_thread_id: threadId }),
    ...(answers && { reply_parameters: { message_id: messageId, allow_sending_without_reply: true } }),
  };
}

/** The panel that can be shown: the link that it was about may have left the queue, and a removed one can only be brought back. */
function panelFor(wanted: Panel, of: { picked: Link | undefined; targets: readonly Link[] }): Panel {
  if (wanted.linkId !== null && of.picked === undefined) return { ...CLOSED, page: wanted.page };
  return of.targets.every(({ state }) => state === "removed") ? { ...wanted, open: "closed" } : wanted;
}

/** What a prompt that is too old to be deleted finally says, without buttons. */
export function endedPrompt(
  { sent, waits }: Pick<Batch, "sent"> & { readonly waits: boolean },
  language: Language,
): Content {
  const { panels } = texts[language];
  const shown = cutPage(sent, { wanted: 0, size: LINKS_PER_PAGE }).shown;
  const lines: (FormattableString | string)[] = shown.map(
    (delivery) => format`${namedLink(delivery)}\n${panels.sent(delivery.downloader)}`,
  );
  if (waits) lines.push(panels.continued);
  if (lines.length === 0) lines.push(panels.over);
  return { text: join(lines, (line) => line, "\n") };
}

/** The line about its state says that itself, or nothing of the kind matters any more. */
const isSaid = ({ state }: Link) => state === "asking" || state === "removed";

/** That the link is not new, if there is no trouble to report. */
function cameBefore(link: Link, { language, settings, cameAt }: Reader & Pick<Batch, "cameAt">): string[] {
  const at = cameAt.get(link.key);
  if (at === undefined || link.lastError !== null || isSaid(link)) return [];
  return [texts[language].done.before(settings.calendar.format(at, language))];
}

function single(link: Link, reader: Reader & Pick<Batch, "cameAt">): FormattableString {
  const { language, settings, cameAt } = reader;
  const words = texts[language];
  const state = stateLine(link, { texts: words, language, cameAt, ...settings });
  const shown = format`${namedLink(link)}\n${[state, ...cameBefore(link, reader)].join("\n")}`;
  return link.state === "removed" ? shown : format`${shown}\n${words.prompt.details(link)}`;
}

function list(batch: Batch, shown: readonly Entry[], { language, settings }: Reader): FormattableString {
  const words = texts[language];
  const waiting = batch.links.filter(({ state }) => state !== "removed");
  const choices = new Set(waiting.map((link) => choicesOf(link, words)));
  const [common] = choices.size === 1 ? choices : [];
  const lines = shown.map((entry) => {
    if ("sent" in entry)
      return format`${entry.n}. ${namedLink(entry.sent)}\n${words.panels.sent(entry.sent.downloader)}`;
    const { link, n } = entry;
    const state = stateLine(link, { texts: words, language, cameAt: batch.cameAt, ...settings });
    const own = common === undefined && link.state !== "removed" ? ` · ${choicesOf(link, words)}` : "";
    const before = cameBefore(link, { language, settings, cameAt: batch.cameAt }).map((said) => ` · ${said}`);
    return format`${n}. ${namedLink(link)}\n${state}${own}${before.join("")}`;
  });
  const title = bold(words.panels.several(batch.links.length + batch.sent.length));
  const heading = common === undefined ? format`${title}` : format`${title}\n${common}`;
  return format`${heading}\n\n${join(lines, (line) => line, "\n")}`;
}

function choicesOf({ quality, folder, downloader }: Link, words: Texts): string {
  const short = (name: string | null) => (name === null ? null : oneLine(name, LONGEST_CHOICE));
  return words.prompt.details({ quality, folder: short(folder), downloader: short(downloader) });
}

/** All links of a batch in the order in which they came. */
function entriesOf({ links, sent }: Batch): Entry[] {
  return [
    ...sent.map((delivery) => ({ id: delivery.linkId, sent: delivery })),
    ...links.map((link) => ({ id: link.id, link })),
  ]
    .sort((one, other) => one.id - other.id)
    .map((entry, index) => ({ ...entry, n: index + 1 }));
}
