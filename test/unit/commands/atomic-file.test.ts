import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "../../../src/commands/atomic-file.ts";
import { words } from "../../../src/words/words.ts";
import { killWhile } from "../../support/kill-while.ts";
import { createCommandPlace } from "./place.ts";

const WRITER = join(import.meta.dir, "atomic-writer.ts");

describe("a file whose writer was killed", () => {
  test("keeps its old content, and the next writer removes the temporary file", async () => {
    using place = createCommandPlace();
    const path = place.path("config.yaml");
    await killWhile(`${path}.new`, () => {
      writeFileAtomically(path, "old", { force: true, words: words.en.files });
      return Bun.spawn([process.execPath, WRITER, path], { stdio: ["ignore", "inherit", "inherit"] });
    });
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(statSync(`${path}.new`).mode & 0o777).toBe(0o600);
    writeFileAtomically(path, "newer", { force: true, words: words.en.files });
    expect(readFileSync(path, "utf8")).toBe("newer");
    expect(readdirSync(place.cwd)).toEqual(["config.yaml"]);
  });
});
