import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandWords } from "../../words/words.ts";
import { ExitWith, exitFor } from "../exit.ts";
import { systemCode } from "../system-error.ts";

/** Runs `work` with a folder that is this user's alone, and is deleted afterwards. Throws `ExitWith` if none can be created or filled. */
export function inTemporaryFolder<T>(words: CommandWords["files"], work: (folder: string) => T): T {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "dwld-bot-import-"));
    return work(folder);
  } catch (error) {
    const code = systemCode(error);
    throw code === undefined ? error : new ExitWith(exitFor(code), words.unwritten(folder ?? tmpdir(), code));
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}
