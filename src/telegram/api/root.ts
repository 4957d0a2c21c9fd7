/** The beginning of all addresses at a root of the Bot API; people may have written it with a slash or `/bot` at its end. */
export function beginningOf(root: string): string {
  return root.replace(/\/+$/, "").replace(/\/bot$/, "");
}
