import { type Column, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/*
 * Building a statement takes drizzle ten times as long as SQLite takes to run it, so each one is built and prepared when it is
 * first run, and kept as long as its connection. What changes from run to run is a placeholder (`given`). Their number stays
 * that of the code's: lists are one value (`isAmong`), and sets of columns are few.
 */

/** The values for one run of a statement, by the names of its placeholders. */
type Given = Record<string, unknown>;

/** The part of drizzle's prepared statements that tables use. */
interface Statement<Row, Rows> {
  get(given?: Given): Row;
  all(given?: Given): Rows;
  run(given?: Given): void;
}

/** A query that is built but has not run yet. */
interface Built<Row, Rows> {
  prepare(): Statement<Row, Rows>;
}

/** A value that is named when the statement is built and given when it is run. */
export const given = sql.placeholder;

/** The statement of `build`, which is called when it is first run. */
export function prepared<Row, Rows>(build: () => Built<Row, Rows>): Statement<Row, Rows> {
  let statement: Statement<Row, Rows> | undefined;
  const kept = () => {
    statement ??= build().prepare();
    return statement;
  };
  return {
    get: (values) => kept().get(values),
    all: (values) => kept().all(values),
    run: (values) => void kept().run(values),
  };
}

/** Whether the request has this name. */
export type Has = (name: string) => boolean;

/** The statement for a request: one for each set of names that are not undefined in it, in the order in which they come. */
export function preparedFor<Row, Rows>(build: (has: Has) => Built<Row, Rows>): (asked: object) => Statement<Row, Rows> {
  const known = new Map<string, Statement<Row, Rows>>();
  return (asked) => {
    let shape = "";
    for (const [name, value] of Object.entries(asked)) if (value !== undefined) shape += `${name},`;
    const before = known.get(shape);
    if (before !== undefined) return before;
    const names = new Set(shape.split(","));
    const statement = build((name) => names.has(name)).prepare();
    known.set(shape, statement);
    return statement;
  };
}

/** Values to be written into a row, given when the statement is run. */
type Values<Table extends SQLiteTable> = { readonly [Name in keyof Table["$inferInsert"]]-?: SQL };

/**
 * The statement that writes a row or part of one: one for each set of columns. `build` gets the columns that the row names; their values
 * are given under these names.
 */
export function preparedWrite<Table extends SQLiteTable, Row, Rows>(
  table: Table,
  build: (values: Values<Table>) => Built<Row, Rows>,
): (row: Partial<Table["$inferInsert"]>) => Statement<Row, Rows> {
  const columns = Object.entries(getTableColumns(table));
  return preparedFor((has) => {
    const named = columns.filter(([name]) => has(name));
    const values = named.map(([name, column]) => [name, valueFor(column, name)]);
    return build(Object.fromEntries(values) as Values<Table>);
  });
}

/** drizzle takes null for a value of the column if it is given later, and would store the text `null` in a JSON column. */
function valueFor(column: Column, name: string): SQL {
  const mapToDriverValue = (value: unknown) => (value === null ? null : column.mapToDriverValue(value));
  return sql`${sql.param(given(name), { mapToDriverValue })}`;
}

/** Whether a column's value is in the list of this name, which is given as `listed`. */
export function isAmong(column: Column, name: string): SQL {
  return sql`${column} in (select value from json_each(${given(name)}))`;
}

/** A list as one value, however long it is. */
export const listed = (values: readonly (number | string)[]): string => JSON.stringify(values);
