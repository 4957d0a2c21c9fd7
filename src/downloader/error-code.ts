import { errorCode } from "../domain/error-code.ts";
/** The system's or a library's name for an error, for people to look up: `ENOSPC`; if it has no code, its message. */
export function codeOf(error: unknown): string {
  return errorCode(error) ?? String(error);
}

/** Whether the disk is full, or its owner's quota. */
export function isDiskFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "SQLITE_FULL"].includes(codeOf(error));
}
