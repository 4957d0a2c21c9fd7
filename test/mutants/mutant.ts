import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One line of `src`, broken: what nobody may be able to do unseen. */
export interface Mutant {
  /** What goes wrong then. */
  readonly fault: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly becomes: string;
  /** At least one test of these fails. */
  readonly caughtBy: readonly string[];
}

/** Breakages of one file that the same tests catch, as what goes wrong, the text, and what it becomes. */
export function breakagesOf(
  file: string,
  caughtBy: readonly string[],
  breakages: readonly (readonly [fault: string, text: string, becomes: string])[],
): Mutant[] {
  return breakages.map(([fault, text, becomes]) => ({ fault, file, text, becomes, caughtBy }));
}

/** The file of a tree with the breakage in it; undefined when its text does not stand there exactly once. */
export function broken({ file, text, becomes }: Mutant, root: string): string | undefined {
  const [before = "", after, ...more] = readFileSync(join(root, file), "utf8").split(text);
  return after === undefined || more.length > 0 ? undefined : `${before}${becomes}${after}`;
}
