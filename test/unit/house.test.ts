import { describe, expect, test } from "bun:test";
import { basename, dirname } from "node:path";
import { files, importsOf, namesImportedBy, source, typesExportedBy, withoutComments } from "../support/sources.ts";

const LONGEST_FILE = 220;
const WIDEST_COMMENT = 140;
/** The app only has the order of starting. */
const LONGEST_APP = 120;
/** Names that say nothing, as a file's name or a part of it. */
const FORBIDDEN_NAMES =
  "utils util helpers helper common types models constants index task item data info dto entity manager processor impl base".split(
    " ",
  );
/** These names come from systemd's manual and the Bot API. */
const KNOWN_BY_THIS_NAME = ["systemd/service-manager.ts", "telegram/views/callback-data.ts"];
/** The first authors' private words, and what to say instead. */
const PRIVATE_WORDS: Readonly<Record<string, string>> = {
  ailing: "unhealthy, or its state",
  carrier: "reconciler, or attempt",
  conversation: "context",
  handover: "submission",
  hurry: "pollSoon",
  lane: "queue",
  messenger: "outbox",
  nudge: "trigger",
  parcel: "submission request",
  settlement: "outcome",
  speaker: "replies",
  stray: "superseded submission",
  surroundings: "context",
  twin: "duplicate",
  upkeep: "maintenance",
  vitals: "report",
  waking: "requeue",
  whereabouts: "trace",
};
/** Packages that only these rooms may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  gramio: ["telegram"],
  "@gramio/types": ["telegram"],
  socks: ["telegram"],
  "@grpc/grpc-js": ["grpc", "downloader"],
  "@grpc/proto-loader": ["grpc"],
  asn1js: ["grpc"],
  "drizzle-orm": ["store"],
  "bun:sqlite": ["store", "commands", "downloader"],
  "prom-client": ["http"],
  "pprof-format": ["http"],
  valibot: ["config", "grpc", "http", "commands", "store", "downloader"],
  yaml: ["config"],
  leven: ["config"],
  consola: ["log"],
};

/** Rooms that touch the outside world; none knows another. */
const ADAPTERS = ["telegram", "grpc", "http", "store", "systemd"];

/** What each room of `src` may import besides itself (ARCHITECTURE.md, "Rooms"). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  service: ["domain"],
  ...Object.fromEntries(ADAPTERS.map((adapter) => [adapter, ["service", "domain", "version"]])),
  log: ["domain"],
  config: ["domain", "version", "words", "patient-read"],
  version: [],
  "patient-read": [],
  words: ["domain"],
  cli: ["domain", "version", "config", "words"],
  app: ["service", "domain", "config", "log", "version", ...ADAPTERS],
  downloader: ["domain", "grpc", "patient-read"],
  commands: [
    "app",
    "downloader",
    "service",
    "domain",
    "config",
    "log",
    "version",
    "cli",
    "words",
    "patient-read",
    ...ADAPTERS,
  ],
  main: ["commands", "config", "log", "version", "cli", "words", "domain"],
};

/** The same one level deeper, for the rooms that have wings; `""` are the files directly in the room. */
const WINGS_MAY_IMPORT: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  telegram: {
    "": ["access", "commands", "notify", "views", "context", "outbox", "client", "api", "locales"],
    access: ["notify", "views", "context", "outbox", "locales"],
    commands: ["notify", "views", "context", "locales"],
    notify: ["views", "context", "outbox", "locales"],
    views: ["context", "locales"],
    context: ["outbox", "api", "locales"],
    outbox: ["api"],
    client: ["api"],
    api: [],
    locales: [],
  },
  service: {
    "": [],
    tracking: ["fleet", "cleanup"],
    queue: ["dispatch", "fleet", "cleanup"],
    dispatch: ["fleet", "cleanup"],
    fleet: ["cleanup"],
    cleanup: [],
    chats: ["access"],
    access: [],
  },
};

/** Things that only some rooms and wings may use, even when somebody hands them over. */
const ONLY_FOR: readonly { readonly what: string; readonly from: string; readonly hands: readonly string[] }[] = [
  {
    what: "DownloaderClient",
    from: "domain/downloader.ts",
    hands: ["grpc", "app", "commands", "service/dispatch", "service/tracking", "service/fleet"],
  },
  {
    what: "Outbox",
    from: "telegram/outbox/outbox.ts",
    hands: ["telegram", "telegram/access", "telegram/notify", "telegram/context"],
  },
];

/** Folders all of whose files may be imported from outside; of any other only the front file, which has the folder's name. */
const OPEN = [...["config", "log", "http", "store"], ...["service/access", "service/fleet", "service/queue"]];
/** Further files open to others: checks and the wizard ask Telegram before there is a bot, and a command has options. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  telegram: ["telegram/api"],
  downloader: [
    "downloader/options.ts",
    "downloader/joining.ts",
    "downloader/programs.ts",
    "downloader/self-check.ts",
    "downloader/token-exposure.ts",
    "downloader/locales",
  ],
};

/** Where parts are created and connected. */
const ASSEMBLIES = files.filter(
  (file) =>
    file.startsWith("app/") ||
    ["telegram/telegram.ts", "telegram/handlers.ts", "telegram/client/client.ts"].includes(file),
);

/** The first folder under `src`, or the name of a file directly in it. */
const roomOf = (file: string): string => (file.split("/")[0] ?? "").replace(/(\.d)?\.ts$/, "");
/** The folder inside the room; "" for a file directly in it. */
const wingOf = (file: string): string => (file.split("/").length > 2 ? (file.split("/")[1] ?? "") : "");
const folders = [...new Set(files.map(dirname))].filter((folder) => folder !== ".");
const frontOf = (folder: string): string => `${folder}/${basename(folder)}.ts`;
const linesOf = (file: string): number => source(file).split("\n").length - 1;
const arrows = files.flatMap((file) =>
  importsOf(file)
    .filter((imported) => imported.endsWith(".ts") && !imported.startsWith(".."))
    .map((imported) => ({ file, imported })),
);
const packagesOf = (file: string): string[] =>
  [...withoutComments(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^".][^"]*)"/g)].map(([, name = ""]) => name);
/** The package of an import: `drizzle-orm/bun-sqlite` belongs to `drizzle-orm`. */
const nameOfPackage = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
const inWords = ({ file, imported }: (typeof arrows)[number]): string => `${file} imports ${imported}`;

test("the house has the expected rooms, so that the other tests check something", () => {
  expect(files.length).toBeGreaterThan(200);
  expect(arrows.length).toBeGreaterThan(500);
  const unknown = files.map(roomOf).filter((room) => MAY_IMPORT[room] === undefined && room !== "embedded");
  expect([...new Set(unknown)]).toEqual([]);
  for (const [room, wings] of Object.entries(WINGS_MAY_IMPORT)) {
    const there = new Set(files.filter((file) => roomOf(file) === room).map(wingOf));
    expect([...there].sort()).toEqual(Object.keys(wings).sort());
  }
});

describe("directions", () => {
  test("every import goes down: main, commands, app, adapters, service, domain", () => {
    const isWrong = ({ file, imported }: (typeof arrows)[number]) =>
      roomOf(imported) !== roomOf(file) && !(MAY_IMPORT[roomOf(file)] ?? []).includes(roomOf(imported));
    expect(arrows.filter(isWrong).map(inWords)).toEqual([]);
  });

  test("inside telegram and service every wing imports only wings below it", () => {
    const isWrong = ({ file, imported }: (typeof arrows)[number]) => {
      const wings = WINGS_MAY_IMPORT[roomOf(file)];
      if (wings === undefined || roomOf(imported) !== roomOf(file) || wingOf(imported) === wingOf(file)) return false;
      return !(wings[wingOf(file)] ?? []).includes(wingOf(imported));
    };
    expect(arrows.filter(isWrong).map(inWords)).toEqual([]);
  });

  test("only known places may call downloaders or send messages", () => {
    const placeOf = (file: string) => [roomOf(file), wingOf(file)].filter((part) => part !== "").join("/");
    const wrong = ONLY_FOR.flatMap(({ what, from, hands }) => {
      const holders = files.flatMap(namesImportedBy).filter((taken) => taken.name === what && taken.from === from);
      expect(holders.length).toBeGreaterThan(2);
      return holders.filter(({ file }) => !hands.includes(placeOf(file))).map(({ file }) => `${file} has ${what}`);
    });
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
      .flatMap((file) => packagesOf(file).map((name) => `${file} imports ${name}`))
      .filter((line) => !line.includes(" imports node:"));
    expect(packagesOf("grpc/proto.ts")).toContain("@grpc/grpc-js");
    expect(foreign).toEqual([]);
  });

  test("a package is imported only by the rooms that it is for", () => {
    const used = files.flatMap((file) => packagesOf(file).map((name) => ({ file, name: nameOfPackage(name) })));
    const wrong = used.filter(({ file, name }) => PACKAGES[name]?.includes(roomOf(file)) === false);
    const unused = Object.keys(PACKAGES).filter((name) => !used.some((one) => one.name === name));
    expect(wrong.map(({ file, name }) => `${file} imports ${name}`)).toEqual([]);
    expect(unused).toEqual([]);
  });

  test("only main, cli, commands, app and the config itself import the config", () => {
    const seers = arrows.filter(({ imported }) => roomOf(imported) === "config").map(({ file }) => roomOf(file));
    const mayNot = seers.filter((room) => !["main", "commands", "app", "config", "cli"].includes(room));
    expect([...new Set(mayNot)]).toEqual([]);
  });

  test("adapters import only the errors of storage, and no table, since storing is the services' business", () => {
    const errors = ["StoreUnavailable", "unlessUnavailable", "ifAvailable"];
    const storage = "domain/storage.ts";
    // The store imports exactly the tables from the domain's storage.
    const tables = namesImportedBy(storage);
    expect(tables.map(({ name }) => name)).toContain("Links");
    const others = ADAPTERS.filter((adapter) => adapter !== "store");
    const taken = files.filter((file) => others.includes(roomOf(file))).flatMap(namesImportedBy);
    const forbidden = taken.filter(({ name, from }) =>
      from === storage
        ? !errors.includes(name)
        : tables.some((table) => table.from === from && (name === table.name || name === "*")),
    );
    expect(taken.length).toBeGreaterThan(100);
    expect(forbidden.map(({ file, name, from }) => `${file} imports ${name} from ${from}`)).toEqual([]);
  });
});

describe("folders", () => {
  test("no file lies beside a folder of the same name", () => {
    expect(files.filter((file) => folders.includes(file.replace(/\.ts$/, "")))).toEqual([]);
  });

  test("no folder holds a single file", () => {
    const inside = (folder: string) => files.filter((file) => file.startsWith(`${folder}/`));
    expect(folders.filter((folder) => inside(folder).length === 1)).toEqual([]);
  });

  test("only the front file of a private folder is imported from outside", () => {
    const isPrivate = (folder: string) => files.includes(frontOf(folder)) && !OPEN.includes(folder);
    const isDoor = (folder: string, imported: string) =>
      imported === frontOf(folder) ||
      (DOORS[folder] ?? []).some((door) => imported === door || imported.startsWith(`${door}/`));
    const wrong = folders.filter(isPrivate).flatMap((folder) => {
      const isInside = (file: string) => file.startsWith(`${folder}/`);
      return arrows.filter(({ file, imported }) => isInside(imported) && !isInside(file) && !isDoor(folder, imported));
    });
    expect(folders.filter(isPrivate).length).toBeGreaterThan(5);
    expect(wrong.map(inWords)).toEqual([]);
  });
});

describe("names", () => {
  test("no file has a name that says nothing", () => {
    const partsOf = (file: string) => basename(file).replace(/\..*$/, "").split("-");
    const isNameless = (file: string) => partsOf(file).some((part) => FORBIDDEN_NAMES.includes(part));
    expect(files.filter((file) => isNameless(file) && !KNOWN_BY_THIS_NAME.includes(file))).toEqual([]);
  });

  test("parts have the field's words, not private ones", () => {
    const words = (file: string) =>
      withoutComments(file)
        .replace(/"[^"\n]*"|`[^`]*`/g, "")
        .replace(/([a-z\d])([A-Z])/g, "$1 $2")
        .toLowerCase()
        .match(/[a-z]+/g) ?? [];
    const wrong = files.flatMap((file) =>
      [...new Set([...words(file), ...basename(file, ".ts").split("-")])]
        .filter((word) => Object.hasOwn(PRIVATE_WORDS, word))
        .map((word) => `${file}: ${word}; say ${PRIVATE_WORDS[word]}`),
    );
    expect(wrong).toEqual([]);
  });

  test("no two exported types have the same name", () => {
    const byName = Map.groupBy(
      files.flatMap((file) => typesExportedBy(file).map((name) => ({ name, file }))),
      ({ name }) => name,
    );
    expect(byName.size).toBeGreaterThan(200);
    const twice = [...byName].filter(([, exported]) => exported.length > 1);
    expect(twice.map(([name, exported]) => `${name}: ${exported.map(({ file }) => file).join(", ")}`)).toEqual([]);
  });
});

describe("files", () => {
  test(`none is longer than ${LONGEST_FILE} lines, and app.ts fits into ${LONGEST_APP}`, () => {
    expect(files.filter((file) => linesOf(file) > LONGEST_FILE)).toEqual([]);
    expect(linesOf("app/app.ts")).toBeLessThanOrEqual(LONGEST_APP);
  });

  test(`no comment is wider than ${WIDEST_COMMENT} columns`, () => {
    const isTooWide = (line: string) => line.length > WIDEST_COMMENT && /^\s*(\/\/|\/?\*)/.test(line);
    expect(files.flatMap((file) => source(file).split("\n").filter(isTooWide))).toEqual([]);
  });

  test("assemblies name no part before it is created", () => {
    expect(forwardNames("function f() {\n  const a = () => b();\n  const b = 1;\n}")).toEqual(["b"]);
    expect(forwardNames("function f() {\n  const a = 1;\n  const b = () => a;\n}")).toEqual([]);
    expect(forwardNames("function f() {\n  const a = () => b;\n  const {\n    b,\n    c,\n  } = made();\n}")).toEqual([
      "b",
    ]);
    const wrong = ASSEMBLIES.flatMap((file) => forwardNames(withoutComments(file)).map((name) => `${file}: ${name}`));
    expect(ASSEMBLIES.length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  test("no log line has an error in its message: errors are fields, so that repetitions are recognised", () => {
    const withError =
      /\.(warn|error|info|debug)\(\s*(error\.message|`[^`]*\$\{(describeApiError\(|String\(error|error\}|[^}]*\berror\b[^}]*\.message))/;
    expect(files.filter((file) => withError.test(source(file)))).toEqual([]);
  });
});

/** A function's own constants that are named before the line that declares them. */
function forwardNames(text: string): string[] {
  const onOneLine = text.replace(
    /\{\s*\n([^{}()]*?)\n\s*\}\s*=/g,
    (_, names: string) => `{${names.replace(/\s+/g, " ")}} =`,
  );
  const bodies = onOneLine
    .split(/^(?=(?:export )?(?:async )?function )/m)
    .filter((part) => /^[a-z ]*function /.test(part));
  return bodies.flatMap((body) => {
    const lines = body.replace(/"[^"]*"/g, '""').split("\n");
    return lines.flatMap((line, at) => {
      const [, one, several = ""] = /^ {2}(?:const|let) (?:(\w+)|[{[]([^}\]]*)[}\]])/.exec(line) ?? [];
      const made =
        one === undefined ? several.split(",").map((part) => part.split(/[:=]/).at(-1)?.trim() ?? "") : [one];
      const isNamed = (name: string) =>
        lines.slice(1, at).some((earlier) => new RegExp(`(?<![.\\w])${name}(?![\\w:])`).test(earlier));
      return made.filter((name) => /^\w+$/.test(name) && isNamed(name));
    });
  });
}
