import { Client, credentials } from "@grpc/grpc-js";
import { serviceOf, type Task } from "../../support/downloader/wire.ts";
import { obey } from "../world/commands.ts";
import { gramioMessenger, plainMessenger, type Update } from "./messenger.ts";
import { drizzleStoring, plainStoring, type Storing } from "./storing.ts";

/*
 * What the whole life of a link is compared with: a client that answers messages and presses, hands links over, asks what has become of
 * them and deletes messages, as often as the bot does and with as many commits. It keeps what it has to know in memory.
 */

/**
 * `plain`: with nothing but Bun; each commit has a single statement. `libraries`: with the bot's libraries, and as many statements as it
 * runs.
 */
export type Means = "plain" | "libraries";

export interface LifeGiven {
  readonly means: Means;
  readonly root: string;
  readonly ports: readonly number[];
  /** The database for its commits; one of the bot's, if they are made with its libraries. */
  readonly database: string;
  /** `dispatch.interval`, at which the bot asks for the queues of downloaders. */
  readonly tickMs: number;
  /** What the bot did for a link, lists included. */
  readonly perLink: { readonly commits: number; readonly calls: number; readonly statements: number };
}

/** A link, the person's message with it, and those of ours. */
interface Known {
  readonly url: string;
  readonly chatId: number;
  readonly ids: number[];
  isDone: boolean;
}

/** Two messages, two answers to presses, one deletion; the calls that the bot makes beyond that are edits here. */
const OWN_CALLS = 5;
const keyboard = (...texts: readonly string[]) => ({
  reply_markup: { inline_keyboard: texts.map((text) => [{ text, callback_data: text }]) },
});
const PROMPT = keyboard("Now", "Tonight", "Best quality", "Other time", "More", "Remove");
const NEWS = keyboard("OK", "Send again");

const service = serviceOf("downloader.proto", "grpc.v1.Downloader");
let storing: Storing | undefined;

await obey({
  serve: ({ means, root, ports, database, tickMs, perLink }: LifeGiven) => {
    const { call, poll } = means === "plain" ? plainMessenger(root) : gramioMessenger(root);
    const stored = means === "plain" ? plainStoring(database) : drizzleStoring(database);
    storing = stored;
    const channels = ports.map((port) => new Client(`127.0.0.1:${port}`, credentials.createInsecure()));
    const open = channels.map(() => new Map<string, Known>());
    const byMessage = new Map<string, Known>();
    let owedCalls = 0;
    let calls = 0;

    function ask(at: number, method: "SetToQueue" | "Queue", request: object): Promise<readonly Task[]> {
      const { path: name, requestSerialize, responseDeserialize } = service[method] ?? {};
      if (name === undefined || requestSerialize === undefined || responseDeserialize === undefined)
        throw new Error(`downloader.proto has no ${method}`);
      return new Promise((resolve, reject) => {
        const done = (error: Error | null, reply?: { tasks: readonly Task[] }) =>
          error === null ? resolve(reply?.tasks ?? []) : reject(error);
        const deadline = Date.now() + 10_000;
        channels[at]?.makeUnaryRequest(name, requestSerialize, responseDeserialize, request, { deadline }, done);
      });
    }

    async function send(one: Known, text: string, markup: object): Promise<number> {
      const { message_id } = await call<{ message_id: number }>("sendMessage", {
        ...{ chat_id: one.chatId, text, ...markup },
      });
      one.ids.push(message_id);
      byMessage.set(`${one.chatId} ${message_id}`, one);
      return message_id;
    }

    async function taken({
      message_id,
      text = "",
      chat: { id: chatId },
    }: NonNullable<Update["message"]>): Promise<void> {
      if (text.startsWith("/")) return void (await call("sendMessage", { chat_id: chatId, text: "Nothing." }));
      const one: Known = { url: text, chatId, ids: [message_id], isDone: false };
      stored.store(one, perLink);
      const prompt = await send(one, `${text}\nGoes in a minute`, PROMPT);
      for (owedCalls += Math.max(0, perLink.calls - OWN_CALLS); owedCalls >= 1; owedCalls -= 1) {
        calls += 1;
        await call("editMessageText", { chat_id: chatId, message_id: prompt, text: `${text}\n${calls}`, ...PROMPT });
      }
    }

    async function pressed({
      id,
      message: { chat, message_id },
    }: NonNullable<Update["callback_query"]>): Promise<void> {
      await call("answerCallbackQuery", { callback_query_id: id });
      const one = byMessage.get(`${chat.id} ${message_id}`);
      if (one === undefined) return;
      byMessage.delete(`${chat.id} ${message_id}`);
      if (one.isDone) return void (await call("deleteMessages", { chat_id: chat.id, message_ids: one.ids }));
      const at = Math.floor(Math.random() * channels.length);
      await ask(at, "SetToQueue", { link: one.url, user_name: "[ann]", max_quality: 10_000 });
      open[at]?.set(one.url, one);
    }

    async function look(at: number): Promise<void> {
      const links = open[at];
      if (links === undefined || links.size === 0) return;
      for (const { link, status } of await ask(at, "Queue", {})) {
        const one = status === "DONE" ? links.get(link) : undefined;
        if (one === undefined) continue;
        links.delete(link);
        one.isDone = true;
        void send(one, `${link} is done`, NEWS);
      }
    }

    void poll(async ({ message, callback_query }) => {
      if (message !== undefined) await taken(message);
      if (callback_query !== undefined) await pressed(callback_query);
    });
    setInterval(() => channels.forEach((_, at) => void look(at)), tickMs);
  },
  commits: () => storing?.commits ?? 0,
});
