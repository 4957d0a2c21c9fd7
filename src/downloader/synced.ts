import { closeSync, fsyncSync, openSync } from "node:fs";
import { codeOf } from "./error-code.ts";

/** Has the disk keep what was written or renamed, also over a loss of power, where its file system can be asked to. */
export function synced(path: string): void {
  const opened = openSync(path, "r");
  try {
    fsyncSync(opened);
  } catch (error) {
    // Some shares of a network or a virtual machine say so of each folder.
    if (!["EINVAL", "ENOTSUP"].includes(codeOf(error))) throw error;
  } finally {
    closeSync(opened);
  }
}
