import { describe, expect, test } from "bun:test";
import { helpText, type Invocation, parseCli } from "../../src/cli.ts";
import { words } from "../../src/words/words.ts";

const en = words.en.cli;

const initAll = { command: "init", "token-file": "t", "api-root": "http://x", force: true } as const;

describe("parseCli()", () => {
  test.each<[string, Invocation]>([
    ["", { command: "run" }],
    ["run", { command: "run" }],
    ["--config a.yaml", { command: "run", config: "a.yaml" }],
    ["run -c a.yaml", { command: "run", config: "a.yaml" }],
    ["--config=a.yaml run", { command: "run", config: "a.yaml" }],
    ["help", { command: "help" }],
    ["help init", { command: "help", files: ["init"] }],
    ["version", { command: "version" }],
    ["--help", { command: "help" }],
    ["-V", { command: "version" }],
    ["check --help", { command: "help" }],
    ["run --version --config a.yaml", { command: "version" }],
    ["init --admin 1 --admin 2 -o a.yaml", { command: "init", admin: ["1", "2"], output: "a.yaml" }],
    ["init --token-file t --api-root http://x --force", initAll],
    ["check --json -c a.yaml", { command: "check", json: true, config: "a.yaml" }],
    ["import --from a --from b c.db -n", { command: "import", from: ["a", "b"], files: ["c.db"], "dry-run": true }],
    ["backup --config a.yaml b.db", { command: "backup", config: "a.yaml", files: ["b.db"] }],
  ])("reads %p", (line, invocation) => {
    expect(parseCli(line.split(" ").filter(Boolean), en)).toEqual(invocation);
  });

  test.each([
    ["rnu", 'Unknown command "rnu". Did you mean run?'],
    ["help rnu", 'Unknown command "rnu". Did you mean run?'],
    ["help ", 'Unknown command "".'],
    ["help run now", 'Unexpected argument "now" after help.'],
    ["constructor", 'Unknown command "constructor".'],
    ["run now", 'Unexpected argument "now" after run.'],
    ["--config=", "--config needs the name of a file."],
    ["run -x", "-x"],
    ["backup", "backup needs the name of a file."],
    ["backup a b", 'Unexpected argument "b" after backup.'],
    ["run --json", "run has no option --json."],
    ["check --dry-run", "check has no option --dry-run."],
    ["import --from=", "--from needs the name of a folder or a file."],
    ["init --admin=", "--admin needs an id."],
    ["--version=1", "--version takes no value."],
    ["--config", "-c, --config <value> needs a value."],
    ["--frob", "Unknown option --frob."],
  ])("refuses %p, and names what is wrong", (line, part) => {
    const result = parseCli(line.split(" "), en);
    expect(result).toEqual({ usage: expect.stringContaining(part) });
    expect(result).toEqual({ usage: expect.stringMatching(/^[^\n]+ Try dwld-bot --help\.$/) });
  });
});

test("parseCli() names mistakes in Russian", () => {
  const refused = (line: string) => parseCli(line.split(" "), words.ru.cli);
  expect(refused("rnu")).toEqual({ usage: "Нет такой команды: «rnu». Может быть, run? Справка: dwld-bot --help." });
  expect(refused("--frob")).toEqual({ usage: "Нет такого ключа: --frob. Справка: dwld-bot --help." });
  expect(refused("run --json")).toEqual({ usage: "У команды run нет ключа --json. Справка: dwld-bot --help." });
});

/** A command with the argument that it needs. */
const line = (name: string) => (["backup", "conformance", "add-server"].includes(name) ? [name, "copy.db"] : [name]);

describe.each(["en", "ru"] as const)("helpText() in %s", (language) => {
  const help = helpText(words[language].cli);

  test("explains every command that exists", () => {
    const listed = [...help.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name]) => name ?? "");
    expect(listed).toEqual([
      "run",
      "init",
      "pair",
      "check",
      "import",
      "backup",
      "add-server",
      "downloader",
      "conformance",
      "help",
      "version",
    ]);
    for (const name of listed) expect(parseCli(line(name), en)).toMatchObject({ command: name });
  });

  test("explains every option under a command that accepts it", () => {
    const [, ...sections] = help.split(/^(?:Options|Ключи)(?: (?:of|команды) (?=[\w-]+:))?/m);
    const told = sections.flatMap((section) => {
      const [command = "run"] = /^[\w-]+(?=:)/.exec(section) ?? [];
      return [...section.matchAll(/^ {2}.{4}--([a-z-]+)( [A-Z])?/gm)].map(([, flag = "", value]) => ({
        command,
        flag,
        value,
      }));
    });
    expect(told.length).toBeGreaterThan(10);
    for (const { command, flag, value } of told) {
      const parsed = parseCli([...line(command), `--${flag}${value === undefined ? "" : "=1"}`], en);
      expect(parsed).not.toHaveProperty("usage");
    }
  });

  test.each(["downloader", "conformance"])("explains under %s every option that it accepts", (command) => {
    const [, section = ""] = help.split(new RegExp(`^(?:Options of|Ключи команды) ${command}:\n`, "m"));
    const told = [...section.replace(/\n\n.*/s, "").matchAll(/--([a-z-]+)(?: [A-Z=|]+)? {2,}/g)].map(
      ([, flag]) => flag,
    );
    const flags = new Set([...help.matchAll(/^ {2}.{4}--([a-z-]+)/gm)].map(([, flag = ""]) => flag));
    const taken = [...flags].filter((flag) =>
      ["", "=1"].some((value) => {
        const parsed = parseCli([...line(command), `--${flag}${value}`], en);
        return "command" in parsed && parsed.command === command;
      }),
    );
    expect(told.sort()).toEqual(taken.sort());
  });

  test("separates each option from its meaning", () => {
    const lines = help.split("\n").filter((line) => /^ {2}(-\w, | {4})--/.test(line));
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => !/^.{6}--\S+( \S+)? {2,}\S/.test(line))).toEqual([]);
  });

  test("fits a terminal of 110 columns", () => {
    expect(help.split("\n").filter((line) => line.length > 110)).toEqual([]);
  });
});
