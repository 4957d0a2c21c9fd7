import type { CommandWords } from "../words/words.ts";
import { type Finding, isSound } from "./finding.ts";

type CheckWords = CommandWords["check"];

/** A line for a person, followed by what to do about it. */
export function findingText({ level, what, advice }: Omit<Finding, "area">, { levels }: CheckWords): string {
  const width = 2 + Math.max(...Object.values(levels).map(({ length }) => length));
  const lines = [
    levels[level].padEnd(width) + what,
    ...(advice === undefined ? [] : [`${" ".repeat(width)}→ ${advice}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** The last line, which sums them up. */
export function sumOf(found: readonly Pick<Finding, "level">[], words: CheckWords): string {
  const count = (wanted: Finding["level"]) => found.filter(({ level }) => level === wanted).length;
  return isSound(found) ? words.sound(count("warn")) : words.unsound(count("fail"), count("warn"));
}
