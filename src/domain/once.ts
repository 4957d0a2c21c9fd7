/** Makes something when it is first asked for, and keeps it: it may never be needed, or not before the bot serves. */
export function once<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}
