import { styleText } from "node:util";
import type { Finding } from "./finding.ts";

const looks = { ok: "green", warn: "yellow", fail: "red" } as const;

/** The findings for a person, each with what to do under it, and a last line that sums them up. */
export function inWords(findings: readonly Finding[], { colours }: { readonly colours: boolean }): string {
  const lines = findings.flatMap(({ area, level, what, advice }) => {
    const word = level.padEnd(5);
    const shown = colours ? styleText(looks[level], word, { validateStream: false }) : word;
    const indented = (text: string) => text.replaceAll("\n", `\n${" ".repeat(18)}`);
    return [
      `${shown} ${area.padEnd(12)}${indented(what)}`,
      ...(advice === undefined ? [] : [`${" ".repeat(18)}→ ${indented(advice)}`]),
    ];
  });
  return `${[...lines, "", summary(findings)].join("\n")}\n`;
}

/** The findings for programs: `{"ok": …, "findings": [{"area", "level", "what", "advice"}]}`. */
export function inJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ ok: isSound(findings), findings }, undefined, 2)}\n`;
}

/** Whether the bot can do its work. */
export function isSound(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== "fail");
}

function summary(findings: readonly Finding[]): string {
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const warnings = count("warn") === 0 ? "" : `, ${plural(count("warn"), "warning")}`;
  return isSound(findings) ? `All is well${warnings}.` : `${plural(count("fail"), "problem")}${warnings}.`;
}
