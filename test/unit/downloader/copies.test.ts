import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCopies } from "../../../src/downloader/copies.ts";

test("somebody else's file does not pass for a copy that was dropped before it had that name", () => {
  const dir = mkdtempSync(join(tmpdir(), "dwld-copies-"));
  try {
    const from = join(dir, "parts", "whole", "film.mp4");
    for (const folder of ["parts/whole", "ann"]) mkdirSync(join(dir, folder), { recursive: true });
    writeFileSync(from, "film");
    const copies = createCopies({ dir, folderOf: () => join(dir, "parts") });
    const copying = copies.for(1, { owner: "ann", name: "film.mp4" });
    writeFileSync(join(dir, "ann", copying.begin()), "film");
    copying.complete("film.mp4");
    copies.drop(1);
    expect(readdirSync(join(dir, "ann"))).toEqual([]);
    writeFileSync(join(dir, "ann", "film.mp4"), "else");
    copies.finish(1);
    expect(existsSync(from)).toBe(true);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
