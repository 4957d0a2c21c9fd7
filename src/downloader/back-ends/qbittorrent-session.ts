import * as v from "valibot";
import type { createQbittorrentApi } from "./qbittorrent-api.ts";

/** The status for something that this version of the Web API does not know. */
const UNKNOWN = 404;

const messages = v.array(v.object({ id: v.number(), message: v.string(), timestamp: v.number() }));
type Message = v.InferOutput<typeof messages>[number];

/**
 * Tells one start of qBittorrent from another. Since 5.2 it says when it was started. Before that, its log is read, which starts afresh
 * each time: as long as the latest known message is there, only newer ones are sent.
 */
export function createSession({ ask, get }: Pick<ReturnType<typeof createQbittorrentApi>, "ask" | "get">) {
  let known: { readonly session: string; readonly latest: Message } | undefined;

  const messagesAfter = (id: number, signal: AbortSignal) => get(`log/main?last_known_id=${id}`, messages, signal);

  async function byLog(signal: AbortSignal): Promise<string | undefined> {
    if (known !== undefined) {
      const { session, latest } = known;
      const [same, ...newer] = await messagesAfter(latest.id - 1, signal);
      if (same !== undefined && isSame(same, latest)) {
        known = { session, latest: newer.at(-1) ?? latest };
        return session;
      }
    }
    const all = await messagesAfter(-1, signal);
    const [first] = all;
    const latest = all.at(-1);
    known = first && latest && { session: `${first.id} ${first.timestamp}`, latest };
    return known?.session;
  }

  return async (signal: AbortSignal): Promise<string | undefined> => {
    const { status, text } = await ask("app/processInfo", signal);
    return status === UNKNOWN ? byLog(signal) : text;
  };
}

function isSame(one: Message, other: Message): boolean {
  return one.id === other.id && one.timestamp === other.timestamp && one.message === other.message;
}
