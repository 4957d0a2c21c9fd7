import type { InlineKeyboard } from "gramio";
import { isBeingHandedOver } from "../../domain/link.ts";
import type { Whereabouts } from "../../service/fleet/removal.ts";
import { queueButton } from "../callback.ts";
import type { Conversation } from "../conversation.ts";
import type { Entry, Reading } from "../queue-page.ts";

const QUALITIES_PER_ROW = 3;

/** Which of a chat's downloads a button is about: an answer to it is looked for only among those that the chat may see. */
export function downloadChoice({ downloader, key }: Pick<Whereabouts, "downloader" | "key">): string {
  return Bun.hash(`${downloader}\n${key}`).toString(36);
}

/** The page that the buttons are under. */
interface At {
  readonly page: number;
  readonly all: boolean;
}

/** What can be done with one entry; nothing while it is being handed over, or once it is done. */
export function addEntry(
  keyboard: InlineKeyboard,
  entry: Entry,
  { n, ...at }: At & { n: number },
  { who }: Reading,
): void {
  const { button, lists, quality } = who.texts;
  if (entry.kind === "download") {
    if (entry.download.status === "DONE") return;
    const choice = downloadChoice(entry.download);
    keyboard.text(`${n} ${button.remove}`, queueButton.pack({ action: "drop", ...at, choice })).row();
    return;
  }
  const { link } = entry;
  if (isBeingHandedOver(link)) return;
  const now = link.state === "failed" ? button.retry : button.now;
  keyboard
    .text(`${n} ${now}`, queueButton.pack({ action: "now", ...at, id: link.id }))
    .text(
      `${n} ${lists.button.quality(quality(link.quality))}`,
      queueButton.pack({ action: "pick", ...at, id: link.id }),
    )
    .text(`${n} ${button.remove}`, queueButton.pack({ action: "remove", ...at, id: link.id }))
    .row();
}

/** The qualities that an entry can have, and the way back. */
export function addQualities(
  keyboard: InlineKeyboard,
  entry: Entry | undefined,
  at: At,
  { who, qualities }: Reading,
): void {
  if (entry?.kind !== "link") return;
  const { id, quality: chosen } = entry.link;
  for (const [index, quality] of qualities.entries()) {
    if (index % QUALITIES_PER_ROW === 0) keyboard.row();
    const label = `${quality === chosen ? "✅ " : ""}${who.texts.quality(quality)}`;
    keyboard.text(label, queueButton.pack({ action: "quality", ...at, id, choice: String(quality) }));
  }
  keyboard.row().text(who.texts.lists.button.back, queueButton.pack({ action: "page", ...at }));
}

/** To the neighbouring pages; for an admin also from the own to all and back. */
export function addTurns(
  keyboard: InlineKeyboard,
  { page, all, pages, maySeeAll }: At & { pages: number; maySeeAll: boolean },
  { button, lists }: Conversation["texts"],
): void {
  const turn = (to: number, label: string) => keyboard.text(label, queueButton.pack({ action: "page", page: to, all }));
  if (page > 0) turn(page - 1, button.previous);
  turn(page, lists.button.refresh);
  if (page < pages - 1) turn(page + 1, button.next);
  if (!maySeeAll) return;
  const label = all ? button.own : button.all;
  keyboard.row().text(label, queueButton.pack({ action: "page", page: 0, all: !all }));
}
