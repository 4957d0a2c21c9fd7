import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../../src/config/config.ts";
import { configKeys, isMapping } from "../../../src/config/keys.ts";
import { readMapping } from "../../../src/config/sources.ts";
import { parseYaml } from "../../../src/config/yaml.ts";

const path = join(import.meta.dir, "../../../config.example.yaml");
const text = readFileSync(path, "utf8");
const { document } = parseYaml(text);
if (!isMapping(document)) throw new Error("config.example.yaml is no mapping");
const example = document;
const places = {
  env: { DWLD_BOT_TELEGRAM_TOKEN: "1:abc", DWLD_BOT_TELEGRAM_ADMINS: "7" },
  cwd: "/",
  systemDirectory: "/none",
};

describe("config.example.yaml", () => {
  test("has every key of the schema with its default, and nothing else", () => {
    const { values, problems } = readMapping(example);
    expect(problems).toEqual([]);
    expect(Object.fromEntries(values)).toEqual(
      Object.fromEntries(configKeys().map(({ name, fallback }) => [name, fallback])),
    );
  });

  test("gives the same config as no file", () => {
    expect(loadConfig({ ...places, path })).toEqual({ ...loadConfig(places), file: path });
  });

  test("has a comment on the line before every key", () => {
    const lines = text.split("\n");
    const bare = configKeys().flatMap(({ name, path: keys }) => {
      const at = lineOf(lines, keys);
      return /^\s*# \S/.test(lines[at - 1] ?? "") ? [] : [name];
    });
    expect(bare).toEqual([]);
  });
});

/** Index of the line that holds a key; each section's keys come after the section. */
function lineOf(lines: readonly string[], keys: readonly string[]): number {
  return keys.reduce(
    (from, key, depth) => lines.findIndex((line, at) => at >= from && line.startsWith(`${"  ".repeat(depth)}${key}:`)),
    0,
  );
}

describe("configKeys()", () => {
  test("gives every key a variable of its own", () => {
    const variables = configKeys().map(({ variable }) => variable);
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables).toContain("DWLD_BOT_DISPATCH_BACKOFF_FIRST");
    expect(variables).toContain("DWLD_BOT_TIME_ZONE");
    expect(variables).toContain("DWLD_BOT_TELEGRAM_TOKEN_FILE");
  });
});
