import { CLOSED, type Panel } from "../views/prompt-panel.ts";

/** Which panel of which prompt is open, so that no refresh closes it under somebody's finger. A restart closes all. */
export interface OpenPanels {
  of(batchId: number): Panel;
  set(batchId: number, panel: Panel): void;
}

/** Nobody who has looked elsewhere for so long expects to find it open. */
const OPEN_MS = 5 * 60_000;
const MOST_OPEN = 10_000;

export function createOpenPanels(now: () => number): OpenPanels {
  const panels = new Map<number, { readonly panel: Panel; readonly until: number }>();
  return {
    of(batchId) {
      const found = panels.get(batchId);
      if (found === undefined) return CLOSED;
      if (found.until > now()) return found.panel;
      panels.delete(batchId);
      return CLOSED;
    },
    set(batchId, panel) {
      panels.delete(batchId);
      if (panel.open === "closed" && panel.linkId === null && panel.page === 0) return;
      panels.set(batchId, { panel, until: now() + OPEN_MS });
      for (const oldest of panels.keys()) {
        if (panels.size <= MOST_OPEN) break;
        panels.delete(oldest);
      }
    },
  };
}
