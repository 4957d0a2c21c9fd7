import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { isMapping } from "../../config/keys.ts";
import { parseYaml } from "../../config/yaml.ts";
import { StoreUnavailable } from "../../domain/storage.ts";
import { type GoDatabase, readGoDatabase } from "../../store/go-database.ts";
import type { CommandWords } from "../../words/words.ts";
import { EXIT, ExitWith, exitFor } from "../exit.ts";
import { isOfCopy, systemCode } from "../system-error.ts";
import { at } from "./go-config.ts";

/** The Go version's files. */
export interface Sources {
  readonly config: { readonly path: string; readonly mapping: Readonly<Record<string, unknown>> } | undefined;
  readonly database: { readonly path: string; readonly rows: GoDatabase } | undefined;
  /** Files that were named but are neither. */
  readonly others: readonly string[];
}

/**
 * Recognises the Go version's YAML and its database among files and folders by their content; a database that only the YAML names is found
 * too. Throws `ExitWith` if there is nothing, more than one of a kind, or a file that cannot be read.
 */
export function findSources(
  from: readonly string[],
  { cwd, words }: { readonly cwd: string; readonly words: CommandWords },
): Sources {
  const { imported: said } = words;
  const named = from.map((path) => resolve(cwd, path));
  const files = named
    .flatMap((path) => (isFolder(path, words) ? reading(path, words, listOf) : [path]))
    .filter((path) => isFile(path, words));
  const configs = namedFirst(
    named,
    [...new Set(files)].flatMap((path) => {
      const mapping = /\.ya?ml$/i.test(path) ? goMapping(path, { isNamed: named.includes(path), words }) : undefined;
      return mapping === undefined ? [] : [{ path, mapping }];
    }),
  );
  const [config] = configs;
  const beside = config === undefined ? [] : databaseNamedIn(config);
  const databases = namedFirst(
    named,
    [...new Set([...files, ...beside.filter((path) => isFile(path, words))])].flatMap((path) => {
      const rows = reading(path, words, isDatabase) ? read(path, words) : undefined;
      return rows === undefined ? [] : [{ path, rows }];
    }),
  );
  const several = [configs, databases].find((all) => all.length > 1);
  if (several !== undefined) {
    const paths = several.map(({ path }) => path).join(", ");
    throw new ExitWith(EXIT.usage, said.whichOne(paths));
  }
  const [database] = databases;
  if (config === undefined && database === undefined) {
    throw new ExitWith(EXIT.usage, said.nothing(named.join(", ")));
  }
  const others = named.filter((path) => !isFolder(path, words) && path !== config?.path && path !== database?.path);
  return { config, database, others };
}

/** Those that were named, if any were: then other files in a folder, or those that the YAML names, do not matter. */
function namedFirst<T extends { readonly path: string }>(named: readonly string[], found: readonly T[]): readonly T[] {
  const own = found.filter(({ path }) => named.includes(path));
  return own.length > 0 ? own : found;
}

/** The mapping of the Go version's YAML; undefined for other YAML that merely is in the folder, whatever is wrong with it. */
function goMapping(
  path: string,
  { isNamed, words }: { readonly isNamed: boolean; readonly words: CommandWords },
): Readonly<Record<string, unknown>> | undefined {
  const { document, mistakes } = parseYaml(reading(path, words, textOf), words.mistakes);
  const mapping = isMapping(document) && at(document, "tg.token") !== undefined ? document : undefined;
  const [mistake] = mistakes;
  if (mistake === undefined || (mapping === undefined && !isNamed)) return mapping;
  const said = words.mistakes;
  const { line, column, found, expected = said.expected.yaml, hint } = mistake;
  const problem = said.sentence(said.found.place(path, line, column), found, expected);
  throw new ExitWith(EXIT.config, words.imported.unreadYaml(`${problem}. ${hint}`));
}

/** Where `db` points: relative to the Go version's working directory, which was often that of its YAML. */
function databaseNamedIn({ path, mapping }: { path: string; mapping: Readonly<Record<string, unknown>> }): string[] {
  const folder = at(mapping, "db.pathtodb");
  const name = at(mapping, "db.namedb");
  if (typeof name !== "string") return [];
  return [resolve(dirname(path), typeof folder === "string" ? folder : "", name)];
}

function read(path: string, words: CommandWords): GoDatabase | undefined {
  try {
    return reading(path, words, readGoDatabase);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new ExitWith(EXIT.config, words.imported.unreadDatabase(path, error.code));
  }
}

function isFolder(path: string, words: CommandWords): boolean {
  const found = reading(path, words, () => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) throw new ExitWith(EXIT.usage, words.files.missing(path));
  return found.isDirectory();
}

/** False for a folder with such a name, and for a link that leads nowhere. */
function isFile(path: string, words: CommandWords): boolean {
  return reading(path, words, () => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

/** By the first bytes of every SQLite file. */
function isDatabase(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(16);
    return readSync(file, bytes, 0, 16, 0) === 16 && bytes.toString("latin1") === "SQLite format 3\0";
  } finally {
    closeSync(file);
  }
}

const listOf = (folder: string) => readdirSync(folder).map((name) => join(folder, name));
const textOf = (path: string) => readFileSync(path, "utf8");

/** Returns what `look` returns for a path. Throws `ExitWith` if the system refuses it: the file that cannot be read may be the one. */
function reading<T>(path: string, { files }: CommandWords, look: (path: string) => T): T {
  try {
    return look(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    // A database is read from a copy.
    if (isOfCopy(error)) throw new ExitWith(exitFor(code), files.unwritten(tmpdir(), code));
    throw new ExitWith(EXIT.config, files.unread(path, code));
  }
}
