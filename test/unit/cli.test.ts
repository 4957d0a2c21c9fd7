import { describe, expect, test } from "bun:test";
import { helpText, type Invocation, parseCli } from "../../src/cli.ts";

describe("parseCli()", () => {
  test.each<[string, Invocation]>([
    ["", { command: "run" }],
    ["run", { command: "run" }],
    ["--config a.yaml", { command: "run", config: "a.yaml" }],
    ["run -c a.yaml", { command: "run", config: "a.yaml" }],
    ["--config=a.yaml run", { command: "run", config: "a.yaml" }],
    ["help", { command: "help" }],
    ["version", { command: "version" }],
    ["--help", { command: "help" }],
    ["-V", { command: "version" }],
    ["check --help", { command: "help" }],
    ["run --version --config a.yaml", { command: "version" }],
  ])("reads %p", (line, invocation) => {
    expect(parseCli(line.split(" ").filter(Boolean))).toEqual(invocation);
  });

  test.each([
    ["rnu", 'Unknown command "rnu". Did you mean run?'],
    ["constructor", 'Unknown command "constructor".'],
    ["run now", 'Unexpected argument "now" after run.'],
    ["--config=", "--config needs the name of a file."],
    ["--config", "--config"],
    ["--frob", "--frob"],
    ["run -x", "-x"],
    ["--version=1", "--version"],
  ])("refuses %p, naming what is wrong", (line, part) => {
    const result = parseCli(line.split(" "));
    expect(result).toEqual({ usage: expect.stringContaining(part) });
    expect(result).toEqual({ usage: expect.stringMatching(/^[^\n]+ Try dwld-bot --help\.$/) });
  });
});

describe("helpText()", () => {
  test("explains every command that can be given", () => {
    const listed = [...helpText().matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name ?? "");
    expect(listed.length).toBeGreaterThan(2);
    for (const name of listed) expect(parseCli([name])).toMatchObject({ command: name });
  });

  test("fits a terminal of 110 columns", () => {
    expect(
      helpText()
        .split("\n")
        .filter((line) => line.length > 110),
    ).toEqual([]);
  });
});
