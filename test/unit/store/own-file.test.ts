import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeOwnFolder, writeOwnFile } from "../../../src/store/own-file.ts";

const NOBODY = 65_534;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dwld-own-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("writeOwnFile()", () => {
  test("overwrites a file, makes it private, and leaves no temporary file", () => {
    const path = join(folder, "one.json");
    writeFileSync(path, "an older and much longer text", { mode: 0o644 });
    writeFileSync(`${path}.new`, "what a kill has left");
    writeOwnFile(path, "a text");
    expect(readFileSync(path, "utf8")).toBe("a text");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["one.json"]);
  });

  test("does not follow a symbolic link at its temporary file", () => {
    const other = join(folder, "other");
    writeFileSync(other, "another's");
    symlinkSync(other, join(folder, "one.json.new"));
    writeOwnFile(join(folder, "one.json"), "a text");
    expect(readFileSync(other, "utf8")).toBe("another's");
  });
});

test("makeOwnFolder() creates missing parents, and accepts existing folders", () => {
  const path = join(folder, "a/b");
  makeOwnFolder(path);
  makeOwnFolder(path);
  for (const made of [path, join(folder, "a")]) expect(statSync(made).mode & 0o777).toBe(0o700);
});

test.skipIf(process.getuid?.() !== 0)("files that root creates belong to the owner of the folder", () => {
  chownSync(folder, NOBODY, NOBODY);
  makeOwnFolder(join(folder, "a/b"));
  writeOwnFile(join(folder, "a/b/one.json"), "a text");
  for (const name of ["a", "a/b", "a/b/one.json"]) {
    expect(statSync(join(folder, name))).toMatchObject({ uid: NOBODY, gid: NOBODY });
  }
});
