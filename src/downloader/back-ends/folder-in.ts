/** A user's folder in the one into which the program puts files; it may run on another machine, and that on Windows. */
export function folderIn(dir: string, folder: string): string {
  return `${dir.trim().replace(/[/\\]+$/, "")}/${folder}`;
}
