/** What is known about entries in memory, by key, for as long as somebody asks about them. Empty after a start. */
export interface Memory {
  map<T>(): Map<string, T>;
  set(): Set<string>;
  /** Forgets everything about entries with other keys. */
  keepOnly(keys: ReadonlySet<string>): void;
}

export function createMemory(): Memory {
  const all: (Map<string, unknown> | Set<string>)[] = [];
  const kept = <T extends (typeof all)[number]>(one: T): T => {
    all.push(one);
    return one;
  };
  return {
    map: <T>() => kept(new Map<string, T>()),
    set: () => kept(new Set<string>()),
    keepOnly(keys) {
      for (const one of all) for (const key of one.keys()) if (!keys.has(key)) one.delete(key);
    },
  };
}
