import { bold, expandableBlockquote, type FormattableString, format, join } from "gramio";
import type { BoundedCount } from "../../domain/admin-alert.ts";
import type { EndpointStatus } from "../../domain/endpoint.ts";
import { foreign, named, plain } from "../../domain/text.ts";
import type { FleetStatus } from "../../service/fleet/fleet.ts";
import type { Content } from "../context/content.ts";
import type { Texts } from "../locales/locales.ts";
import { statusButton } from "./callback-data.ts";
import { endpointsSection } from "./endpoints-section.ts";
import { keyboardOf } from "./keyboard.ts";
import { nearestPage, pageRow } from "./pagination.ts";
import { progressLines } from "./progress.ts";

/** What one /status shows. */
export interface StatusView {
  readonly downloaders: readonly FleetStatus[];
  /** How many links wait for each downloader. */
  readonly waiting: ReadonlyMap<string, BoundedCount>;
  /** How many links of the person wait, an admin's are everyone's. */
  readonly queued: number;
  /** To Telegram, for those who look after the bot. */
  readonly endpoints?: readonly EndpointStatus[];
  /** From 0 on; one that is not there stands for the last. */
  readonly page: number;
}

const MOST_RUNNING = 8;
const LONGEST_SENSORS = 600;
const MOST_SENSOR_LINES = 20;
/** Bot API: 4096; the rest is for the title. */
const LONGEST_PAGE = 3_900;

/** A page of downloaders: who answers, what runs there, what waits for it. Never longer than a message may be. */
export function statusPage(view: StatusView, { texts, now }: { texts: Texts; now: number }): Content {
  const words = texts.lists;
  const endpoints = endpointsSection(view.endpoints ?? [], { texts, now });
  const sections = view.downloaders.map((status) => section(status, view.waiting, { texts, now }));
  const pages = pagesOf(sections, LONGEST_PAGE - (endpoints?.text.length ?? 0));
  const page = nearestPage(view.page, pages.length);
  const press = (to: number) => statusButton.pack({ page: to });
  const paging = pageRow({ page, pages: pages.length, refresh: words.button.refresh }, { press, texts });
  const number = pages.length > 1 ? ` · ${words.queue.page(page + 1, pages.length)}` : "";
  const title = format`${bold(words.status.title(view.queued))}${number}`;
  const parts = [title, ...(pages[page] ?? [words.status.none]), ...(endpoints === undefined ? [] : [endpoints])];
  return { text: format`${join(parts, (part) => part, "\n\n")}`, keyboard: keyboardOf([paging]) };
}

function section(
  { downloader, problem, answer }: FleetStatus,
  waiting: ReadonlyMap<string, BoundedCount>,
  { texts, now }: { texts: Texts; now: number },
): FormattableString {
  const words = texts.lists.status;
  const lines: (FormattableString | string)[] = [];
  const seen = downloader.lastSeenAt === null ? undefined : words.ago(now - downloader.lastSeenAt);
  const offline = seen === undefined ? words.neverSeen : words.offline(seen);
  // Its error in answer to this call is an answer, too.
  const isUseless = problem !== undefined && (answer !== undefined || downloader.failures === 0);
  const [mark, state] = isUseless
    ? ["⛔", words.unusable(problem)]
    : answer === undefined
      ? ["🔴", offline]
      : ["🟢", words.online];
  lines.push(format`${mark} ${bold(named(downloader.name))} · ${state}`);
  if (downloader.paused) lines.push(`⏸ ${words.paused}`);
  if (answer !== undefined) {
    const { running, others } = answer;
    for (const progress of running.slice(0, MOST_RUNNING)) lines.push(progressLines(progress, texts));
    if (running.length > MOST_RUNNING) lines.push(words.moreRunning(running.length - MOST_RUNNING));
    if (others > 0) lines.push(running.length === 0 ? words.onlyOthers(others) : words.others(others));
    if (running.length + others === 0) lines.push(words.idle);
  }
  const count = waiting.get(downloader.name);
  if (count !== undefined && count.links > 0) lines.push(words.waiting(count));
  const sensors = excerpt(answer?.sensors ?? "");
  if (sensors !== "") lines.push(format`${expandableBlockquote(sensors)}`);
  return join(lines, (line) => line, "\n");
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
  for (const one of sections) {
    length += one.text.length + 2;
    if (length > longest) {
      pages.push([]);
      length = one.text.length;
    }
    pages.at(-1)?.push(one);
  }
  return pages;
}
