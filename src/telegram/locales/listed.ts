const MOST = 10;

/** A list within a sentence; what is too much for one is counted by `more`. */
export function listed(words: readonly string[], more: (n: number) => string): string {
  const shown = words.slice(0, MOST).join(", ");
  return words.length <= MOST ? shown : `${shown} ${more(words.length - MOST)}`;
}
