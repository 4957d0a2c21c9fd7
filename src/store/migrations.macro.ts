import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Journal {
  readonly entries: readonly { readonly idx: number; readonly tag: string }[];
}

/**
 * The migrations of `drizzle/`, oldest first, one string each. Runs during bundling (import it `with { type: "macro" }`), so that the
 * executable contains them. Every table becomes STRICT here, because drizzle-kit cannot write that (runtime.md §5.1).
 */
export function readMigrations(): string[] {
  const folder = join(import.meta.dir, "../../drizzle");
  const journal: Journal = JSON.parse(readFileSync(join(folder, "meta/_journal.json"), "utf8"));
  return [...journal.entries]
    .sort((a, b) => a.idx - b.idx)
    .map(({ tag }) => readFileSync(join(folder, `${tag}.sql`), "utf8").replace(/^\);$/gm, ") STRICT;"));
}
