import { type FormattableString, format, join } from "gramio";
import { named, oneLine } from "../../domain/text.ts";
import { type LinkRules, parseLink } from "../../domain/url.ts";
import type { Access } from "../../service/access/access.ts";
import type { LinkTrace, TraceLink } from "../../service/fleet/trace-link.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { Questions } from "../context/questions.ts";
import type { Replies } from "../context/replies.ts";
import { linkText } from "../views/link-text.ts";
import { stateLine } from "../views/prompt.ts";
import type { DownloaderChoices } from "../views/prompt-buttons.ts";
import { truncated } from "../views/truncate.ts";

const MOST_TAKERS = 20;
const MOST_OWNERS = 10;
const LONGEST_SHOWN = 120;

/**
 * `/where LINK`: which downloaders take it and why, in which order they would be tried, which one has it, and when it would go; without a
 * link it asks for one.
 */
export function createWhere(deps: {
  traceLink: TraceLink;
  access: Access;
  replies: Replies;
  questions: Pick<Questions, "ask">;
  settings: LinkRules;
  downloaders: Pick<DownloaderChoices, "standing">;
}): RunCommand {
  const { access, replies, settings, downloaders } = deps;

  /** At most this many lines, and how many are left out. */
  function bounded<T>(
    context: ChatContext,
    all: readonly T[],
    most: number,
    line: (one: T, index: number) => string,
  ): string[] {
    const rest = all.length > most ? [context.texts.more(all.length - most)] : [];
    return [...all.slice(0, most).map(line), ...rest];
  }

  function matches(context: ChatContext, { route, matches: all }: LinkTrace): string[] {
    const { where: words } = context.texts.admin;
    const { calendar } = context;
    const lines = bounded(context, all, MOST_TAKERS, ({ name, root, isTried, paused, opening, state }, index) => {
      const facts = [
        root === null ? words.byRoute : words.byRoot(named(root)),
        ...(paused ? [words.paused] : []),
        ...(opening === undefined ? [] : [words.shut(calendar.clock(opening.from), calendar.clock(opening.to))]),
        ...(state === "reachable" ? [] : [words[state]]),
      ];
      return `${isTried ? `${index + 1}.` : "–"} ${named(name)} · ${facts.join(" · ")}`;
    });
    return [
      ...(route === undefined ? [] : [words.route(named(route.match), route.downloaders)]),
      ...(all.length === 0 ? [words.nobody] : [words.order, ...lines]),
    ];
  }

  function places(context: ChatContext, { links, deliveries }: LinkTrace): string[] {
    const { language, texts, calendar } = context;
    const { where: words } = texts.admin;
    const inWords = (at: number) => calendar.format(at, language);
    const stand = { texts, language, calendar, downloaders };
    return [
      ...bounded(context, links, MOST_OWNERS, (link) =>
        words.queued(access.nameOf(link.chatId) ?? String(link.chatId), stateLine(link, stand)),
      ),
      ...bounded(context, deliveries, MOST_OWNERS, ({ downloader, state, acceptedAt }) =>
        state === "open" ? words.has(downloader, inWords(acceptedAt)) : words.had(downloader, inWords(acceptedAt)),
      ),
    ];
  }

  function answer(context: ChatContext, args: string): FormattableString | string {
    const parsed = parseLink(args, settings);
    if (!parsed.ok) return `${oneLine(args, LONGEST_SHOWN)} — ${context.texts.problem(parsed.reason)}`;
    const found = deps.traceLink(parsed);
    const lines = [linkText(parsed.url), ...matches(context, found), ...places(context, found)];
    return join(truncated(lines, { more: context.texts.more }), (line) => line, "\n");
  }

  return ({ context, args, messageId }) => {
    if (args === "") return deps.questions.ask(context, "where", messageId);
    // An answer to the question may have several lines.
    const [link = args] = args.split("\n");
    replies.answer(context, { text: format`${answer(context, link)}` });
  };
}
