import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, loadConfig } from "../../../src/config/config.ts";
import type { ConfigPlaces } from "../../../src/config/file.ts";
import { ConfigError, type Problem } from "../../../src/config/problem.ts";

const made: string[] = [];
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true });
});

const smallest = 'telegram: { token: "1:abc", admins: [7] }\n';

/** A working directory with these files; the system directory is `etc` in it. */
function directory(files: Readonly<Record<string, string>> = {}): ConfigPlaces & { readonly cwd: string } {
  const cwd = mkdtempSync(join(tmpdir(), "dwld-bot-config-"));
  made.push(cwd);
  mkdirSync(join(cwd, "etc"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text, { mode: 0o600 });
  return { cwd, env: {}, systemDirectory: join(cwd, "etc") };
}

function load(yaml: string, env: ConfigPlaces["env"] = {}): Config {
  return loadConfig({ ...directory({ "config.yaml": yaml }), env });
}

function refusal(places: ConfigPlaces): ConfigError {
  try {
    loadConfig(places);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("The config was accepted");
}

function problemsIn(yaml: string, env: ConfigPlaces["env"] = {}): readonly Problem[] {
  return refusal({ ...directory({ "config.yaml": yaml }), env }).problems;
}

describe("loadConfig()", () => {
  test("needs only a token and one admin", () => {
    const config = load(smallest);
    expect(config.telegram).toMatchObject({ token: "1:abc", admins: [7], users: [], language: "auto" });
    expect(config.dispatch).toEqual({
      interval: 5_000,
      delay: 60_000,
      deadline: 10_000,
      concurrency: 16,
      max_attempts: 12,
      backoff: { first: 60_000, cap: 21_600_000 },
      uncertain_hold: 300_000,
      night: "02:00",
      windows: [],
    });
    expect(config.quality).toEqual({ default: "best", choices: ["best", 2160, 1440, 1080, 720, 480] });
    expect(config.grpc.listen).toEqual({ host: "127.0.0.1", port: 9999 });
    expect(config.time_zone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
    expect(config.warnings).toEqual([]);
  });

  test("lists every problem at once, each with its key", () => {
    const yaml = `
telegram: { token: nonsense, admins: [1, x] }
dispatch: { interval: 5, intervall: 5s, backoff: { first: 2h, cap: 1h } }
quality: { default: 360 }
grpc: { listen: "0.0.0.0:9999", tls: { cert: a.pem } }
links: [1]
log: { level: loud }
`;
    expect(
      problemsIn(yaml)
        .map(({ key }) => key)
        .sort(),
    ).toEqual([
      "dispatch.backoff.cap",
      "dispatch.interval",
      "dispatch.intervall",
      "grpc.tls.key",
      "links",
      "log.level",
      "quality.default",
      "telegram.admins[1]",
      "telegram.token",
    ]);
  });

  test("says what was found, what is expected and what to do", () => {
    expect(problemsIn(`${smallest}dispatch: { interval: 5 }`)).toEqual([
      {
        key: "dispatch.interval",
        found: "5",
        expected: "a duration such as 500ms, 90s, 10m, 2h or 1d, longer than zero and at most 24d",
        hint: "Add a unit: 5s is 5 seconds.",
      },
    ]);
    expect(refusal(directory({ "config.yaml": `${smallest}dispatch: { interval: 5 }` })).message).toContain(
      "\n  dispatch.interval: found 5, expected a duration",
    );
  });

  test.each([
    ["telegram", "telegram: { token: 99:hidden secret, admins: [1] }"],
    ["grpc", `${smallest}grpc: { token: "hidden secret" }`],
    ["http", `${smallest}http: { token: "hidden secret" }`],
    ["proxy", `${smallest.replace("admins", 'proxies: ["ftp://me:hidden@host"], admins')}`],
    ["api root", `${smallest.replace("admins", 'api_roots: ["https://me:hidden@host"], admins')}`],
    ["misplaced", "telegram: hidden"],
    ["duplicate", `${smallest}grpc: { token: hidden-token, token: hidden-too }`],
  ])("never repeats a secret (%s)", (_, yaml) => {
    const { message } = refusal(directory({ "config.yaml": yaml }));
    expect(message).not.toContain("hidden");
  });

  test.each([
    ["dispatch.intervall", `${smallest}dispatch: { intervall: 5s }`, "Did you mean dispatch.interval?"],
    ["token", `${smallest}token: x`, "Did you mean telegram.token?"],
    ["dispach", `${smallest}dispach: { interval: 5s }`, "Did you mean dispatch?"],
    ["lifetimes.comands", `${smallest}lifetimes: { comands: 5s }`, "Did you mean lifetimes.commands?"],
    ["xyzzy", `${smallest}xyzzy: 1`, undefined],
    ["__proto__", `${smallest}__proto__: { a: 1 }`, undefined],
  ])("refuses the unknown key %s", (key, yaml, hint) => {
    expect(problemsIn(yaml)).toEqual([
      { key, found: "an unknown key", expected: "a known one", ...(hint !== undefined && { hint }) },
    ]);
  });

  test.each([
    ["routes", "routes: [films]", "match, downloaders"],
    ["dispatch.windows", "dispatch: { windows: [films] }", "match, downloaders, open"],
    ["grpc.downloaders", "grpc: { downloaders: [films] }", "name, ca"],
  ])("names the keys that an entry of %s must have", (key, yaml, keys) => {
    expect(problemsIn(`${smallest}${yaml}`)).toEqual([
      { key: `${key}[0]`, found: '"films"', expected: `a mapping of ${keys}` },
    ]);
  });

  test("refuses a key that is written both dotted and nested", () => {
    expect(problemsIn(`${smallest}dispatch.delay: 1m\ndispatch: { delay: 2m }\n`)).toEqual([
      { key: "dispatch.delay", found: "a duplicate", expected: expect.any(String) },
    ]);
  });

  test("refuses a duplicate key, with both places", () => {
    expect(problemsIn(`${smallest}dispatch:\n  delay: 1m\n  night: "02:00"\n  delay: 2m\n`)).toEqual([
      {
        key: "dispatch.delay",
        found: "dispatch.delay twice, on line 3, column 3 and on line 5, column 3",
        expected: "each key once",
        hint: "Remove one of them.",
      },
    ]);
  });

  test("lists duplicate keys in braces, quotes and variables together with other problems", () => {
    const yaml = `telegram: { token: "1:abc", admins: [7], "token": "2:def" }\ndispatch: { dela: 1m }\n`;
    const env = { DWLD_BOT_ROUTES: "[{ match: a.org, downloaders: [nas], match: b.org }]" };
    expect(problemsIn(yaml, env)).toMatchObject([
      { key: "telegram.token", found: "telegram.token twice, on line 1, column 13 and on line 1, column 42" },
      { key: "dispatch.dela", hint: "Did you mean dispatch.delay?" },
      {
        key: "routes",
        found: "[0].match twice, on line 1, column 4 and on line 1, column 38 in DWLD_BOT_ROUTES",
        expected: "each key once",
      },
    ]);
  });

  test("refuses a password that YAML would read as an empty tag", () => {
    expect(problemsIn(`${smallest}http: { token: !hidden }\n`)).toMatchObject([
      { key: expect.stringMatching(/config\.yaml, line 2, column 16$/), hint: expect.stringContaining("in quotes") },
    ]);
  });

  test("ignores a key without a value", () => {
    expect(load(`${smallest}folders:\ndispatch:\n  delay:\ngrpc:\n`)).toMatchObject({
      folders: [],
      dispatch: { delay: 60_000 },
    });
  });
});

describe("loadConfig(), the file", () => {
  const named = (token: string) => `telegram: { token: "${token}", admins: [7] }`;
  const places = () => {
    const all = directory({ "config.yaml": named("1:cwd"), "env.yaml": named("2:env"), "flag.yaml": named("3:flag") });
    writeFileSync(join(all.cwd, "etc", "config.yaml"), named("4:system"));
    return all;
  };

  test("is --config, else $DWLD_BOT_CONFIG, else ./config.yaml, else the system's", () => {
    const all = places();
    const env = { DWLD_BOT_CONFIG: "env.yaml" };
    expect(loadConfig({ ...all, env, path: "flag.yaml" }).telegram.token).toBe("3:flag");
    expect(loadConfig({ ...all, env }).telegram.token).toBe("2:env");
    expect(loadConfig(all).telegram.token).toBe("1:cwd");
    rmSync(join(all.cwd, "config.yaml"));
    expect(loadConfig(all).telegram.token).toBe("4:system");
    expect(loadConfig(all).file).toBe(join(all.cwd, "etc", "config.yaml"));
  });

  test("need not exist if the environment has everything", () => {
    const env = { DWLD_BOT_TELEGRAM_TOKEN: "1:abc", DWLD_BOT_TELEGRAM_ADMINS: "7, -1001234567890" };
    const config = loadConfig({ ...directory(), env });
    expect(config.telegram.admins).toEqual([7, -1001234567890]);
    expect(config.file).toBeUndefined();
  });

  test("is reported as missing, with the places that were searched", () => {
    const all = directory();
    const error = refusal(all);
    expect(error.message).toContain(`${join(all.cwd, "config.yaml")} and ${join(all.cwd, "etc", "config.yaml")}`);
    expect(error.message).toContain("dwld-bot init writes one");
    expect(error.problems.map(({ key }) => key)).toEqual(["telegram.token"]);
  });

  test.each([
    ["is missing", "none.yaml", "none.yaml", "no such file"],
    ["is a directory", "etc", "etc", "a folder"],
    ["is not YAML", "broken.yaml", "broken.yaml, line 3, column 1", "a line that is indented unlike its neighbours"],
    ["is two documents", "two.yaml", "two.yaml, line 2, column 1", "a second document"],
    ["is a list", "list.yaml", "list.yaml, line 1", "a list"],
    ["is a word", "word.yaml", "word.yaml, line 1", "a string"],
  ])("is refused if it is named and %s", (_, path, key, found) => {
    const all = directory({
      "broken.yaml": "telegram:\n  admins: [1]\n token: x\n",
      "two.yaml": `${smallest}---\n${smallest}`,
      "list.yaml": "- 1",
      "word.yaml": "hello",
    });
    expect(refusal({ ...all, path }).problems).toMatchObject([{ key: join(all.cwd, key), found }]);
  });

  test("causes a warning if others can read the token in it", () => {
    const all = directory({ "config.yaml": smallest });
    const file = join(all.cwd, "config.yaml");
    chmodSync(file, 0o640);
    expect(loadConfig(all).warnings).toEqual([
      `Other users of this machine can read the token in ${file}: chmod 600 ${file}`,
    ]);
    writeFileSync(file, "telegram: { admins: [7] }");
    expect(loadConfig({ ...all, env: { DWLD_BOT_TELEGRAM_TOKEN: "1:abc" } }).warnings).toEqual([]);
  });
});

describe("loadConfig(), the environment", () => {
  test("overrides the file, for every kind of value", () => {
    const config = load(`${smallest}dispatch: { delay: 1m, concurrency: 4 }\nfolders: [x]`, {
      DWLD_BOT_DISPATCH_DELAY: "2m",
      DWLD_BOT_DISPATCH_BACKOFF_FIRST: "30s",
      DWLD_BOT_DISPATCH_CONCURRENCY: "8",
      DWLD_BOT_LINKS_ALLOW_PRIVATE: "true",
      DWLD_BOT_QUALITY_CHOICES: "best,720",
      DWLD_BOT_FOLDERS: "Films, Кино",
      DWLD_BOT_ROUTES: "[{ match: youtube.com, downloaders: [abroad, home] }]",
      DWLD_BOT_TIME_ZONE: "Europe/Moscow",
    });
    expect(config).toMatchObject({
      dispatch: { delay: 120_000, concurrency: 8, backoff: { first: 30_000, cap: 21_600_000 } },
      links: { allow_private: true },
      quality: { choices: ["best", 720] },
      folders: ["Films", "Кино"],
      routes: [{ match: "youtube.com", downloaders: ["abroad", "home"] }],
      time_zone: "Europe/Moscow",
    });
  });

  test("is named in a problem that it causes", () => {
    expect(problemsIn(smallest, { DWLD_BOT_TELEGRAM_USERS: "1,me" })).toMatchObject([
      { key: "telegram.users[1]", found: '"me" in DWLD_BOT_TELEGRAM_USERS' },
    ]);
  });

  test("may contain empty variables and those of other programs", () => {
    expect(load(smallest, { DWLD_BOT_HTTP_LISTEN: "", PATH: "/bin" }).http.listen.port).toBe(9988);
  });

  test("must not contain unknown DWLD_BOT_ variables", () => {
    expect(problemsIn(smallest, { DWLD_BOT_TELEGRAM_TOKN: "1:abc" })).toEqual([
      {
        key: "DWLD_BOT_TELEGRAM_TOKN",
        found: "an unknown variable",
        expected: "a known one",
        hint: "Did you mean DWLD_BOT_TELEGRAM_TOKEN?",
      },
    ]);
  });
});

describe("loadConfig(), tokens", () => {
  const admin = "telegram: { admins: [7] }";

  test("come from the config, else from the file that it names, else from systemd's credentials", () => {
    const all = directory({ "config.yaml": admin, token: "2:file\n", "telegram-token": "3:systemd\n" });
    const systemd = { CREDENTIALS_DIRECTORY: all.cwd };
    const named = { ...systemd, DWLD_BOT_TELEGRAM_TOKEN_FILE: "token" };
    const set = { ...named, DWLD_BOT_TELEGRAM_TOKEN: "1:set" };
    expect([systemd, named, set].map((env) => loadConfig({ ...all, env }).telegram.token)).toEqual([
      "3:systemd",
      "2:file",
      "1:set",
    ]);
  });

  test("cause a problem, not a hang, if their file is a pipe that nobody writes to", () => {
    const all = directory({ "config.yaml": admin });
    Bun.spawnSync(["mkfifo", join(all.cwd, "pipe")]);
    const env = { DWLD_BOT_TELEGRAM_TOKEN: "1:abc", DWLD_BOT_GRPC_TOKEN_FILE: "pipe" };
    expect(refusal({ ...all, env, patience: { aloneMs: 0, writingMs: 0 } }).problems).toEqual([
      {
        key: "grpc.token_file",
        found: `${join(all.cwd, "pipe")}, a pipe without data`,
        expected: "a readable file",
        hint: "Give a regular file, or first start what writes to the pipe.",
      },
    ]);
  });

  test("cause one problem if their file cannot be read", () => {
    expect(problemsIn(admin, { DWLD_BOT_TELEGRAM_TOKEN_FILE: "/none/token" })).toEqual([
      {
        key: "telegram.token_file",
        found: "/none/token, which does not exist",
        expected: "a readable file",
        hint: "Check the path.",
      },
    ]);
  });
});

describe("loadConfig(), paths", () => {
  test("are resolved against the working directory", () => {
    const all = directory({
      "config.yaml": `${smallest}store: { path: db/q.db }\ngrpc: { tls: { cert: c.pem, key: /k.pem } }`,
    });
    const config = loadConfig({ ...all, env: { STATE_DIRECTORY: "/var/lib/dwld-bot" } });
    expect(config.store.path).toBe(join(all.cwd, "db/q.db"));
    expect(config.grpc.tls).toEqual({ listen: "", cert: join(all.cwd, "c.pem"), key: "/k.pem", client_ca: "" });
  });

  test("put the default database into systemd's state directory", () => {
    expect(load(smallest, { STATE_DIRECTORY: "/var/lib/dwld-bot:/b" }).store.path).toBe(
      "/var/lib/dwld-bot/dwld-bot.db",
    );
  });
});
