/** The code of the system's own error, such as `EACCES` for a file that is closed to us; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "syscall" in error && "code" in error ? String(error.code) : undefined;
}

/** No room, a quota that is used up, a disk that is read-only: nothing that is only read fails so. */
const OF_WRITING = ["ENOSPC", "EDQUOT", "EROFS"];

/** Whether the system's error, where a file is read by way of a temporary copy, is about that one. */
export function isOfCopy(error: unknown): boolean {
  const code = systemCode(error);
  if (code === undefined) return false;
  return OF_WRITING.includes(code) || (error instanceof Error && "syscall" in error && error.syscall === "mkdtemp");
}
