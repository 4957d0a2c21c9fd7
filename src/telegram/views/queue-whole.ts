import type { Calendar } from "../../domain/calendar.ts";
import { oneLine } from "../../domain/text.ts";
import type { ChatContext } from "../context/chat-context.ts";
import { bulkButton, codeOf, queueButton } from "./callback-data.ts";
import type { Choice, Row } from "./keyboard.ts";
import { MOST_FOLDERS } from "./prompt-buttons.ts";
import type { QueueView, WholeList } from "./queue-view.ts";

const LONGEST_LABEL = 20;
const BUTTONS_PER_ROW = 2;

/** Who gets these buttons, and under which page. */
interface Offered {
  readonly page: number;
  readonly folders: readonly string[];
  readonly calendar: Pick<Calendar, "clock" | "instantOf">;
  readonly context: Pick<ChatContext, "texts" | "isPrivate">;
}

/**
 * What can be done to all links of a list, each button with the links that it is about; bringing back what was just removed comes first.
 */
export function wholeRows(whole: WholeList, undo: QueueView["undo"], of: Offered): Row[] {
  const { queue } = of.context.texts;
  const { part, count, there } = whole;
  const press = presses(whole, of.page);
  const back = undo && {
    label: queue.button.undo(undo.count),
    press: bulkButton.pack({ action: "undo", part, page: of.page, until: undo.until }),
  };
  const clock = of.calendar.clock(of.calendar.instantOf("tonight"));
  const toFolder = of.folders.length === 0 ? [] : [{ label: queue.button.folder, press: press("folders") }];
  const isAny = count + (there?.count ?? 0) > 0;
  const atOnce: Choice =
    part === "failed"
      ? { label: queue.button.retry, press: press("retry", there?.list) }
      : { label: queue.button.now, press: press("now") };
  const others: Choice[] = [{ label: queue.button.tonight(clock), press: press("tonight") }, ...toFolder];
  const remove: Choice = { label: queue.button.remove, press: press("ask"), style: "danger" };
  return [
    { choices: back ? [back] : [] },
    { choices: isAny ? [atOnce, ...(count === 0 ? [] : others), remove] : [], width: BUTTONS_PER_ROW },
  ];
}

/** The question about all links of a list: which folder, or whether to remove them. */
export function wholeQuestion(
  whole: WholeList,
  asking: NonNullable<QueueView["asking"]>,
  of: Offered,
): { readonly text: string; readonly rows: readonly Row[] } {
  const { queue, panels } = of.context.texts;
  const { part, count, there } = whole;
  const press = presses(whole, of.page);
  const toRemove = { all: count + (there?.count ?? 0), there: there?.count ?? 0 };
  const answers: Choice[] =
    asking === "removal"
      ? [{ label: queue.button.yes(toRemove.all), press: press("remove", there?.list), style: "danger" }]
      : of.folders.slice(0, MOST_FOLDERS).map((folder) => ({
          label: oneLine(folder, LONGEST_LABEL) || "…",
          press: press("folder", codeOf(folder)),
        }));
  const place = { page: of.page, all: false, filter: part };
  const back = { label: panels.button.back, press: queueButton.pack({ action: "page", ...place }) };
  const question = asking === "removal" ? queue.sure(toRemove) : queue.folder(count);
  return {
    text: of.context.isPrivate ? question : `${question} ${queue.onlyOwn}`,
    rows: [{ choices: answers }, { choices: [back] }],
  };
}

function presses({ part, list }: WholeList, page: number) {
  return (action: "retry" | "now" | "tonight" | "folders" | "folder" | "ask" | "remove", choice?: string) =>
    bulkButton.pack({ action, part, page, list, ...(choice !== undefined && { choice }) });
}
