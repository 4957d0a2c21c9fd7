import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Path → mode, content and identity of the entry (a rewritten file gets a new identity). */
export type Tree = Readonly<Record<string, string>>;

/** Everything below a folder. */
export function readTree(folder: string): Tree {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(entries.map((path) => [path, describe(join(folder, path))]));
}

function describe(path: string): string {
  const { mode, ino, mtimeMs } = lstatSync(path);
  const permissions = (mode & 0o7777).toString(8);
  if (lstatSync(path).isDirectory()) return `folder ${permissions}`;
  const sum = Bun.hash(readFileSync(path)).toString(36);
  return `file ${permissions} ${sum} #${ino} at ${mtimeMs}`;
}

/** Path → octal mode of everything in a folder. */
export function modes(tree: Tree): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).map(([path, entry]) => [path, entry.split(" ")[1] ?? ""]));
}
