/** The keyboards that a prompt can show: its own, choices in place of that, and the list of its links. */
export const PANELS = ["closed", "quality", "folder", "more", "pick"] as const;

/** What a prompt shows at the moment. */
export interface Panel {
  readonly open: (typeof PANELS)[number];
  /** The one link that its buttons are about; null: all of them. */
  readonly linkId: number | null;
  /** The page of the list of links, from 0 on; one that is not there (any more) stands for the last. */
  readonly page: number;
}

/** The panel of an untouched prompt. */
export const CLOSED: Panel = { open: "closed", linkId: null, page: 0 };

const FURTHEST_PAGE = 1_000;

/** What a button that opens a panel carries besides the link. */
export function panelChoice({ open, page }: Pick<Panel, "open" | "page">): string {
  return `${open}.${page}`;
}

/** Reads that; undefined for anything else. */
export function readPanelChoice(choice: string): Pick<Panel, "open" | "page"> | undefined {
  const [, name, page] = /^([a-z]+)\.(\d{1,4})$/.exec(choice) ?? [];
  const open = PANELS.find((panel) => panel === name);
  return open === undefined || Number(page) > FURTHEST_PAGE ? undefined : { open, page: Number(page) };
}
