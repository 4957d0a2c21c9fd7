import table from "unhomoglyph/data.json";
import { foldedName } from "../../domain/downloader-name.ts";

/** Unicode's confusables (UTS 39): what a character looks like. */
const PROTOTYPES: Readonly<Record<string, string>> = table;

/** A known name, and what another one has to do with it: it is the same, is the same spelt otherwise, or only looks like it. */
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
  const known = new Map<string, { readonly folded: string; readonly looks: readonly string[] }>();

  function firstWith(is: (entry: { folded: string; looks: readonly string[] }) => boolean): string | undefined {
    for (const [name, entry] of known) if (is(entry)) return name;
    return undefined;
  }

  return {
    find(name) {
      if (known.has(name)) return { name, is: "same" };
      const folded = foldedName(name);
      const same = firstWith((entry) => entry.folded === folded);
      if (same !== undefined) return { name: same, is: "spelling" };
      const looks = looksOf(name);
      const alike = firstWith((entry) => entry.looks.some((look) => looks.includes(look)));
      return alike === undefined ? undefined : { name: alike, is: "lookalike" };
    },
    add: (name) => void known.set(name, { folded: foldedName(name), looks: looksOf(name) }),
    remove: (name) => void known.delete(name),
  };
}

/** How a name looks as it is written and in small letters: a Cyrillic `В` looks like `B`, a `в` like nothing of the kind. */
function looksOf(name: string): readonly string[] {
  return [skeleton(foldedName(skeleton(name.normalize("NFKC")))), skeleton(foldedName(name))];
}

function skeleton(text: string): string {
  const prototypes = [...text.normalize("NFD")].map((character) => PROTOTYPES[character] ?? character);
  return prototypes.join("").normalize("NFD");
}
