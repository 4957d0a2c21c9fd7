/** What is made when it is first asked for, and kept: what may never be wanted, or not before the bot serves. */
export function once<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}
