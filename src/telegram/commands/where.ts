import { type FormattableString, format, join } from "gramio";
import { named, oneLine } from "../../domain/text.ts";
import { formatInstant } from "../../domain/time.ts";
import { parseLink } from "../../domain/url.ts";
import type { Access } from "../../service/access/access.ts";
import type { FindWhereabouts, Whereabouts } from "../../service/fleet/trace-link.ts";
import type { RunCommand } from "../context/command.ts";
import type { Conversation } from "../context/context.ts";
import type { Speaker } from "../outbox/replies.ts";
import { shownLink } from "../views/link-text.ts";
import { stateLine } from "../views/prompt/prompt.ts";
import { fitting } from "../views/truncate.ts";

const MOST_TAKERS = 20;
const MOST_OWNERS = 10;
const LONGEST_SHOWN = 120;

/** `/where LINK`: who takes it and why, in which order it would be tried, who has it, and when it would go. */
export function createWhere(deps: {
  find: FindWhereabouts;
  access: Access;
  speaker: Speaker;
  settings: { readonly allowPrivate: boolean; readonly timeZone: string };
  now: () => number;
}): RunCommand {
  const { access, speaker, settings, now } = deps;

  /** At most so many lines, and how many are left out. */
  function bounded<T>(who: Conversation, all: readonly T[], most: number, line: (one: T) => string): string[] {
    const rest = all.length > most ? [who.texts.admin.where.more(all.length - most)] : [];
    return [...all.slice(0, most).map(line), ...rest];
  }

  function takers(who: Conversation, { route, takers: all }: Whereabouts): string[] {
    const { where: words } = who.texts.admin;
    let place = 0;
    const lines = bounded(who, all, MOST_TAKERS, ({ name, root, isTried, paused, isEjected }) => {
      place += 1;
      const facts = [
        root === null ? words.byRoute : words.byRoot(named(root)),
        ...(paused ? [words.paused] : []),
        ...(isEjected ? [words.isEjected] : []),
      ];
      return `${isTried ? `${place}.` : "–"} ${named(name)} · ${facts.join(" · ")}`;
    });
    return [
      ...(route === undefined ? [] : [words.route(named(route.match), route.downloaders)]),
      ...(all.length === 0 ? [words.nobody] : [words.order, ...lines]),
    ];
  }

  function places(who: Conversation, { links, deliveries }: Whereabouts): string[] {
    const { language, texts } = who;
    const { where: words } = texts.admin;
    const inWords = (at: number) => formatInstant(at, { zone: settings.timeZone, language, now: now() });
    const stand = { texts, language, timeZone: settings.timeZone, now: now() };
    return [
      ...bounded(who, links, MOST_OWNERS, (link) =>
        words.queued(access.nameOf(link.chatId) ?? String(link.chatId), stateLine(link, stand)),
      ),
      ...bounded(who, deliveries, MOST_OWNERS, ({ downloader, state, acceptedAt }) =>
        state === "open" ? words.has(downloader, inWords(acceptedAt)) : words.had(downloader, inWords(acceptedAt)),
      ),
    ];
  }

  function answer(who: Conversation, args: string): FormattableString | string {
    if (args === "") return who.texts.admin.where.usage;
    const parsed = parseLink(args, settings);
    if (!parsed.ok) return `${oneLine(args, LONGEST_SHOWN)} — ${who.texts.problem(parsed.reason)}`;
    const found = deps.find(parsed);
    const lines = [shownLink(parsed.url), ...takers(who, found), ...places(who, found)];
    return join(fitting(lines, who.texts.admin.where), (line) => line, "\n");
  }

  return ({ who, args }) => speaker.answer(who, { text: format`${answer(who, args)}` });
}
