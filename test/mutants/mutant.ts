import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A change that breaks one line of `src`, and that the tests must notice. */
export interface Mutant {
  /** What goes wrong with the change. */
  readonly fault: string;
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly text: string;
  readonly becomes: string;
  /** At least one of these test files fails. */
  readonly caughtBy: readonly string[];
}

/** Changes to one file that the same tests catch: each with its fault, the text, and what replaces it. */
export function breakagesOf(
  file: string,
  caughtBy: readonly string[],
  breakages: readonly (readonly [fault: string, text: string, becomes: string])[],
): Mutant[] {
  return breakages.map(([fault, text, becomes]) => ({ fault, file, text, becomes, caughtBy }));
}

/** The file's text in a tree, with the change made; undefined if `text` does not occur there exactly once. */
export function broken({ file, text, becomes }: Mutant, root: string): string | undefined {
  const [before = "", after, ...more] = readFileSync(join(root, file), "utf8").split(text);
  return after === undefined || more.length > 0 ? undefined : `${before}${becomes}${after}`;
}
