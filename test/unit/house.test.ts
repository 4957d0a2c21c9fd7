import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";

const SRC = join(import.meta.dir, "../../src");
const LONGEST_FILE = 250;
const FORBIDDEN_NAMES = ["utils", "helpers", "common", "types", "models", "constants", "index"];
/** Rooms that touch the outside world; none knows another. */
const ADAPTERS = ["telegram", "grpc", "http", "store", "systemd"];

/** What each room may import besides itself (README.md, "The house"). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  service: ["domain"],
  ...Object.fromEntries(ADAPTERS.map((adapter) => [adapter, ["service", "domain", "version"]])),
  log: ["domain"],
  config: ["domain", "version"],
  version: [],
  cli: ["domain", "version", "config"],
  app: ["service", "domain", "config", "log", "version", ...ADAPTERS],
  commands: ["app", "service", "domain", "config", "log", "version", "cli", ...ADAPTERS],
  main: ["commands", "config", "log", "version", "cli", "domain"],
};

const files = [...new Bun.Glob("**/*.ts").scanSync(SRC)].sort();
const source = (file: string): string => readFileSync(join(SRC, file), "utf8");
const withoutComments = (file: string): string => source(file).replace(/^\s*(\/\/|\/?\*).*$/gm, "");

/** The first folder under `src`, or the file's name for those that lie in it. */
const roomOf = (file: string): string => (file.split("/")[0] ?? "").replace(/(\.d)?\.ts$/, "");

function importsOf(file: string): string[] {
  const text = withoutComments(file);
  const specifiers = [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)"([^"]+)"/g)].map(
    (found) => found[1] ?? "",
  );
  return specifiers
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => normalize(join(dirname(file), specifier)));
}

test("the house has the rooms that are expected, so that the other tests see something", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap(importsOf).length).toBeGreaterThan(100);
  expect(
    [...new Set(files.map(roomOf))].filter((room) => MAY_IMPORT[room] === undefined && room !== "embedded"),
  ).toEqual([]);
});

test("every import goes down: main, commands, app, adapters, service, domain", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => imported.endsWith(".ts") && !imported.startsWith(".."))
      .filter((imported) => roomOf(imported) !== roomOf(file))
      .filter((imported) => !(MAY_IMPORT[roomOf(file)] ?? []).includes(roomOf(imported)))
      .map((imported) => `${file} imports ${imported}`),
  );
  expect(wrong).toEqual([]);
});

test("no files import each other in a circle", () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const follow = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (path.includes(file) || done.has(file)) return;
    for (const imported of importsOf(file).filter((name) => files.includes(name))) follow(imported, [...path, file]);
    done.add(file);
  };
  for (const file of files) follow(file, []);
  expect(circles).toEqual([]);
});

test("the domain imports nothing but itself and the standard library", () => {
  const foreign = files
    .filter((file) => roomOf(file) === "domain")
    .flatMap((file) => [...source(file).matchAll(/from "([^".][^"]*)"/g)].map((found) => `${file} imports ${found[1]}`))
    .filter((line) => !line.includes(" imports node:"));
  expect(foreign).toEqual([]);
});

/** What a file imports, name by name; `*` for whatever takes a whole file. */
function namesImportedBy(file: string): { readonly name: string; readonly from: string }[] {
  const text = withoutComments(file);
  const named = [...text.matchAll(/\{([^{}]*)\}\s+from\s+"([^"]+)"/g)].flatMap(([, list = "", from = ""]) =>
    list.split(",").map((entry) => ({ name: entry.trim().replace(/^type\s+|\s+as\s.*$/g, ""), from })),
  );
  const whole = [...text.matchAll(/(?:\*[\s\w]*\sfrom\s+|\bimport\s*\(\s*)"([^"]+)"/g)];
  return [...named, ...whole.map(([, from = ""]) => ({ name: "*", from }))]
    .filter(({ name, from }) => name !== "" && from.startsWith("."))
    .map(({ name, from }) => ({ name, from: normalize(join(dirname(file), from)) }));
}

test("telegram takes from storage the names of its errors only, and no table: what is kept is the services' business", () => {
  const errors = ["StoreUnavailable", "unlessUnavailable"];
  const storage = "domain/storage.ts";
  // The store is made of the tables, and of nothing else that the domain names.
  const tables = namesImportedBy(storage);
  expect(tables.map(({ name }) => name)).toContain("Links");
  const isForbidden = ({ name, from }: { name: string; from: string }) =>
    from === storage
      ? !errors.includes(name)
      : tables.some((table) => table.from === from && (name === table.name || name === "*"));
  const taken = files
    .filter((file) => roomOf(file) === "telegram")
    .flatMap((file) => namesImportedBy(file).map((imported) => ({ file, ...imported })));
  expect(taken.length).toBeGreaterThan(100);
  expect(taken.filter(isForbidden).map(({ file, name, from }) => `${file} imports ${name} from ${from}`)).toEqual([]);
});

test("only main, commands, app and the config itself see the config", () => {
  const seers = files.filter((file) => importsOf(file).some((imported) => roomOf(imported) === "config")).map(roomOf);
  expect([...new Set(seers)].filter((room) => !["main", "commands", "app", "config", "cli"].includes(room))).toEqual(
    [],
  );
});

test(`no file is longer than ${LONGEST_FILE} lines`, () => {
  expect(files.filter((file) => source(file).split("\n").length - 1 > LONGEST_FILE)).toEqual([]);
});

test("no file has a name that says nothing", () => {
  const isNameless = (file: string) => FORBIDDEN_NAMES.includes(basename(file).replace(/\..*$/, ""));
  expect(files.filter(isNameless)).toEqual([]);
});

test("no line of the log describes an error in its message: that is a field's, so that repetitions are known", () => {
  const withError = /\.(warn|error|info|debug)\(\s*`[^`]*\$\{(describeApiError\(|String\(error|error\})/;
  expect(files.filter((file) => withError.test(source(file)))).toEqual([]);
});
