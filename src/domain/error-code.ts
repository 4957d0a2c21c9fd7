/** What the system or a library calls an error, for programs and for people to look up: `ENOSPC`; undefined if it has no such name. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && error.code !== undefined ? String(error.code) : undefined;
}
