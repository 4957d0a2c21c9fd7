import { isBeingHandedOver } from "../../domain/link.ts";
import { placeOf } from "../../service/fleet/ownership.ts";
import type { Placement } from "../../service/fleet/removal.ts";
import type { Texts } from "../locales/locales.ts";
import { codeOf, QUEUE_FILTERS, queueButton } from "./callback-data.ts";
import type { Row } from "./keyboard.ts";
import { pageRow } from "./pagination.ts";
import type { Entry, QueueFilter, QueueView, Reader } from "./queue-view.ts";

/** Which of a chat's downloads a button is about: it is looked up only among those that the chat may see. */
export function downloadChoice(at: Pick<Placement, "downloader" | "key">): string {
  return codeOf(placeOf(at));
}

/** The page that has the buttons. */
type At = Pick<QueueView, "page" | "all" | "filter">;

/** What can be done with one entry; nothing while it is being handed over, or once it is done. */
export function entryRow(
  entry: Exclude<Entry, { kind: "done" }>,
  { n, ...at }: At & { n: number },
  { button, lists, news, prompt, quality }: Texts,
): Row {
  if (entry.kind === "download") {
    if (entry.download.status === "DONE") return { choices: [] };
    const choice = downloadChoice(entry.download);
    const { failed: id } = entry.download;
    const again = {
      label: `${n} ${news.button.again}`,
      press: queueButton.pack({ action: "again", ...at, id: id ?? 0 }),
    };
    const drop = { label: `${n} ${button.remove}`, press: queueButton.pack({ action: "drop", ...at, choice }) };
    return { choices: id === undefined ? [drop] : [again, drop] };
  }
  const { link } = entry;
  if (isBeingHandedOver(link)) return { choices: [] };
  const press = (action: "now" | "pick" | "remove") => queueButton.pack({ action, ...at, id: link.id });
  const { now, remove } = link.state === "asking" ? prompt.button.answer : button;
  return {
    choices: [
      { label: `${n} ${link.state === "failed" ? button.retry : now}`, press: press("now") },
      { label: `${n} ${lists.button.quality(quality(link.quality))}`, press: press("pick") },
      { label: `${n} ${remove}`, press: press("remove") },
    ],
  };
}

/** The qualities that an entry can have, and the way back. */
export function qualityRows(entry: Entry | undefined, at: At, { context: { texts }, qualities }: Reader): Row[] {
  if (entry?.kind !== "link") return [];
  const { id, quality: chosen } = entry.link;
  const choices = qualities.map((quality) => ({
    label: texts.quality(quality),
    press: queueButton.pack({ action: "quality", ...at, id, choice: String(quality) }),
    chosen: quality === chosen,
  }));
  const back = { label: texts.button.back, press: queueButton.pack({ action: "page", ...at }) };
  return [{ choices }, { choices: [back] }];
}

/** Whether to remove a download: nothing brings back what its downloader has of it. */
export function sureRows(choice: string, at: At, texts: Texts): Row[] {
  const yes = { label: texts.work.queue.yes, press: queueButton.pack({ action: "sure", ...at, choice }) };
  const back = { label: texts.button.back, press: queueButton.pack({ action: "page", ...at }) };
  return [{ choices: [yes, back] }];
}

/** To other pages; for an admin also between their own links and all. Downloads are shown only to their own chat (rule 8). */
export function pageRows(
  { page, all, filter, pages, maySeeAll }: At & { pages: number; maySeeAll: boolean },
  texts: Texts,
): Row[] {
  const { button, lists } = texts;
  const press = (at: At) => queueButton.pack({ action: "page", ...at });
  const paging = pageRow(
    { page, pages, refresh: lists.button.refresh },
    { press: (other) => press({ page: other, all, filter }), texts },
  );
  const there = { page: 0, all: !all, filter: filter === "done" ? "all" : filter } as const;
  const other = { label: all ? button.own : button.all, press: press(there) };
  return maySeeAll ? [paging, { choices: [other] }] : [paging];
}

/** The parts that the list can show, with their sizes; the one that is shown is marked. */
export function filterRow(
  counts: Readonly<Record<QueueFilter, number>>,
  { all, filter: chosen }: Pick<At, "all" | "filter">,
  { queue }: Texts,
): Row {
  const filters = QUEUE_FILTERS.filter((filter) => filter !== "done" || !all);
  return {
    choices: filters.map((filter) => {
      const label = queue.counted(queue.filter[filter], counts[filter]);
      const press = queueButton.pack({ action: "page", page: 0, all, filter });
      return filter === chosen ? { label: queue.shown(label), press, chosen: true } : { label, press };
    }),
  };
}
