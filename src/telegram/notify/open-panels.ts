import { keepLatest } from "../../domain/keep-latest.ts";
import { CLOSED, type Panel } from "../views/prompt-panel.ts";

/** Which panel of which prompt is open, so that no refresh closes it while somebody uses it. A restart closes all. */
export interface OpenPanels {
  of(batchId: number): Panel;
  set(batch: { readonly id: number; readonly chatId: number }, panel: Panel): void;
  /** Where a chat last opened this panel, if it is still open. */
  lastOf(chatId: number, open: Panel["open"]): { readonly batchId: number; readonly linkId: number | null } | undefined;
}

/** Somebody who has looked away for this long does not expect to find it open. */
const OPEN_MS = 5 * 60_000;
const MOST_OPEN = 10_000;

export function createOpenPanels(now: () => number): OpenPanels {
  const panels = new Map<number, { readonly panel: Panel; readonly chatId: number; readonly until: number }>();
  return {
    of(batchId) {
      const found = panels.get(batchId);
      if (found === undefined) return CLOSED;
      if (found.until > now()) return found.panel;
      panels.delete(batchId);
      return CLOSED;
    },
    set({ id, chatId }, panel) {
      panels.delete(id);
      if (panel.open === "closed" && panel.linkId === null && panel.page === 0) return;
      panels.set(id, { panel, chatId, until: now() + OPEN_MS });
      keepLatest(panels, MOST_OPEN);
    },
    lastOf(chatId, open) {
      const isMeant = (one: { panel: Panel; chatId: number; until: number }) =>
        one.chatId === chatId && one.panel.open === open && one.until > now();
      const [batchId, found] = [...panels].findLast(([, one]) => isMeant(one)) ?? [];
      return batchId === undefined || found === undefined ? undefined : { batchId, linkId: found.panel.linkId };
    },
  };
}
