/** More rows would be no faster to find, and strangers can add to them. */
const MOST = 10_000;

/**
 * Rows by id, as they were last read: what a chat has chosen is looked up some twenty times for each link. Only this process writes to the
 * database; what it writes must be forgotten here, and everything when a transaction is undone.
 */
export interface Remembered<Row> {
  byId(id: number): Row | undefined;
  forget(id: number): void;
  forgetAll(): void;
}

/** Errors of `read` are not remembered. */
export function createRemembered<Row>(read: (id: number) => Row | undefined): Remembered<Row> {
  const rows = new Map<number, Row | undefined>();
  return {
    byId(id) {
      const known = rows.get(id);
      // That there is no such row is remembered as well.
      if (known !== undefined || rows.has(id)) return known;
      const row = read(id);
      if (rows.size >= MOST) rows.clear();
      rows.set(id, row);
      return row;
    },
    forget: (id) => void rows.delete(id),
    forgetAll: () => rows.clear(),
  };
}
