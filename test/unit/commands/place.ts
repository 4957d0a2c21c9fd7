import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "../../../src/commands/command-context.ts";

/** A folder to run a command in, which keeps what it prints. */
export interface CommandPlace extends CommandContext, Disposable {
  readonly printed: string;
  path(name: string): string;
}

export function createCommandPlace(env: Readonly<Record<string, string>> = {}): CommandPlace {
  const cwd = mkdtempSync(join(tmpdir(), "dwld-bot-command-"));
  let printed = "";
  return {
    env,
    cwd,
    write: (text) => (printed += text),
    get printed() {
      return printed;
    },
    path: (name) => join(cwd, name),
    [Symbol.dispose]: () => rmSync(cwd, { recursive: true, force: true }),
  };
}
