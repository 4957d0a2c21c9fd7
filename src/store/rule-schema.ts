import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The version of the rules by which something that is computed from the rest was stored: so far, keys. */
export const ruleVersions = sqliteTable("rule_versions", {
  name: text().primaryKey(),
  version: integer().notNull(),
});
