import { afterEach, describe, expect, test } from "bun:test";
import { createLog } from "../../../src/log/log.ts";

const written: string[] = [];
const log = createLog({
  level: "debug",
  format: "journal",
  secrets: ["s3cret"],
  env: {},
  stdout: { write: (text) => written.push(text) },
  now: Date.now,
});
// The console as a library sees it, under a name that the linter accepts.
const libraryConsole = globalThis.console;
let restore = () => {};

afterEach(() => {
  restore();
  written.length = 0;
});

describe("captureConsole()", () => {
  test("writes what libraries print to the log", () => {
    restore = log.captureConsole();
    libraryConsole.log("a %s", "b", { c: 1 });
    libraryConsole.debug("d");
    libraryConsole.warn("e");
    libraryConsole.dir({ f: 2 });
    expect(written).toEqual([
      "<6>[console] a b { c: 1 }\n",
      "<7>[console] d\n",
      "<4>[console] e\n",
      "<6>[console] { f: 2 }\n",
    ]);
  });

  test("redacts secrets in a raw error, and puts the priority before each of its lines", () => {
    restore = log.captureConsole();
    libraryConsole.error(Object.assign(new Error("x"), { path: "http://h/s3cret" }));
    const lines = written.join("").trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.filter((line) => !line.startsWith("<3>"))).toEqual([]);
    expect(written.join("")).toContain("http://h/***");
  });

  test("writes the process's warnings to the log too", async () => {
    restore = log.captureConsole();
    const warned = new Promise((resolve) => process.once("warning", resolve));
    process.emitWarning("careful with s3cret");
    await warned;
    expect(written).toEqual(["<4>[console] Warning: careful with ***\n"]);
  });

  test("is undone completely by the function that it returns", () => {
    const { log: before, error } = libraryConsole;
    const printers = process.listeners("warning");
    log.captureConsole()();
    expect(libraryConsole.log).toBe(before);
    expect(libraryConsole.error).toBe(error);
    expect(process.listeners("warning")).toEqual(printers);
  });
});
