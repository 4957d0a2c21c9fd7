import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, loadConfig } from "../../../src/config/config.ts";
import { ConfigError, type Problem } from "../../../src/config/problem.ts";
import { words } from "../../../src/words/words.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "dwld-bot-back-end-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const PASSWORD = "a password that nobody prints";

function load(downloader: unknown, env: Readonly<Record<string, string>> = {}, language: "en" | "ru" = "en"): Config {
  const path = join(cwd, "config.yaml");
  const telegram = { token: "1:abc", admins: [7] };
  writeFileSync(path, JSON.stringify({ telegram, downloader }), { mode: 0o600 });
  return loadConfig({ path, cwd, env, words: words[language] });
}

function refusal(...of: Parameters<typeof load>): ConfigError {
  try {
    load(...of);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("The config was accepted");
}

const problemsIn = (...of: Parameters<typeof load>): readonly Problem[] => refusal(...of).problems;

describe("downloader.backend", () => {
  test("is empty by default", () => {
    const { backend, name, roots } = load({}).downloader;
    const none = { kind: "auto", url: "", user: "", secret: "", secret_file: "", dir: "", options: [] };
    expect({ backend, name, roots }).toEqual({ backend: none, name: "", roots: [] });
  });

  test("is read from the file and from the environment", () => {
    const backend = { kind: "qbittorrent", url: "https://nas.lan/qb/", user: "ann", options: ["category=films"] };
    const { downloader } = load({ backend: { ...backend, dir: "/downloads" }, name: "Дом", roots: ["magnet:"] });
    expect(downloader).toMatchObject({ name: "Дом", roots: ["magnet:"], backend: { ...backend, dir: "/downloads" } });
    const env = {
      DWLD_BOT_DOWNLOADER_BACKEND_KIND: "qbittorrent",
      DWLD_BOT_DOWNLOADER_BACKEND_SECRET: PASSWORD,
      DWLD_BOT_DOWNLOADER_BACKEND_OPTIONS: "category=films",
      DWLD_BOT_DOWNLOADER_ROOTS: "magnet:,example.org",
    };
    expect(load({}, env).downloader).toMatchObject({
      roots: ["magnet:", "example.org"],
      backend: { kind: "qbittorrent", secret: PASSWORD, options: ["category=films"] },
    });
  });

  test("takes its secret from secret_file, else from systemd's credentials", () => {
    writeFileSync(join(cwd, "secret"), `${PASSWORD}\n`, { mode: 0o600 });
    writeFileSync(join(cwd, "backend-secret"), "of systemd\n", { mode: 0o600 });
    const handedOver = { CREDENTIALS_DIRECTORY: cwd };
    const secretOf = (backend: object) => load({ backend }, handedOver).downloader.backend.secret;
    expect(secretOf({ kind: "aria2", secret_file: "secret" })).toBe(PASSWORD);
    expect(secretOf({ kind: "aria2" })).toBe("of systemd");
    // Without a program, the credential is for a downloader that is a service of its own.
    expect(secretOf({})).toBe("");
  });

  test("warns of a secret that others can read", () => {
    const path = join(cwd, "secret");
    writeFileSync(path, PASSWORD);
    chmodSync(path, 0o644);
    expect(load({ backend: { kind: "aria2", secret_file: "secret" } }).warnings).toEqual([
      `Other users of this machine can read the password or key in ${path}: chmod 600 ${path}`,
    ]);
    chmodSync(path, 0o600);
    load({ backend: { kind: "aria2", secret: PASSWORD } });
    const config = join(cwd, "config.yaml");
    chmodSync(config, 0o644);
    const env = { DWLD_BOT_TELEGRAM_TOKEN: "1:abc" };
    expect(loadConfig({ path: config, cwd, env }).warnings).toEqual([expect.stringContaining(`chmod 600 ${config}`)]);
  });

  test("warns of options that have no effect if a program downloads", () => {
    const { warnings } = load({ rate: "2M", cookies: "cookies.txt", backend: { kind: "aria2" } });
    expect(warnings).toEqual([
      "downloader.rate has no effect: aria2 downloads, and has its own settings.",
      "downloader.cookies has no effect: aria2 downloads, and has its own settings.",
    ]);
    expect(load({ rate: "2M" }).warnings).toEqual([]);
  });

  test("warns of a user name if the program has no users", () => {
    const warningsOf = (backend: object) => load({ backend }).warnings;
    expect(warningsOf({ kind: "aria2", user: "ann" })).toEqual([
      "downloader.backend.user has no effect: aria2 has no users, only a secret.",
    ]);
    expect([...warningsOf({ kind: "aria2", user: "" }), ...warningsOf({ kind: "metube", user: "ann" })]).toEqual([]);
  });

  test.each<[string, object, Problem]>([
    [
      "an unknown kind",
      { kind: "deluge" },
      {
        key: "downloader.backend.kind",
        found: '"deluge"',
        expected: "one of auto, aria2, qbittorrent, transmission, metube, ytptube",
      },
    ],
    [
      "an address without a scheme",
      { kind: "aria2", url: "127.0.0.1:6800" },
      {
        key: "downloader.backend.url",
        found: "a text of 14 characters",
        expected: "an address such as http://127.0.0.1:6800/jsonrpc, without a name or password, or nothing",
      },
    ],
    [
      "an option that belongs to another kind",
      { kind: "qbittorrent", options: ["category=films", "preset=best"] },
      {
        key: "downloader.backend.options[1]",
        found: '"preset=best"',
        expected: "a setting of qbittorrent: category=…",
      },
    ],
    [
      "an option for a kind without options",
      { kind: "aria2", options: ["category=films"] },
      {
        key: "downloader.backend.options[0]",
        found: '"category=films"',
        expected: "nothing: aria2 has no settings",
      },
    ],
    [
      "a secret that is a number",
      { kind: "aria2", secret: 123 },
      {
        key: "downloader.backend.secret",
        found: "a number",
        expected: "the program's password or key: one line, in quotes, or nothing",
      },
    ],
    [
      "a user without a program",
      { user: "ann" },
      {
        key: "downloader.backend.user",
        found: '"ann"',
        expected: "nothing while downloader.backend.kind is auto: set the program there",
      },
    ],
    [
      "an empty secret's file",
      { kind: "aria2", secret_file: "/dev/null" },
      {
        key: "downloader.backend.secret_file",
        found: "nothing in the file /dev/null",
        expected: "the program's password or key on one line",
      },
    ],
    [
      "a misspelt key",
      { kind: "aria2", secret_fil: "secret" },
      {
        key: "downloader.backend.secret_fil",
        found: "an unknown key",
        expected: "a known one",
        hint: "Did you mean downloader.backend.secret_file?",
      },
    ],
  ])("is refused with %s", (_, backend, problem) => {
    expect(problemsIn({ backend })).toEqual([problem]);
  });

  test("is refused in Russian too", () => {
    expect(problemsIn({ backend: { url: "http://nas.lan/", options: ["a=b"] } }, {}, "ru")).toEqual([
      {
        key: "downloader.backend.url",
        found: '"http://nas.lan/"',
        expected: "ничего, пока в downloader.backend.kind стоит auto: укажите там программу",
      },
      {
        key: "downloader.backend.options",
        found: "список",
        expected: "ничего, пока в downloader.backend.kind стоит auto: укажите там программу",
      },
    ]);
  });

  test("lists its keys if it is only a program's name", () => {
    expect(problemsIn({ backend: "aria2" })).toMatchObject([
      { key: "downloader.backend", expected: "a mapping of kind, url, user, secret, secret_file, dir, options" },
    ]);
  });

  test.each<object>([
    { kind: "aria2", url: `http://ann:${encodeURIComponent(PASSWORD)}@nas.lan/` },
    { kind: "aria2", secret: `${PASSWORD}\nand more` },
    { secret: PASSWORD },
    { kind: PASSWORD.split(" "), secret: PASSWORD },
  ])("never repeats a password: %#", (backend) => {
    const { message } = refusal({ backend });
    expect(message).toContain("downloader.backend.");
    expect(message).not.toContain("nobody");
  });
});
