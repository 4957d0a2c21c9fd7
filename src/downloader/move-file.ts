import { createReadStream, createWriteStream, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { codeOf } from "../domain/error-code.ts";
import type { Copying } from "./copies.ts";
import { nextName } from "./file-names.ts";
import { syncToDisk, syncToDiskAsync } from "./sync.ts";

/**
 * Moves a file, or a folder of files, into `folder` under this name, never replacing another: `name (2).ext`. To another file system it is
 * copied: beside its final place, under a hidden name until it is complete. Rejects with the system's errors, and when the signal aborts;
 * then it is where it was, or `Copies.finish` deletes it there.
 */
export async function moveFile(
  from: string,
  of: { readonly folder: string; readonly name: string; readonly copying: Copying; readonly signal: AbortSignal },
): Promise<void> {
  const { folder, name, copying, signal } = of;
  try {
    renameSync(from, join(folder, freeName(folder, name)));
  } catch (error) {
    if (codeOf(error) !== "EXDEV") throw error;
    // A link or a mount leads to another disk.
    await moveByCopy(from, { folder, name, copying, signal });
  }
}

async function moveByCopy(from: string, { folder, name, copying, signal }: Parameters<typeof moveFile>[1]) {
  const part = join(folder, copying.begin());
  try {
    await copy(from, part, signal);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error;
  }
  const place = freeName(folder, name);
  copying.complete(place);
  renameSync(part, join(folder, place));
  // Before it is deleted here: in a power failure in between, it would be nowhere.
  syncToDisk(folder);
  rmSync(from, { recursive: true, force: true });
}

async function copy(from: string, to: string, signal: AbortSignal): Promise<void> {
  if (lstatSync(from).isDirectory()) {
    mkdirSync(to);
    for (const name of readdirSync(from)) await copy(join(from, name), join(to, name), signal);
    return syncToDisk(to);
  }
  await pipeline(createReadStream(from), createWriteStream(to, { flags: "wx" }), { signal });
  await syncToDiskAsync(to);
  signal.throwIfAborted();
}

/** Only this process writes here, and does not wait in between: a name that is free now is free when it is renamed. */
function freeName(folder: string, name: string): string {
  for (let nth = 1; ; nth += 1) {
    const candidate = nextName(name, nth);
    // A link that leads nowhere belongs to somebody, too.
    if (lstatSync(join(folder, candidate), { throwIfNoEntry: false }) === undefined) return candidate;
  }
}
