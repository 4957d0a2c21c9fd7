/** More rows would be no quicker to find, and strangers can add to them. */
const MOST = 10_000;

/**
 * Rows by their id, as they were read last: what a chat has chosen is asked some twenty times for each link. Nobody but this process
 * writes to the database; what it writes must be forgotten here, and everything when a transaction is undone.
 */
export interface Remembered<Row> {
  byId(id: number): Row | undefined;
  forget(id: number): void;
  forgetAll(): void;
}

/** What `read` throws is not remembered. */
export function createRemembered<Row>(read: (id: number) => Row | undefined): Remembered<Row> {
  const rows = new Map<number, Row | undefined>();
  return {
    byId(id) {
      const known = rows.get(id);
      // That there is no such row is known as well.
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
