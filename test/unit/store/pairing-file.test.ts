import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { openPairingFile, pairingFileOf, writePairing } from "../../../src/store/pairing-file.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dwld-pairing-"));
  path = pairingFileOf(join(folder, "dwld-bot.db"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const FIRST = { salt: "salt", digest: "digest", madeAt: 7 };

describe("the pairing file", () => {
  test("does not exist before a pairing and after its end", () => {
    const pairings = openPairingFile(path);
    expect([pairings.begun(), pairings.noteTry()]).toEqual([undefined, undefined]);
    writePairing(path, FIRST);
    pairings.end();
    pairings.end();
    expect([pairings.begun(), pairings.noteTry()]).toEqual([undefined, undefined]);
  });

  test("is private, and keeps the tries across restarts", () => {
    writePairing(path, FIRST);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(openPairingFile(path).begun()).toEqual({ ...FIRST, tries: 0 });
    for (const tries of [1, 2, 3]) expect(openPairingFile(path).noteTry()).toEqual({ ...FIRST, tries });
    expect(openPairingFile(path).begun()?.tries).toBe(3);
  });

  test("has all tries again after a new pairing", () => {
    writePairing(path, FIRST);
    openPairingFile(path).noteTry();
    writePairing(path, { ...FIRST, salt: "other" });
    expect(openPairingFile(path).begun()).toEqual({ ...FIRST, salt: "other", tries: 0 });
  });

  test.each(["", "{", '{"salt":1}', "null\nxx"])("is ignored if it contains %j", (text) => {
    writeFileSync(path, text);
    expect([openPairingFile(path).begun(), openPairingFile(path).noteTry()]).toEqual([undefined, undefined]);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("is not written through a symbolic link", () => {
    const victim = join(folder, "victim");
    writeFileSync(victim, "mine");
    symlinkSync(victim, path);
    symlinkSync(victim, `${path}.part`);
    writePairing(path, FIRST);
    expect(readFileSync(victim, "utf8")).toBe("mine");
    expect(openPairingFile(path).begun()).toEqual({ ...FIRST, tries: 0 });
  });

  test("gets its folder created, and throws StoreUnavailable if it cannot be written", () => {
    writePairing(join(folder, "new", "dwld-bot.db.pairing"), FIRST);
    mkdirSync(path);
    expect(() => writePairing(path, FIRST)).toThrow(StoreUnavailable);
    expect(() => openPairingFile(path).noteTry()).toThrow(StoreUnavailable);
  });
});
