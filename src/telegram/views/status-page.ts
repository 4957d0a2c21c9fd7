import { bold, expandableBlockquote, type FormattableString, format, join } from "gramio";
import type { BoundedCount } from "../../domain/admin-alert.ts";
import type { EndpointStatus } from "../../domain/endpoint.ts";
import { pagePlace } from "../../domain/page.ts";
import { foreign, named, plain } from "../../domain/text.ts";
import type { FleetStatus } from "../../service/fleet/fleet.ts";
import type { Content } from "../context/content.ts";
import type { Texts } from "../locales/locales.ts";
import { statusButton } from "./callback-data.ts";
import { endpointsSection } from "./endpoints-section.ts";
import { keyboardOf } from "./keyboard.ts";
import { pageRow } from "./pagination.ts";
import { progressLines } from "./progress.ts";

/** What one /status shows. */
export interface StatusView {
  readonly downloaders: readonly FleetStatus[];
  /** How many links wait for each downloader. */
  readonly waiting: ReadonlyMap<string, BoundedCount>;
  /** How many of the person's links wait; for an admin, everyone's. */
  readonly queued: number;
  /** The ways to Telegram, for those who look after the bot. */
  readonly endpoints?: readonly EndpointStatus[];
  /** For an admin in private: everything that is running, and each server separately. */
  readonly showsAll: boolean;
  /** From 0 on; one that is not there stands for the last. */
  readonly page: number;
}

const MOST_RUNNING = 8;
/** How many lines of servers come without a gap; each has at most about 300 UTF-16 units. */
const LINES_TOGETHER = 10;
const MOST_FREE_NAMED = 10;
const LONGEST_SENSORS = 600;
const MOST_SENSOR_LINES = 20;
/** Bot API: 4096; the rest is for the title. */
const LONGEST_PAGE = 3_900;
/** Bot API: 100 a message; the rest is for the title and the ways to Telegram. */
const MOST_ENTITIES = 80;

/**
 * What is running for the person, then a line for each downloader: whether it answers, how busy it is, what waits for it. An admin sees
 * everything that is running, and the sensors. In pages, none longer than a message may be.
 */
export function statusPage(view: StatusView, { texts, now }: { texts: Texts; now: number }): Content {
  const words = texts.lists;
  const endpoints = endpointsSection(view.endpoints ?? [], { texts, now });
  const sections = [...ownSection(view, texts), ...serverSections(view, { texts, now })];
  const contents = pagesOf(sections, LONGEST_PAGE - (endpoints?.text.length ?? 0));
  const { page, pages } = pagePlace(contents.length, { wanted: view.page, size: 1 });
  const press = (to: number) => statusButton.pack({ page: to });
  const paging = pageRow({ page, pages, refresh: words.button.refresh }, { press, texts });
  const number = pages > 1 ? ` · ${words.queue.page(page + 1, pages)}` : "";
  const title = format`${bold(words.status.title(view.queued))}${number}`;
  const parts = [title, ...(contents[page] ?? [words.status.none]), ...(endpoints === undefined ? [] : [endpoints])];
  return { text: format`${join(parts, (part) => part, "\n\n")}`, keyboard: keyboardOf([paging]) };
}

/** What is running for the chat, on any server. */
function ownSection({ downloaders }: StatusView, texts: Texts): FormattableString[] {
  const own = downloaders.flatMap(({ downloader: { name }, answer }) =>
    (answer?.own ?? []).slice(0, MOST_RUNNING).map((progress) => progressLines(progress, texts, name)),
  );
  if (own.length === 0) return [];
  const total = downloaders.reduce((sum, { answer }) => sum + (answer?.own.length ?? 0), 0);
  const lines = own.slice(0, MOST_RUNNING);
  if (total > lines.length) lines.push(texts.more(total - lines.length));
  return [format`${join(lines, (line) => line, "\n")}`];
}

function serverSections(view: StatusView, { texts, now }: { texts: Texts; now: number }): FormattableString[] {
  const waitingFor = ({ downloader }: FleetStatus) => view.waiting.get(downloader.name)?.links ?? 0;
  const isFree = (status: FleetStatus) => isIdle(status) && waitingFor(status) === 0;
  const free = view.showsAll ? [] : view.downloaders.filter(isFree);
  // A single free one takes no less space in a line for all of them.
  const shown = free.length < 2 ? view.downloaders : view.downloaders.filter((status) => !isFree(status));
  const lines = shown.map((status) => serverLine(status, view.waiting, { texts, now }));
  if (view.showsAll) return shown.map((status, index) => withDetails(lines[index] ?? format``, status, texts));
  const sections: FormattableString[] = [];
  for (let at = 0; at < lines.length; at += LINES_TOGETHER) {
    sections.push(join(lines.slice(at, at + LINES_TOGETHER), (line) => line, "\n"));
  }
  if (free.length < 2) return sections;
  const names = free.slice(0, MOST_FREE_NAMED).map(({ downloader }) => downloader.name);
  return [...sections, format`${texts.work.servers.free(names, free.length - names.length)}`];
}

function isIdle({ downloader, problem, answer }: FleetStatus): boolean {
  const isAtEase = problem === undefined && answer !== undefined && !downloader.paused;
  return isAtEase && answer.own.length + answer.others === 0;
}

function serverLine(
  { downloader, problem, answer }: FleetStatus,
  waiting: StatusView["waiting"],
  { texts, now }: { texts: Texts; now: number },
): FormattableString {
  const words = texts.lists.status;
  const { lastSeenAt } = downloader;
  const offline = lastSeenAt === null ? words.neverSeen : words.offline(now - lastSeenAt);
  // An error in answer to this call is an answer, too.
  const isUseless = problem !== undefined && (answer !== undefined || downloader.failures === 0);
  const [mark, state] = isUseless
    ? ["⛔", words.unusable(problem)]
    : answer === undefined
      ? ["🔴", offline]
      : ["🟢", words.online];
  const said = [state];
  if (downloader.paused) said.push(words.paused);
  if (answer !== undefined) {
    const { own, others } = answer;
    if (own.length > 0) said.push(texts.work.servers.load(own.length + others));
    else if (others > 0) said.push(words.onlyOthers(others));
  }
  const count = waiting.get(downloader.name);
  if (count !== undefined && count.links > 0) said.push(words.waiting(count));
  return format`${mark} ${bold(named(downloader.name))} · ${said.join(" · ")}`;
}

/** With everything else that is running there, and the machine's sensors: for admins. */
function withDetails(line: FormattableString, { answer }: FleetStatus, texts: Texts): FormattableString {
  const others = answer?.foreign ?? [];
  const lines: (FormattableString | string)[] = [line];
  for (const progress of others.slice(0, MOST_RUNNING)) lines.push(progressLines(progress, texts));
  if (others.length > MOST_RUNNING) lines.push(texts.more(others.length - MOST_RUNNING));
  const sensors = excerpt(answer?.sensors ?? "");
  if (sensors !== "") lines.push(format`${expandableBlockquote(sensors)}`);
  return join(lines, (one) => one, "\n");
}

/** The beginning of a machine's sensors, without empty lines. */
function excerpt(sensors: string): string {
  const lines = sensors.split("\n").map((line) => line.trim());
  const text = lines.filter((line) => line !== "").slice(0, MOST_SENSOR_LINES);
  return foreign(plain(text.join("\n"), LONGEST_SENSORS));
}

/** As many sections on each page as fit. */
function pagesOf(sections: readonly FormattableString[], longest: number): FormattableString[][] {
  const pages: FormattableString[][] = [];
  let length = Number.POSITIVE_INFINITY;
  let entities = 0;
  for (const one of sections) {
    length += one.text.length + 2;
    entities += one.entities.length;
    if (length > longest || entities > MOST_ENTITIES) {
      pages.push([]);
      length = one.text.length;
      entities = one.entities.length;
    }
    pages.at(-1)?.push(one);
  }
  return pages;
}
