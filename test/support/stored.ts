import { Database } from "bun:sqlite";
import { setImmediate } from "node:timers/promises";
import type { TestApp } from "./app.ts";
import { createWatch } from "./watch.ts";

type Row = Readonly<Record<string, unknown>>;

/** Resolves with what a query finds in the bot's database, as soon as that is as wanted: not all that is stored is followed by a call. */
export async function stored(
  app: TestApp,
  sql: string,
  isWanted: (rows: readonly Row[]) => boolean,
): Promise<readonly Row[]> {
  using database = new Database(app.config.store.path, { readonly: true });
  const query = database.query<Row, []>(sql);
  const watch = createWatch();
  let rows = query.all();
  const look = () => {
    rows = query.all();
    return isWanted(rows) ? rows : undefined;
  };
  let isOver = false;
  const found = watch
    .until(look, { what: `the database to answer otherwise to "${sql}"`, seen: () => JSON.stringify(rows) })
    .finally(() => {
      isOver = true;
    });
  found.catch(() => undefined);
  while (!isOver) {
    await setImmediate();
    watch.changed();
  }
  return found;
}

/** Resolves once the bot knows that servers have accepted this many links: they have them a moment before it hears that. */
export const deliveriesAreKnown = (app: TestApp, count: number) =>
  stored(app, "select id from deliveries", (deliveries) => deliveries.length === count);

/** Resolves once the bot knows which messages have told its news: people see them a moment before it hears that. */
export const newsIsKnown = (app: TestApp) =>
  stored(app, "select id from news where message_id is null", (untold) => untold.length === 0);
