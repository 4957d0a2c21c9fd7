import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../../src/config/config.ts";
import { configKeys } from "../../../src/config/keys.ts";
import { readSecretFiles } from "../../../src/config/secret-files.ts";
import { SECRETS, secretsOf } from "../../../src/config/secrets.ts";

const cwd = mkdtempSync(join(tmpdir(), "dwld-bot-secrets-"));
afterAll(() => rmSync(cwd, { recursive: true }));
const credentials = mkdtempSync(join(cwd, "credentials-"));
writeFileSync(join(cwd, "file"), "1:from-file\n", { mode: 0o600 });
writeFileSync(join(credentials, "telegram-token"), "1:from-systemd\r\n", { mode: 0o600 });
writeFileSync(join(credentials, "grpc-token"), "grpc secret", { mode: 0o600 });

const read = (values: Record<string, string>, env = {}) =>
  readSecretFiles(new Map(Object.entries(values)), { cwd, env });
const env = { CREDENTIALS_DIRECTORY: credentials };

describe("readSecretFiles()", () => {
  test("prefers token_file to systemd's credentials, and ignores a line break at the end", () => {
    expect(read({ "telegram.token_file": "file" }, env).values.get("telegram.token")).toBe("1:from-file");
    expect(Object.fromEntries(read({}, env).values)).toEqual({
      "telegram.token": "1:from-systemd",
      "grpc.token": "grpc secret",
    });
  });

  test("does not read the file of a token that is set, and warns of it", () => {
    const { values, warnings } = read({ "telegram.token": "1:set", "telegram.token_file": "file" }, env);
    expect(values.has("telegram.token")).toBeFalse();
    expect(warnings).toEqual(["telegram.token_file is not read, because telegram.token is set."]);
  });

  test("reports a named file that cannot be read, but not a missing credential", () => {
    expect(read({ "http.token_file": "none" }).problems).toEqual([
      {
        key: "http.token_file",
        found: `${join(cwd, "none")}, which does not exist`,
        expected: "a readable file",
        hint: "Check the path.",
      },
    ]);
    expect(read({}, { CREDENTIALS_DIRECTORY: cwd }).problems).toEqual([]);
  });

  test("names the file that is empty or contains an invalid token", () => {
    writeFileSync(join(cwd, "empty"), "\n", { mode: 0o600 });
    writeFileSync(join(cwd, "two-lines"), "1:abc\nmine\n", { mode: 0o600 });
    const refusal = (values: object) => {
      const file = join(cwd, "config.yaml");
      writeFileSync(file, JSON.stringify({ telegram: { admins: [1], ...values } }), { mode: 0o600 });
      return () => loadConfig({ path: file, env: {}, cwd });
    };
    expect(refusal({ token_file: "empty" })).toThrow(
      `telegram.token_file: found nothing in the file ${join(cwd, "empty")}`,
    );
    expect(refusal({ token_file: "two-lines" })).toThrow(`characters in the file ${join(cwd, "two-lines")}, expected`);
    const [problem] = read({ "grpc.token_file": "empty" }).problems;
    expect(problem).toMatchObject({ key: "grpc.token_file", hint: expect.stringContaining("openssl rand") });
  });

  test("warns about a file that others can read", () => {
    const path = join(cwd, "open");
    writeFileSync(path, "secret");
    chmodSync(path, 0o644);
    const { values, warnings } = read({ "http.token_file": path });
    expect(values.get("http.token")).toBe("secret");
    expect(warnings).toEqual([`Other users of this machine can read the token in ${path}: chmod 600 ${path}`]);
  });

  test("does not warn if only another group may read, and keeps that right in its advice", () => {
    const path = join(cwd, "for-the-service");
    writeFileSync(path, "secret");
    const mayChangeOwner = process.getuid?.() === 0;
    if (mayChangeOwner) chownSync(path, 0, 65_534);
    chmodSync(path, 0o640);
    const narrow = `Other users of this machine can read the token in ${path}: chmod 600 ${path}`;
    expect(read({ "http.token_file": path }).warnings).toEqual(mayChangeOwner ? [] : [narrow]);
    chmodSync(path, 0o644);
    const advice = narrow.replace("600", mayChangeOwner ? "640" : "600");
    expect(read({ "http.token_file": path }).warnings).toEqual([advice]);
  });
});

describe("secretsOf()", () => {
  test("returns the back-end program's secret as written and as HTTP sends it", () => {
    const backend = { user: "ann", secret: "sésame" };
    const tokens = { telegram: { token: "", proxies: [] }, grpc: { token: "" }, http: { token: "" } };
    const asHeader = Buffer.from("ann:sésame").toString("base64");
    expect(secretsOf({ ...tokens, downloader: { backend } })).toEqual(["sésame", asHeader]);
  });

  test("returns the tokens, and the proxies' passwords as written, as decoded and as HTTP sends them", () => {
    const proxies = ["socks5://me:p%40ssword@h:1080", "http://h:8080/"];
    const none = { backend: { user: "", secret: "" } };
    const tokens = { telegram: { token: "123:abcdef", proxies }, grpc: { token: "grpc-token" }, http: { token: "" } };
    expect(secretsOf({ ...tokens, downloader: none })).toEqual([
      ...["123:abcdef", "grpc-token", "abcdef"],
      ...["p%40ssword", "p@ssword", btoa("me:p@ssword")],
    ]);
  });
});

describe("the list of secrets", () => {
  test("has every key that may be in a file of its own, and no other", () => {
    const named = configKeys().flatMap(({ name }) => (name.endsWith("_file") ? name.slice(0, -"_file".length) : []));
    expect(SECRETS.map(({ key }) => key).sort()).toEqual(named.sort());
  });

  test("finds each secret's value, redacts it in the log, and warns if others can read the config with it", () => {
    const open = join(cwd, "open.yaml");
    for (const { key, valueIn } of SECRETS) {
      const secret = key === "telegram.token" ? "77:of-telegram" : `the-value-of-${key}`;
      const rest = { "telegram.token": "1:abc", "downloader.backend.kind": "aria2", "downloader.dir": "downloads" };
      const given = Object.entries({ ...rest, [key]: secret });
      const variable = (name: string) => configKeys().find((one) => one.name === name)?.variable ?? "";
      const others = Object.fromEntries(
        given.flatMap(([name, text]) => (name === key ? [] : [[variable(name), text]])),
      );
      const inFile = key.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), secret);
      writeFileSync(open, JSON.stringify(inFile));
      chmodSync(open, 0o644);
      const config = loadConfig({ path: open, cwd, env: { ...others, DWLD_BOT_TELEGRAM_ADMINS: "7" } });
      expect(valueIn(config)).toBe(secret);
      expect(secretsOf(config)).toContain(secret);
      expect(config.warnings.join()).toContain(open);
    }
  });
});
