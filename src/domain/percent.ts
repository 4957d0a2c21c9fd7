/** A part of an address without its %-encoding; undefined if that is not UTF-8, or if there is a bare `%`. */
export function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
