import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** By which version of its rules something was stored that is computed from the rest: keys, so far. */
export const ruleVersions = sqliteTable("rule_versions", {
  name: text().primaryKey(),
  version: integer().notNull(),
});
