/** What the system, or a library, calls an error, for people to look up: `ENOSPC`; where it has no code, what it says. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** Whether it is the disk that has no room, or what its owner may use of it. */
export function isDiskFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "SQLITE_FULL"].includes(codeOf(error));
}
