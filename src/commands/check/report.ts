import { styleText } from "node:util";
import type { CommandWords } from "../../words/words.ts";
import { sumOf } from "../finding-text.ts";
import type { BotFinding } from "./finding.ts";

const looks = { ok: "green", note: "bold", warn: "yellow", fail: "red" } as const;

/** The findings for a person, each followed by what to do about it, and a last line that sums them up. */
export function inWords(
  findings: readonly BotFinding[],
  { colours, words }: { readonly colours: boolean; readonly words: CommandWords["check"] },
): string {
  const [levelWidth, areaWidth] = [words.levels, words.areas].map(
    (all) => 1 + Math.max(...Object.values(all).map(({ length }) => length)),
  ) as [number, number];
  const margin = " ".repeat(levelWidth + 1 + areaWidth);
  const lines = findings.flatMap(({ area, level, what, advice }) => {
    const word = words.levels[level].padEnd(levelWidth);
    const shown = colours ? styleText(looks[level], word, { validateStream: false }) : word;
    const indented = (text: string) => text.replaceAll("\n", `\n${margin}`);
    return [
      `${shown} ${words.areas[area].padEnd(areaWidth)}${indented(what)}`,
      ...(advice === undefined ? [] : [`${margin}→ ${indented(advice)}`]),
    ];
  });
  return `${[...lines, "", sumOf(findings, words)].join("\n")}\n`;
}
