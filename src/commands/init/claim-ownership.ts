import { setTimeout as sleep } from "node:timers/promises";
import { foreign, plain } from "../../domain/text.ts";
import { describeApiError, kindOfApiError } from "../../telegram/api/api-error.ts";
import type { Api } from "../../telegram/api/bot-api.ts";
import type { CommandWords } from "../../words/words.ts";
import { EXIT, ExitWith } from "../exit.ts";
import type { Terminal } from "./terminal.ts";

const POLL_S = 25;
const RETRY_MS = 2_000;

interface Claim {
  readonly api: Api;
  readonly terminal: Terminal;
  readonly words: CommandWords["init"];
}

/**
 * Waits until somebody writes to the bot in private and confirms at the terminal that it was them; resolves with that id. The message
 * stays unconfirmed, so that the bot answers it when it starts. Throws `ExitWith`.
 */
export async function claimOwnership(of: Claim): Promise<number> {
  const { terminal, words } = of;
  const asked = new Set<number>();
  let offset = 0;
  for (;;) {
    for (const { update_id: id, message } of await poll(of, offset)) {
      const person = message?.from;
      if (person !== undefined && message?.chat.type === "private" && !person.is_bot && !asked.has(person.id)) {
        asked.add(person.id);
        const name = [person.first_name, person.last_name].filter(Boolean).join(" ").replace(/\s+/g, " ");
        const who = foreign(plain(name, 64));
        const answer = await terminal.ask(words.isItYou(who, person.username, person.id));
        if (/^(y|yes|д|да)$/i.test(answer)) return person.id;
      }
      offset = id + 1;
    }
  }
}

async function poll({ api, terminal, words }: Claim, offset: number) {
  for (let tries = 0; ; tries++) {
    try {
      return await api.bot.api.getUpdates({ offset, timeout: POLL_S, allowed_updates: ["message"] });
    } catch (error) {
      const failure = kindOfApiError(error);
      if (failure.kind === "conflict_webhook" && tries === 0) {
        await api.bot.api.deleteWebhook({});
        continue;
      }
      if (failure.kind === "conflict_poll") throw new ExitWith(EXIT.notNow, words.takenByAnother);
      if (failure.kind === "unauthorized") throw new ExitWith(EXIT.config, words.revoked);
      if (tries === 0) terminal.write(`${words.goesOn(describeApiError(error))}\n`);
      await sleep(failure.kind === "flood" ? failure.retryAfterMs : RETRY_MS);
    }
  }
}
