import { bold, type FormattableString, format } from "gramio";
import { spellAddress } from "../../domain/downloader.ts";
import type { JoinedServer } from "../../domain/joining.ts";
import { foreign, named, plain } from "../../domain/text.ts";
import type { DownloaderOverview } from "../../service/fleet/downloader-admin.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Content } from "../context/content.ts";
import { codeOf, downloaderButton } from "./callback-data.ts";
import { keyboardOf } from "./keyboard.ts";
import { cutPage, numberedPage } from "./pagination.ts";

/** What `/servers` shows. */
export interface ServersView {
  /** Of all, registered ones first. */
  readonly names: readonly string[];
  /** Those with these names that are registered; asked only about one page. */
  readonly look: (names: readonly string[]) => readonly DownloaderOverview[];
  /** Those that have joined but are not registered. */
  readonly unregistered: readonly JoinedServer[];
}

type Reader = Pick<ChatContext, "texts" | "language" | "calendar">;

const ENTRIES_PER_PAGE = 5;
const ROOTS_IN_LIST = 120;
const ROOTS_AT_MOST = 2_000;

const inWords = (at: number, { language, calendar }: Reader) => calendar.format(at, language);

/** The list, in pages; pressing a name opens that one. */
export function serversPage({ names, look, unregistered }: ServersView, wanted: number, reader: Reader): Content {
  const { texts } = reader;
  if (names.length === 0) return { text: texts.admin.servers.none };
  const cut = cutPage(names, { wanted, size: ENTRIES_PER_PAGE });
  const entry = (name: string, text: FormattableString) => ({
    text,
    name,
    press: downloaderButton.pack({ action: "show", page: cut.page, downloader: codeOf(name) }),
  });
  const joined = unregistered.filter(({ name }) => cut.shown.includes(name));
  const shown = [
    ...look(cut.shown).map((downloader) => entry(downloader.name, summary(downloader, ROOTS_IN_LIST, reader))),
    ...joined.map((server) => entry(server.name, unregisteredEntry(server, reader))),
  ];
  return numberedPage(
    { ...cut, shown },
    {
      title: texts.admin.servers.title(names.length),
      gap: "\n\n",
      press: (page) => downloaderButton.pack({ action: "page", page }),
      texts,
    },
  );
}

/** One of them, with what can be done to it; `note` is the result of the last press, `page` the one to go back to. */
export function serverPage(
  downloader: DownloaderOverview,
  { page, note = "" }: { page: number; note?: string },
  reader: Reader,
): Content {
  const { name, paused, registeredAt } = downloader;
  const choice = choices(name, page, reader);
  const keyboard = keyboardOf([
    { choices: [choice(paused ? "resume" : "pause"), choice("ping"), choice("remove")] },
    backTo(page, reader),
  ]);
  const registered = reader.texts.admin.servers.registered(inWords(registeredAt, reader));
  const text = format`${summary(downloader, ROOTS_AT_MOST, reader)}\n${registered}${note === "" ? "" : `\n\n${note}`}`;
  return { text, keyboard };
}

/** One that has joined but is not registered: it can only be removed. */
export function unregisteredPage(joined: JoinedServer, page: number, reader: Reader): Content {
  const remove = choices(joined.name, page, reader)("remove");
  return {
    text: unregisteredEntry(joined, reader),
    keyboard: keyboardOf([{ choices: [remove] }, backTo(page, reader)]),
  };
}

/** Asks before one is removed. */
export function removalPage(
  { name, hasJoined }: { name: string; hasJoined: boolean },
  page: number,
  { texts: { admin, button } }: Reader,
): Content {
  const { servers: words } = admin;
  const press = (action: "sure" | "show") => downloaderButton.pack({ action, page, downloader: codeOf(name) });
  const answers = [
    { label: words.button.sure, press: press("sure") },
    { label: button.back, press: press("show") },
  ];
  return { text: words.sure(name, hasJoined), keyboard: keyboardOf([{ choices: answers }]) };
}

function choices(name: string, page: number, { texts: { admin } }: Reader) {
  return (action: "pause" | "resume" | "ping" | "remove") => ({
    label: admin.servers.button[action],
    press: downloaderButton.pack({ action, page, downloader: codeOf(name) }),
  });
}

function backTo(page: number, { texts }: Reader) {
  return { choices: [{ label: texts.button.back, press: downloaderButton.pack({ action: "page", page }) }] };
}

function summary(downloader: DownloaderOverview, longestRoots: number, reader: Reader): FormattableString {
  const { texts } = reader;
  const { servers: words } = texts.admin;
  const { name, lastSeenAt, failures, paused, state, problem, running, waiting } = downloader;
  const isFine = !paused && problem === undefined && state === "reachable";
  const facts = [
    ...(isFine ? [texts.lists.status.online] : []),
    lastSeenAt === null ? words.neverSeen : words.seen(inWords(lastSeenAt, reader)),
    ...(problem === undefined ? [] : [words.problem[problem]]),
    ...(failures > 0 ? [words.failures(failures)] : []),
    ...(state === "reachable" ? [] : [words[state]]),
    ...(paused ? [words.paused] : []),
  ];
  const roots = foreign(plain(downloader.roots.join(", "), longestRoots));
  const more = [facts.join(" · "), words.numbers(running, waiting), words.roots(roots)].join("\n");
  return format`${signOf(downloader)} ${bold(named(name))} · ${spellAddress(downloader)}\n${more}`;
}

/** And what to do about it. */
function unregisteredEntry({ name, joinedAt }: JoinedServer, reader: Reader): FormattableString {
  const { unregistered } = reader.texts.admin.servers;
  return format`⚪ ${bold(named(name))}\n${unregistered(inWords(joinedAt, reader))}`;
}

/** The worst of what is wrong with it; yellow if its latest call failed, though it still counts as reachable. */
function signOf({ paused, problem, state, failures }: DownloaderOverview): string {
  if (paused) return "⏸";
  if (problem !== undefined) return "⛔";
  if (state !== "reachable") return "🔴";
  return failures === 0 ? "🟢" : "🟡";
}
