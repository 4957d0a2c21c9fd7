import type { CommandWords } from "../../words/words.ts";

/** What an import took and what it left; no text in it contains a secret. */
export interface ImportReport {
  readonly taken: readonly string[];
  readonly left: readonly { readonly what: string; readonly why: string }[];
}

const MOST_NAMED = 10;

/** The report for a person, under a heading. Things that were left for the same reason are named together, up to ten each. */
export function reportText(heading: string, { taken, left }: ImportReport, words: CommandWords["imported"]): string {
  const reasons = Map.groupBy(left, ({ why }) => why);
  const lines = [...reasons].flatMap(([why, all]) => [
    `  ${words.left(why)}`,
    // Text that others have written must not control the terminal.
    ...all.slice(0, MOST_NAMED).map(({ what }) => `    ${what.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "")}`),
    ...(all.length > MOST_NAMED ? [`    ${words.more(all.length - MOST_NAMED)}`] : []),
  ]);
  return [heading, ...taken.map((what) => `  ${words.taken(what)}`), ...lines].join("\n");
}
