/** What the system or a library calls an error, for programs and for people to look up: `ENOSPC`; undefined if it has no such name. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && error.code !== undefined ? String(error.code) : undefined;
}

/** The same; if it has no code, its message. */
export function codeOf(error: unknown): string {
  return errorCode(error) ?? String(error);
}

/** Whether the disk is full, or its owner's quota, in the words of the system or of SQLite. */
export function isDiskFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "SQLITE_FULL"].includes(errorCode(error) ?? "");
}
