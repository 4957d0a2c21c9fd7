import { TOKEN } from "../../support/binary.ts";
import { isMessage, type Message } from "../../support/bot-api/message.ts";
import type { Person } from "../../support/bot-api/people.ts";
import { startBotApi } from "../../support/bot-api.ts";
import { obey } from "./commands.ts";

/*
 * The fake Bot API and the people who use it, as a separate process.
 */

/** Messages that an earlier run of the bot has left: a person's, and the prompt for it. */
export interface Leftover {
  readonly chatId: number;
  readonly messageId: number;
  readonly promptId: number;
}

/** What the bot has asked for so far. */
export interface TelegramCounts {
  readonly calls: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly deleted: number;
}

/** A count to wait for: successful calls of a method, or (`deleted`) messages that are gone. */
export interface Wanted {
  readonly what: string;
  readonly count: number;
}

const AT_ONCE = 32;
const people = new Map<number, Person>();
const done = new Map<string, number>();
const calls = new Map<string, number>();
const refused = new Map<string, number>();
const waiting = new Set<Wanted & { resolve(at: number): void }>();
/** Texts of buttons: of a new message, the first of these is pressed. */
let pressing: readonly string[] = [];
/** When the bot was given each press, by its id and by `performance.now()`; and how long it took to answer each, in ms. */
const given = new Map<string, number>();
const answers: number[] = [];

const api = startBotApi({
  token: TOKEN,
  onCall({ method, params, response }) {
    count(calls, method);
    time(method, params, response?.body);
    if (response?.status !== 200) {
      const { description = "no answer" } = (response?.body ?? {}) as { description?: string };
      return count(refused, `${method}: ${description}`);
    }
    count(done, method);
    done.set("deleted", api.deleted.length);
    const sent = method === "sendMessage" ? (response.body as { result: unknown }).result : undefined;
    // After the answer that names the message has been sent.
    if (isMessage(sent)) setImmediate(() => press(sent));
    for (const one of waiting) {
      if ((done.get(one.what) ?? 0) < one.count) continue;
      waiting.delete(one);
      one.resolve(Date.now());
    }
  },
});

function time(method: string, { callback_query_id: answered }: Readonly<Record<string, unknown>>, body: unknown): void {
  const at = performance.now();
  if (method === "getUpdates") {
    const { result = [] } = (body ?? {}) as {
      result?: readonly { readonly callback_query?: { readonly id: string } }[];
    };
    for (const { callback_query: pressed } of result) if (pressed !== undefined) given.set(pressed.id, at);
  }
  const since = typeof answered === "string" ? given.get(answered) : undefined;
  if (method === "answerCallbackQuery" && since !== undefined) answers.push(at - since);
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function press({ chat, message_id, reply_markup }: Message): void {
  const buttons = reply_markup?.inline_keyboard.flat() ?? [];
  const [first] = pressing.flatMap((wanted) => buttons.filter(({ text }) => text.includes(wanted)));
  if (first?.callback_data === undefined) return;
  void people
    .get(chat.id)
    ?.presses(message_id, first.callback_data)
    .then(() => count(done, "pressed"));
}

async function call(method: string, params: object): Promise<unknown> {
  const body = JSON.stringify(params);
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${api.root}/bot${TOKEN}/${method}`, { method: "POST", headers, body });
  return ((await response.json()) as { result: unknown }).result;
}

/** As after an earlier run: people wrote and were answered, and Telegram knows that the bot has their messages. */
async function leave({ first, chats, each }: { first: number; chats: number; each: number }): Promise<Leftover[]> {
  const left: Leftover[] = [];
  const work = Array.from({ length: chats * each }, (_, index) => index).values();
  const worker = async () => {
    for (const index of work) {
      const chatId = first + (index % chats);
      const { message_id: messageId } = personOf(chatId).sends(`link ${index}`);
      const prompt = await call("sendMessage", { chat_id: chatId, text: `prompt ${index}` });
      if (isMessage(prompt)) left.push({ chatId, messageId, promptId: prompt.message_id });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await call("getUpdates", { offset: (api.pending.at(-1)?.update_id ?? 0) + 1, timeout: 0 });
  for (const counts of [calls, done]) counts.clear();
  return left;
}

function personOf(id: number): Person {
  const known = people.get(id) ?? api.user({ id, languageCode: "en", started: true });
  people.set(id, known);
  return known;
}

await obey({
  where: () => ({ root: api.root }),
  leave,
  people({ first, count: many }: { first: number; count: number }) {
    for (let id = first; id < first + many; id += 1) personOf(id);
  },
  /** All of them at once; when the first one was written. */
  send({ messages }: { messages: readonly (readonly [chatId: number, text: string])[] }) {
    const at = Date.now();
    for (const [chatId, text] of messages) personOf(chatId).sends(text);
    return at;
  },
  press({ buttons }: { buttons: readonly string[] }) {
    pressing = buttons;
  },
  reached({ what, count: many }: Wanted) {
    const { promise, resolve } = Promise.withResolvers<number>();
    if ((done.get(what) ?? 0) >= many) resolve(Date.now());
    else waiting.add({ what, count: many, resolve });
    return promise;
  },
  /** How long each press waited for its answer, in ms. */
  answers: () => answers,
  /** The parameters of the latest call of a method. */
  latest: ({ method }: { method: string }) => api.calls.findLast((one) => one.method === method)?.params,
  async closes() {
    await api.closes();
  },
  counts: (): TelegramCounts => ({
    calls: Object.fromEntries(calls),
    refused: Object.fromEntries(refused),
    deleted: api.deleted.length,
  }),
});
