import { readInParts, slicesOf } from "../../domain/in-parts.ts";
import { foreign, plain, splitText } from "../../domain/text.ts";
import type { Fleet } from "../../service/fleet/fleet.ts";
import type { Queue } from "../../service/queue/queue.ts";
import type { Background } from "../context/background.ts";
import { maySeeAll } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { Replies } from "../context/replies.ts";
import { silentServers } from "../views/silent-servers.ts";

const MOST_MESSAGES = 5;
/** More would take too many messages. */
const MOST_READ = 1_000;

/**
 * `/links`: the links in work, one per line, for copying into other programs; those of the chat, or with `all` those of everyone, for an
 * admin in a private chat.
 */
export function createLinksCommand(deps: {
  queue: Queue;
  fleet: Fleet;
  background: Background;
  replies: Replies;
}): RunCommand {
  const { queue, fleet, background, replies } = deps;
  return ({ context, args }) => {
    const all = /^(all|все)$/i.test(args) && maySeeAll(context);
    const { links: words } = context.texts.lists;
    background.run(context, async (stop) => {
      const { downloads, silent } = await fleet.downloads(context.actor, { all, stop });
      const running = downloads.filter(({ status }) => status !== "DONE").map(({ url }) => url);
      const { links, total } = queue.page(context.actor, { offset: 0, limit: MOST_READ, all });
      const found = [...running, ...links.map(({ url }) => url)];
      const lines = await readInParts(slicesOf(found), (slice) => slice.map(asLine));
      const urls = [...new Set(lines.flat())];
      const messages = splitText(urls.slice(0, MOST_READ).join("\n")).slice(0, MOST_MESSAGES);
      for (const text of messages) replies.answer(context, { text });
      const shown = messages.reduce((n, text) => n + text.split("\n").length, 0);
      const rest = urls.length - shown + total - links.length;
      const unanswered = silentServers(silent, context.texts);
      const remarks: string[] = [];
      if (urls.length === 0) remarks.push(words.none);
      if (rest > 0) remarks.push(words.more(rest));
      if (unanswered !== undefined) remarks.push(unanswered);
      // Separate from the links, so that those can be copied as they are.
      if (remarks.length > 0) replies.answer(context, { text: remarks.join("\n") });
    });
  };
}

/** A parsed link is ASCII and has no blanks; what a downloader reports need not be a link. */
function asLine(url: string): string {
  return URL.parse(url)?.href ?? foreign(plain(url.replace(/\s+/g, " "), 300));
}
