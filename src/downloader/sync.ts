import { closeSync, fsyncSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { codeOf } from "../domain/error-code.ts";

/** Makes the disk keep what was written or renamed, even in a power failure, if its file system supports that. */
export function syncToDisk(path: string): void {
  const opened = openSync(path, "r");
  try {
    fsyncSync(opened);
  } catch (error) {
    if (!isUnableTo(error)) throw error;
  } finally {
    closeSync(opened);
  }
}

/** The same for a long file: the process can answer meanwhile, however slow the disk is. */
export async function syncToDiskAsync(path: string): Promise<void> {
  const opened = await open(path, "r");
  try {
    await opened.sync();
  } catch (error) {
    if (!isUnableTo(error)) throw error;
  } finally {
    await opened.close();
  }
}

/** Some shares of a network or a virtual machine answer this for every folder. */
function isUnableTo(error: unknown): boolean {
  return ["EINVAL", "ENOTSUP"].includes(codeOf(error));
}
