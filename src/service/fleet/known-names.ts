import table from "unhomoglyph/data.json";
import { foldedName } from "../../domain/downloader-name.ts";

/** Unicode's confusables (UTS 39): what each character looks like. */
const PROTOTYPES: Readonly<Record<string, string>> = table;

/** A known name and how another one relates to it: it is the same, is spelt differently, or only looks like it. */
export interface NameFound {
  readonly name: string;
  readonly is: "same" | "spelling" | "lookalike";
}

/** Names of downloaders as people read them: `ONE` is `one`, and `оne` with a Cyrillic letter looks like it. */
export interface KnownNames {
  /** The closest one; undefined for a new name. */
  find(name: string): NameFound | undefined;
  add(name: string): void;
  remove(name: string): void;
}

export function createKnownNames(): KnownNames {
  const known = new Map<string, readonly string[]>();
  /** By what they have in common; the name known longest comes first. */
  const spellings = new Map<string, Set<string>>();
  const lookalikes = new Map<string, Set<string>>();
  const first = (names: ReadonlySet<string> | undefined) => names?.values().next().value;
  /** Those of the latest name: usually one that was not found is added next. */
  let latest: { readonly name: string; readonly looks: readonly string[] } | undefined;

  function looksOf(name: string): readonly string[] {
    if (latest?.name !== name) latest = { name, looks: readLooks(name) };
    return latest.looks;
  }

  return {
    find(name) {
      if (known.has(name)) return { name, is: "same" };
      const same = first(spellings.get(foldedName(name)));
      if (same !== undefined) return { name: same, is: "spelling" };
      const looks = looksOf(name).map((look) => first(lookalikes.get(look)));
      const alike = looks.find((one) => one !== undefined);
      return alike === undefined ? undefined : { name: alike, is: "lookalike" };
    },
    add(name) {
      if (known.has(name)) return;
      const looks = looksOf(name);
      known.set(name, looks);
      put(spellings, foldedName(name), name);
      for (const look of looks) put(lookalikes, look, name);
    },
    remove(name) {
      drop(spellings, foldedName(name), name);
      for (const look of known.get(name) ?? []) drop(lookalikes, look, name);
      known.delete(name);
    },
  };
}

function put(index: Map<string, Set<string>>, key: string, name: string): void {
  const names = index.get(key);
  if (names === undefined) index.set(key, new Set([name]));
  else names.add(name);
}

function drop(index: Map<string, Set<string>>, key: string, name: string): void {
  const names = index.get(key);
  names?.delete(name);
  if (names?.size === 0) index.delete(key);
}

/** What a name looks like as written and in lower case: a Cyrillic `В` looks like `B`, a `в` like nothing of the kind. */
function readLooks(name: string): readonly string[] {
  return [skeleton(foldedName(skeleton(name.normalize("NFKC")))), skeleton(foldedName(name))];
}

function skeleton(text: string): string {
  const prototypes = [...text.normalize("NFD")].map((character) => PROTOTYPES[character] ?? character);
  return prototypes.join("").normalize("NFD");
}
