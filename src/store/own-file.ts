import {
  closeSync,
  constants,
  existsSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * Writes a file that is its owner's alone (0600), as a whole or not at all; it is on the disk when this returns. If root writes it beside
 * the database of another user, who runs the bot, it becomes that user's. Throws the system's errors.
 */
export function writeOwnFile(path: string, text: string): void {
  const part = `${path}.new`;
  // A kill may have left one.
  rmSync(part, { force: true });
  using folder = opened(dirname(path));
  {
    using file = holding(openSync(part, "wx", 0o600));
    giveLike(folder.descriptor, file.descriptor);
    // Unlike `writeSync`, it goes on until everything is written, or says why not: a disk that runs full takes only a part at first.
    writeFileSync(file.descriptor, text);
    fsyncSync(file.descriptor);
  }
  renameSync(part, path);
  fsyncSync(folder.descriptor);
}

/** Creates a folder that is its owner's alone (0700), if there is none. Throws the system's errors. */
export function makeOwnFolder(path: string): void {
  if (existsSync(path)) return;
  makeOwnFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
  using above = opened(dirname(path));
  using made = holding(openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  giveLike(above.descriptor, made.descriptor);
}

/** By descriptors: the owner of the folder could put a link in a path's place in the meantime, and make root give away its target. */
function giveLike(model: number, made: number): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = fstatSync(model);
  fchownSync(made, uid, gid);
}

function opened(folder: string) {
  return holding(openSync(folder, O_RDONLY | O_DIRECTORY));
}

function holding(descriptor: number) {
  return { descriptor, [Symbol.dispose]: () => closeSync(descriptor) };
}
