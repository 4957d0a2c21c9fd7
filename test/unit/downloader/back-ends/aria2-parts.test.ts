import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasParts, removeParts } from "../../../../src/downloader/back-ends/aria2-parts.ts";
import type { Aria2Status } from "../../../../src/downloader/back-ends/aria2-status.ts";
import { startAria2Telling } from "../../../support/back-end/scripted.ts";

const { signal } = new AbortController();

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "dwld-parts-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function broken(...names: readonly string[]): Aria2Status {
  const files = names.map((name) => ({ path: join(dir, name) }));
  const sizes = { totalLength: 9, completedLength: 3 };
  return { gid: "0000000000000001", status: "error", ...sizes, dir, followedBy: [], files };
}

describe("removeParts()", () => {
  test("deletes an incomplete file and its control file, and nothing else", () => {
    for (const name of ["part.mp4", "part.mp4.aria2", "whole.mp4"]) writeFileSync(join(dir, name), "");
    removeParts(broken("part.mp4", "whole.mp4"), []);
    expect(readdirSync(dir)).toEqual(["whole.mp4"]);
  });

  test("deletes the part of a file of unknown size, which has no control file", () => {
    const unknown = { ...broken("part.mp4"), totalLength: 0, completedLength: 0 };
    writeFileSync(join(dir, "part.mp4"), "");
    for (const one of [{ ...unknown, errorCode: "13" }, broken("part.mp4")]) removeParts(one, []);
    expect(readdirSync(dir)).toEqual(["part.mp4"]);
    removeParts(unknown, []);
    expect(readdirSync(dir)).toEqual([]);
  });

  test("deletes only a torrent's own files from its folder", () => {
    const torrent = (name: string, ...files: readonly string[]): Aria2Status => ({
      ...broken(...files.map((file) => `${name}/${file}`)),
      bittorrent: { info: { name } },
    });
    for (const folder of ["Season 1/extras", "Season 2/extras"]) mkdirSync(join(dir, folder), { recursive: true });
    for (const file of ["1.mp4", "2.mp4", "extras/3.mp4"])
      for (const folder of ["Season 1", "Season 2"]) writeFileSync(join(dir, folder, file), "");
    for (const name of ["Season 1.aria2", "Season 2.aria2"]) writeFileSync(join(dir, name), "");
    removeParts(torrent("Season 1", "2.mp4", "extras/3.mp4", "none/4.mp4"), []);
    removeParts(torrent("Season 2", "1.mp4", "2.mp4", "extras/3.mp4"), []);
    expect(readdirSync(dir, { recursive: true }).sort()).toEqual(["Season 1", "Season 1/1.mp4"]);
  });

  test("leaves files alone that another download writes to", () => {
    for (const name of ["part.mp4", "part.mp4.aria2"]) writeFileSync(join(dir, name), "");
    removeParts(broken("part.mp4"), [broken("part.mp4")]);
    expect(readdirSync(dir).sort()).toEqual(["part.mp4", "part.mp4.aria2"]);
  });

  test("leaves files alone that it may not delete, and goes on", () => {
    // Even root cannot unlink a folder.
    mkdirSync(join(dir, "mine.mp4.aria2"));
    for (const name of ["mine.mp4", "part.mp4", "part.mp4.aria2"]) writeFileSync(join(dir, name), "");
    removeParts(broken("mine.mp4", "part.mp4"), []);
    expect(readdirSync(dir)).toEqual(["mine.mp4.aria2"]);
  });
});

describe("hasParts()", () => {
  test("is true where an incomplete file lies on this machine", () => {
    for (const name of ["part.mp4", "part.mp4.aria2", "whole.mp4"]) writeFileSync(join(dir, name), "");
    expect(hasParts(broken("whole.mp4", "part.mp4"))).toBe(true);
    expect(hasParts(broken("whole.mp4", "none.mp4"))).toBe(false);
  });
});

describe("aria2's failed downloads", () => {
  const waits = ["aria2.tellActive", "aria2.tellWaiting"];
  const [one, other] = ["00000000000000aa", "00000000000000bb"] as const;
  const failedOf = (gid: string) => ({ ...broken(`${gid}.mp4`), gid, totalLength: "9", completedLength: "3" });

  test("cost one question about active downloads, however many have failed", async () => {
    for (const gid of [one, other]) for (const end of ["", ".aria2"]) writeFileSync(join(dir, `${gid}.mp4${end}`), "");
    await using aria2 = startAria2Telling(failedOf);
    await aria2.remote.cleanParts?.([one, other], signal);
    expect(aria2.asked.filter((method) => waits.includes(method)).sort()).toEqual(waits);
    expect(readdirSync(dir)).toEqual([]);
  });

  test("cost no such question where none of their files is here", async () => {
    await using aria2 = startAria2Telling(failedOf);
    await aria2.remote.cleanParts?.([one], signal);
    await aria2.remote.cleanHistory(one, signal);
    expect(aria2.asked.filter((method) => waits.includes(method))).toEqual([]);
  });
});
