import { type FormattableString, format, join } from "gramio";
import { findLinks, isBareLink } from "../../domain/incoming.ts";
import { oneLine } from "../../domain/text.ts";
import { keyOf } from "../../domain/url.ts";
import type { Fleet } from "../../service/fleet/fleet.ts";
import type { Queue } from "../../service/queue/queue.ts";
import type { Background } from "../context/background.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { CommandCall, RunCommand } from "../context/command.ts";
import type { MayPress } from "../context/may-press.ts";
import { textPartsOf } from "../context/message-text.ts";
import type { Questions } from "../context/questions.ts";
import type { Replies } from "../context/replies.ts";
import type { Prompts } from "../notify/prompts.ts";
import { truncated } from "../views/truncate.ts";
import type { SettleNews } from "./settle-news.ts";

const MOST_LINKS = 20;
const LONGEST_SHOWN = 100;

/**
 * `/remove LINK`, or as a reply to a message with links: out of the queue, and off the downloader that has it. Without either it asks for
 * a link.
 */
export function createRemove(deps: {
  queue: Queue;
  fleet: Fleet;
  background: Background;
  prompts: Prompts;
  replies: Replies;
  questions: Pick<Questions, "ask">;
  mayPress: MayPress;
  settleNews: SettleNews;
}): RunCommand {
  const { queue, fleet, background, prompts, replies, questions, mayPress, settleNews } = deps;

  /** What was done in the queue; undefined if the link is not in it. */
  async function removeHere(context: ChatContext, key: string): Promise<string | undefined> {
    const { actor, texts } = context;
    const link = queue.byKey(actor, key);
    if (link === undefined) return undefined;
    if (!(await mayPress(context, [link]))) return texts.panels.pressed.foreign;
    const changed = queue.remove(actor, link.id);
    if ("link" in changed) {
      prompts.refresh(changed.link);
      settleNews([changed.link]);
    }
    if (changed.kind === "removed") return texts.lists.remove.queued;
    return changed.kind === "being_sent" ? texts.lists.remove.beingSent : undefined;
  }

  async function removeThere(context: ChatContext, key: string, stop: AbortSignal): Promise<string> {
    const { actor, texts } = context;
    if (!(await mayPress(context, await fleet.own(actor, (at) => at.key === key)))) return texts.panels.pressed.foreign;
    const { downloads } = await fleet.downloads(actor, { all: true, stop });
    const outcomes = downloads
      .filter((download) => download.key === key)
      .map(async (download) => texts.lists.removal(await fleet.remove(actor, download, stop), download.downloader));
    return outcomes.length === 0 ? texts.lists.remove.unknown : (await Promise.all(outcomes)).join("; ");
  }

  return async (call) => {
    const { context } = call;
    const named = linksOf(call);
    if (named.length === 0) return questions.ask(context, "remove", call.messageId);
    if (named.length > MOST_LINKS)
      return replies.answer(context, { text: context.texts.lists.remove.tooMany(MOST_LINKS) });
    const removing = named.map(async (link) => {
      const key = keyOf(link);
      return { link, key, here: await removeHere(context, key) };
    });
    const removed = await Promise.all(removing);
    background.run(context, async (stop) => {
      const lines = removed.map(async ({ link, key, here }): Promise<FormattableString> => {
        const outcome = here ?? (await removeThere(context, key, stop));
        return format`${oneLine(link, LONGEST_SHOWN)}\n${outcome}`;
      });
      const shown = truncated(await Promise.all(lines), { more: context.texts.lists.links.more, gap: 2 });
      replies.answer(context, { text: join(shown, (line) => line, "\n\n") });
    });
  };
}

/** The links after the command, or else those of the message that it replies to. A link may lack its scheme. */
function linksOf({ args, repliedTo }: CommandCall): string[] {
  const found = findLinks([{ text: args }]);
  if (found.length > 0) return found;
  if (args !== "") return isBareLink(args) ? [`https://${args}`] : [];
  return repliedTo === undefined ? [] : findLinks(textPartsOf(repliedTo));
}
