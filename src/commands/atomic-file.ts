import { renameSync, rmSync, writeFileSync } from "node:fs";
import { errorCode } from "../domain/error-code.ts";
import { giveName } from "../store/copy.ts";
import type { CommandWords } from "../words/words.ts";
import { EXIT, ExitWith } from "./exit.ts";

/**
 * Writes a file that is its owner's alone (0600), as a whole or not at all; an existing one is overwritten only with `force`. Throws
 * `ExitWith`.
 */
export function writeFileAtomically(
  path: string,
  text: string,
  { words, force = false }: { readonly words: CommandWords["files"]; readonly force?: boolean },
): void {
  const part = `${path}.new`;
  try {
    // A kill may have left one, with a token in it.
    rmSync(part, { force: true });
    writeFileSync(part, text, { flag: "wx", mode: 0o600, flush: true });
    if (force) renameSync(part, path);
    else giveName(part, path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") throw new ExitWith(EXIT.usage, words.exists(path));
    throw code === undefined ? error : new ExitWith(EXIT.config, words.unwritten(path, code));
  } finally {
    rmSync(part, { force: true });
  }
}
