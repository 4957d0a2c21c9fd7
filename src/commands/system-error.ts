/** The code of the system's own error, such as `EACCES` for a file that is closed to us; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "syscall" in error && "code" in error ? String(error.code) : undefined;
}

/** No room, a quota that is used up, a read-only disk: reading alone does not fail like this. */
const OF_WRITING = ["ENOSPC", "EDQUOT", "EROFS"];

/** When a file is read through a temporary copy: whether the system's error is about the copy. */
export function isOfCopy(error: unknown): boolean {
  const code = systemCode(error);
  if (code === undefined) return false;
  return OF_WRITING.includes(code) || (error instanceof Error && "syscall" in error && error.syscall === "mkdtemp");
}
