import { Bot } from "gramio";
import { TOKEN } from "../../support/binary.ts";

/** The part of an update that a client looks at. */
export interface Update {
  readonly message?: { readonly message_id: number; readonly text?: string; readonly chat: { readonly id: number } };
  readonly callback_query?: { readonly id: string; readonly message: NonNullable<Update["message"]> };
}

/** A client of the Bot API. */
export interface Messenger {
  call<Result>(method: string, params: object): Promise<Result>;
  /** Gets updates for ever; those that come together are handled together. */
  poll(handle: (update: Update) => Promise<unknown>): Promise<never>;
}

type Numbered = Update & { readonly update_id: number };

/** With nothing but Bun. */
export function plainMessenger(root: string): Messenger {
  async function call<Result>(method: string, params: object): Promise<Result> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${root}/bot${TOKEN}/${method}`, {
      ...{ method: "POST", headers, body: JSON.stringify(params) },
    });
    return ((await response.json()) as { result: Result }).result;
  }
  return { call, poll: (handle) => pollBy<Numbered>(call, handle) };
}

/** With the library that the bot uses: updates go through its middleware, calls through its hooks. */
export function gramioMessenger(root: string): Messenger {
  const bot = new Bot(TOKEN, { api: { baseURL: `${root}/bot` } });
  const methods = bot.api as unknown as Record<string, (params: object) => Promise<unknown>>;
  const call = async <Result>(method: string, params: object) => (await methods[method]?.(params)) as Result;
  return {
    call,
    async poll(handle) {
      bot.on("message", ({ id, text = "", chat }) => handle({ message: { message_id: id, text, chat } }));
      bot.on("callback_query", ({ id, message }) => {
        if (message === undefined) throw new Error("A press has a message");
        return handle({ callback_query: { id, message: { message_id: message.id, chat: message.chat } } });
      });
      await bot.init();
      return pollBy<Parameters<typeof bot.updates.handleUpdate>[0]>(call, (update) => bot.updates.handleUpdate(update));
    },
  };
}

async function pollBy<Got extends { readonly update_id: number }>(
  call: Messenger["call"],
  handle: (update: Got) => Promise<unknown>,
): Promise<never> {
  for (let offset = 0; ; ) {
    const updates = await call<readonly Got[]>("getUpdates", { offset, timeout: 30 });
    await Promise.all(updates.map(handle));
    offset = (updates.at(-1)?.update_id ?? offset - 1) + 1;
  }
}
