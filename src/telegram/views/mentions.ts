import { type FormattableString, format, mention } from "gramio";
import type { Link } from "../../domain/link.ts";

/** Who is to hear of a message in a group: one person at the top if it is only for them, otherwise each on their own line. */
export interface Mentions {
  readonly ofAll: FormattableString | string | undefined;
  readonly ofEach: readonly (FormattableString | string | undefined)[];
}

/**
 * Names of those who sent links, only in groups: elsewhere there is nobody else. `nameless` stands for a person of whom only the id is
 * known (Bot API: `text_mention`).
 */
export function mentionsOf(sent: readonly Pick<Link, "chatId" | "sender">[], nameless: string): Mentions {
  const all = sent.map((one) => mentionOf(one, nameless));
  const senders = new Set(sent.map(({ sender }) => sender));
  const [first] = all;
  if (senders.size <= 1) return { ofAll: first, ofEach: [] };
  return { ofAll: undefined, ofEach: all };
}

/** Undefined if no particular person sent it: a group's own id stands for its anonymous admins, and for links that came over HTTP. */
function mentionOf({ chatId, sender }: Pick<Link, "chatId" | "sender">, nameless: string) {
  if (chatId >= 0 || sender === `id${Math.abs(chatId)}`) return undefined;
  const [, id] = /^id(\d+)$/.exec(sender) ?? [];
  if (id === undefined) return `@${sender}`;
  return format`${mention(nameless, { id: Number(id), is_bot: false, first_name: nameless })}`;
}
