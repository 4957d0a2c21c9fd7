import { texts } from "../../src/telegram/locales/locales.ts";
import { USERS } from "../support/binary.ts";
import type { Group } from "../support/bot-api/groups.ts";
import type { LiveMessage } from "../support/bot-api/message.ts";
import type { Person } from "../support/bot-api/people.ts";
import type { BotApi } from "../support/bot-api.ts";
import { type History, linkOf, linksIn, type Removal, type Sent } from "./history.ts";
import type { Happening } from "./plan.ts";

const GROUP = -500;
/** Presses with a number from this on, about half of them, remove or undo. */
const REMOVES_FROM = 6;

/** Three people in private chats, and one in a group. */
export interface Guests {
  readonly chats: readonly number[];
  readonly sent: readonly Sent[];
  /** Links removed by their owners, as `chat link`. */
  readonly removed: ReadonlySet<string>;
  readonly removals: readonly Removal[];
  readonly undone: History["undone"];
  /** Does what people do; ignores other happenings. */
  act(happening: Happening): void;
  /** The links that should end up with a downloader. */
  wanted(): string[];
  /** Whether all messages are gone whose links were all new to the chat. */
  areFirstMessagesGone(): boolean;
}

export function createGuests(api: BotApi, seed: number): Guests {
  const group = api.group({ id: GROUP, title: "Films" });
  const chats = USERS.map((id, nth): { id: number; person: Person; where: { in?: Group } } => {
    const person = api.user({ id, languageCode: "en" });
    return nth === USERS.length - 1 ? { id: GROUP, person, where: { in: group } } : { id, person, where: {} };
  });
  const sent: Sent[] = [];
  const removed = new Set<string>();
  const removals: Removal[] = [];
  const undone: History["undone"][number][] = [];
  const chatAt = (nth: number) => {
    const chat = chats[nth];
    if (chat === undefined) throw new Error(`There is no chat ${nth}`);
    return chat;
  };
  // A cancelled download would count as lost, so those buttons are not pressed.
  const isPrompt = ({ byBot, buttons, text }: LiveMessage) =>
    byBot && buttons.length > 0 && !text.startsWith("In progress");
  const prompts = (chatId: number) => api.messages(chatId).filter(isPrompt);

  function send({ chat, links: numbers }: Extract<Happening, { do: "send" }>): void {
    const { id, person, where } = chatAt(chat);
    const links = [...new Set(numbers)].map((number) => linkOf(seed, number));
    const known = new Set(sent.filter(({ chatId }) => chatId === id).flatMap((message) => message.links));
    const { message_id: messageId } = person.sends(links.join("\n"), where);
    sent.push({ chatId: id, messageId, links, fresh: links.filter((link) => !known.has(link)), at: Date.now() });
  }

  /** A press on a prompt of the chat; a foreign one sends the data of another chat's button. */
  function press({ chat, nth, isForeign }: Extract<Happening, { do: "press" }>): void {
    const { id, person, where } = chatAt(chat);
    const [own] = prompts(id).slice(-1);
    const others = chats.filter((other) => other.id !== id).flatMap((other) => prompts(other.id));
    const prompt = isForeign ? others.at(-1) : own;
    if (own === undefined || prompt === undefined) return;
    const buttons = prompt.buttons.flat().filter(({ callback_data }) => callback_data !== undefined);
    // Among all buttons of a prompt, those that remove the link would hardly ever be drawn.
    const removes =
      nth >= REMOVES_FROM && !isForeign ? buttons.find(({ text }) => /remove|undo/i.test(text)) : undefined;
    const button = removes ?? buttons[nth % buttons.length];
    if (button?.callback_data === undefined) return;
    const links = linksOf(prompt);
    const pressedAt = Date.now();
    const isRemoval = !isForeign && /remove/i.test(button.text);
    // It would also remove links of other pages, which cannot be read here.
    if (isRemoval && buttons.some(({ text }) => /^Page \d/.test(text))) return;
    if (isRemoval) for (const link of links) removed.add(`${id} ${link}`);
    if (/undo/i.test(button.text)) undone.push(...links.map((link) => ({ chatId: id, link, at: pressedAt })));
    person.presses(own.id, button.callback_data, { ...where, forged: isForeign }).then(
      ({ text }) => {
        if (!isRemoval || text !== texts.en.pressed.removed) return;
        const answeredAt = Date.now();
        removals.push(...links.map((link) => ({ chatId: id, link, pressedAt, answeredAt })));
      },
      () => undefined,
    );
  }

  return {
    chats: chats.map(({ id }) => id),
    sent,
    removed,
    removals,
    undone,
    act(happening) {
      if (happening.do === "send") send(happening);
      if (happening.do === "press") press(happening);
    },
    wanted: () => sent.flatMap(({ chatId, links }) => links.filter((link) => !removed.has(`${chatId} ${link}`))),
    areFirstMessagesGone: () =>
      sent
        .filter(({ links, fresh }) => fresh.length === links.length)
        .every(({ chatId, messageId }) => api.messages(chatId).every(({ id }) => id !== messageId)),
  };
}

function linksOf({ text, entities, buttons }: LiveMessage): string[] {
  return linksIn(JSON.stringify([text, entities, buttons]));
}
