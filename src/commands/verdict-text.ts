import type { CommandWords } from "../words/words.ts";

type CheckWords = CommandWords["check"];

/** One result; only a `fail` keeps a program from doing its work. */
interface Verdict {
  readonly level: keyof CheckWords["levels"];
  /** A sentence without its full stop. */
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

/** A line for a person, followed by what to do about it. */
export function verdictText({ level, what, advice }: Verdict, { levels }: CheckWords): string {
  const width = 2 + Math.max(...Object.values(levels).map(({ length }) => length));
  const lines = [
    levels[level].padEnd(width) + what,
    ...(advice === undefined ? [] : [`${" ".repeat(width)}→ ${advice}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Whether a program can work. */
export function isSound(found: readonly Pick<Verdict, "level">[]): boolean {
  return found.every(({ level }) => level !== "fail");
}

/** The last line, which sums them up. */
export function sumOf(found: readonly Pick<Verdict, "level">[], words: CheckWords): string {
  const count = (wanted: Verdict["level"]) => found.filter(({ level }) => level === wanted).length;
  return isSound(found) ? words.sound(count("warn")) : words.unsound(count("fail"), count("warn"));
}
