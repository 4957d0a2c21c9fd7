import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { errorCode, isDiskFull } from "../domain/error-code.ts";
import { StoreUnavailable } from "../domain/storage.ts";
import { copyDatabase } from "../store/copy.ts";
import type { RoomIn } from "../store/room.ts";
import type { CommandWords } from "../words/words.ts";
import { type CommandContext, loadOwnConfig, ownWords } from "./command-context.ts";
import { EXIT, type Exit, ExitWith } from "./exit.ts";

/**
 * Copies the database to a new file, even while the bot is running; the copy is checked, and its owner's alone. Throws `ConfigError` and
 * `ExitWith`; then there is no such file.
 */
export function backup(
  of: { config?: string | undefined; to: string },
  context: CommandContext,
  { roomIn }: { roomIn?: RoomIn } = {},
): Exit {
  const words = ownWords(of.config, context);
  const from = loadOwnConfig(of.config, context).store.path;
  const to = resolve(context.cwd, of.to);
  if (!existsSync(from)) throw new ExitWith(EXIT.config, words.backup.noDatabase(from));
  try {
    copyDatabase(from, to, { roomIn });
  } catch (error) {
    throw explained(error, { from, to, words });
  }
  context.write(`${words.backup.done(from, to, statSync(to).size)}\n`);
  return EXIT.stopped;
}

function explained(error: unknown, { from, to, words }: { from: string; to: string; words: CommandWords }): unknown {
  const { backup: said, files } = words;
  if (isDiskFull(error)) return new ExitWith(EXIT.notNow, said.noRoom(from, to));
  if (error instanceof StoreUnavailable) {
    if (error.code === "SQLITE_EMPTY") return new ExitWith(EXIT.config, said.noDatabase(from));
    const isDamaged = /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
    return new ExitWith(EXIT.config, isDamaged ? said.damaged(from, to) : said.failed(from, to, error.code));
  }
  const code = errorCode(error);
  if (code === undefined) return error;
  if (code === "EEXIST") return new ExitWith(EXIT.usage, said.exists(to));
  return new ExitWith(EXIT.config, code === "ENOENT" ? said.noFolder(to, dirname(to)) : files.unwritten(to, code));
}
