/** Which part of a list is shown; there is always a page. */
export interface PagePlace {
  /** From 0 on. */
  readonly page: number;
  readonly pages: number;
  /** How much of the list comes before it. */
  readonly offset: number;
}

/** The page that was asked for, or the nearest one that there is in a list of this length. */
export function pagePlace(length: number, { wanted, size }: { wanted: number; size: number }): PagePlace {
  const pages = Math.max(1, Math.ceil(length / size));
  const page = Math.min(Math.max(wanted, 0), pages - 1);
  return { page, pages, offset: page * size };
}
