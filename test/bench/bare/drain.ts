import { Client, credentials } from "@grpc/grpc-js";
import { TOKEN } from "../../support/binary.ts";
import { serviceOf } from "../../support/downloader/wire.ts";
import { obey } from "../world/commands.ts";
import type { Leftover } from "../world/telegram.ts";
import { createDurable, type Durability } from "./durable.ts";

/*
 * What the bot is compared with: a plain loop that hands links over and deletes their messages with the same calls, and either keeps
 * nothing or does the bot's durable work with statements that are prepared once.
 */

interface Given {
  readonly root: string;
  readonly ports: readonly number[];
  readonly links: readonly (Leftover & { readonly url: string })[];
  readonly inFlight: number;
  readonly durability: Durability;
  readonly database: string;
}

const setToQueue = serviceOf("downloader.proto", "grpc.v1.Downloader").SetToQueue;
if (setToQueue === undefined) throw new Error("downloader.proto has no SetToQueue");
const { path, requestSerialize, responseDeserialize } = setToQueue;

await obey({
  async drain({ root, ports, links, inFlight, durability, database }: Given) {
    const channels = ports.map((port) => new Client(`127.0.0.1:${port}`, credentials.createInsecure()));
    const durable = createDurable(durability, database);
    const submit = (url: string) =>
      new Promise<void>((resolve, reject) => {
        const channel = channels[Math.floor(Math.random() * channels.length)];
        const request = { link: url, user_name: "[ann]", max_quality: 10_000 };
        const deadline = Date.now() + 10_000;
        channel?.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, { deadline }, (error) =>
          error === null ? resolve() : reject(error),
        );
      });
    const remove = async ({ chatId, messageId, promptId }: Leftover) => {
      const body = JSON.stringify({ chat_id: chatId, message_ids: [messageId, promptId] });
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${root}/bot${TOKEN}/deleteMessages`, { method: "POST", headers, body });
      if (!response.ok) throw new Error(await response.text());
      await response.json();
    };
    const next = links.values();
    const worker = async () => {
      for (const link of next) {
        await durable.claim(link);
        await submit(link.url);
        await durable.deliver(link);
        await remove(link);
        await durable.deleted(link);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    durable.close();
    return durable.commits;
  },
});
