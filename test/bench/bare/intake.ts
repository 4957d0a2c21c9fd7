import { TOKEN } from "../../support/binary.ts";
import { obey } from "../world/commands.ts";

/*
 * What the bot's intake is compared with: a client that polls, sends the same message to whoever wrote, and stores nothing.
 */

interface Given {
  readonly root: string;
  /** What the bot sends in the same case. */
  readonly prompt: Readonly<Record<string, unknown>>;
}

interface Polled {
  readonly update_id: number;
  readonly message?: { readonly chat: { readonly id: number } };
}

await obey({
  async serve({ root, prompt }: Given) {
    const call = async (method: string, params: object): Promise<unknown> => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify(params);
      const response = await fetch(`${root}/bot${TOKEN}/${method}`, { method: "POST", headers, body });
      return ((await response.json()) as { result: unknown }).result;
    };
    const serve = async (): Promise<never> => {
      for (let offset = 0; ; ) {
        const updates = (await call("getUpdates", { offset, timeout: 30 })) as readonly Polled[];
        await Promise.all(
          updates.map(({ message }) =>
            message === undefined ? undefined : call("sendMessage", { ...prompt, chat_id: message.chat.id }),
          ),
        );
        offset = (updates.at(-1)?.update_id ?? offset - 1) + 1;
      }
    };
    void serve();
  },
});
