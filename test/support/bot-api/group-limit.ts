import { integer, type Params } from "./parameters.ts";
import { Refused } from "./refusal.ts";

type Methods = Readonly<Record<string, (params: Params) => unknown>>;

const MINUTE_MS = 60_000;
const COUNTED = ["sendMessage", "editMessageText", "editMessageReplyMarkup", "editEphemeralMessageText"];

/** Bot API: about 20 messages a minute in a group, including edits; for the next one the answer says how long to wait. */
export function limitedInGroups<M extends Methods>(methods: M, { most, now }: { most: number; now: () => number }): M {
  const sent = new Map<number, number[]>();
  const limited = (method: (params: Params) => unknown) => (params: Params) => {
    const chat = integer(params.chat_id) ?? 0;
    const times = (sent.get(chat) ?? []).filter((at) => now() - at < MINUTE_MS);
    const [oldest] = times;
    if (chat < 0 && oldest !== undefined && times.length >= most) {
      const seconds = Math.ceil((oldest + MINUTE_MS - now()) / 1000);
      throw new Refused(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
    }
    sent.set(chat, [...times, now()]);
    return method(params);
  };
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [name, COUNTED.includes(name) ? limited(method) : method]),
  ) as M;
}
