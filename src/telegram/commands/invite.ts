import type { InviteDesk } from "../../service/access/invites.ts";
import type { RunCommand } from "../context/command.ts";
import type { Replies } from "../context/replies.ts";

const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 };
const LONGEST_MS = 366 * 86_400_000;

/** `/invite` and `/invite 3d`: a link that lets one person in, for good or as a guest for that long. */
export function createInvite(deps: {
  invites: InviteDesk;
  replies: Replies;
  /** Undefined until Telegram has told it. */
  username: () => string | undefined;
}): RunCommand {
  const { invites, replies } = deps;
  return ({ context, args }) => {
    const words = context.texts.admin.invite;
    const lastsMs = args === "" ? null : parseStay(args);
    const username = deps.username();
    if (lastsMs === undefined || username === undefined) return replies.answer(context, { text: words.usage });
    const { code } = invites.write({ lastsMs, by: context.userId ?? context.chatId });
    const link = `https://t.me/${username}?start=${code}`;
    replies.answer(context, { text: lastsMs === null ? words.user(link) : words.guest(link, lastsMs) });
  };
}

/** `12h`, `3d`, with the Russian letters too, in ms; undefined for anything else, and for more than a year. */
export function parseStay(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d{1,4})\s*([hdчд])$/i.exec(text.trim()) ?? [];
  const letter = unit.toLowerCase().replace("ч", "h").replace("д", "d");
  const ms = Number(count) * (UNITS_MS[letter] ?? Number.NaN);
  return ms > 0 && ms <= LONGEST_MS ? ms : undefined;
}
