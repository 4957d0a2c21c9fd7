/** What a row has to reach. */
export interface Verdict {
  readonly what: string;
  readonly measured: number;
  /** `most` and `least` are inclusive. */
  readonly bound: { readonly least: number } | { readonly most: number };
}

/** What a row has shown. */
export interface Result {
  /** `B1` … `B10`. */
  readonly row: string;
  readonly title: string;
  readonly head: readonly string[];
  readonly lines: readonly (readonly (string | number)[])[];
  readonly verdicts: readonly Verdict[];
  /** More about the figures: raw values of each round, counts. */
  readonly details?: unknown;
  /** Why a bound is missed, if that is known. */
  readonly limit?: string;
  /** The hottest functions: their own share, the share with what they call, and the name. */
  readonly profile?: readonly (readonly string[])[];
  /** Why it was not run. */
  readonly skipped?: string;
}

/** How much is done. `short` is for a quick look between two changes: the counts are smaller, and nothing is repeated. */
export interface Effort {
  readonly isShort: boolean;
  readonly rounds: number;
  /** Links that one run hands over to show whether its memory grows. */
  readonly dispatches: number;
}

export type Bench = (effort: Effort) => Promise<Result>;

export function holds({ measured, bound }: Verdict): boolean {
  return "least" in bound ? measured >= bound.least : measured <= bound.most;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : mean(sorted.slice(middle - 1, middle + 1));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value below which the given share of all values lies. */
export function quantile(values: readonly number[], share: number): number {
  return (
    values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
    Number.NaN
  );
}

/** Only as many digits as mean something. */
export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** A table in Markdown that also reads well in a terminal. */
export function table(head: readonly string[], lines: readonly (readonly (string | number)[])[]): string {
  const texts = [head, ...lines].map((cells) =>
    cells.map((cell) => String(typeof cell === "number" ? rounded(cell) : cell)),
  );
  const widths = head.map((_, column) => Math.max(...texts.map((cells) => (cells[column] ?? "").length)));
  const printed = texts.map(
    (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [printed[0], rule, ...printed.slice(1)].join("\n");
}

export function inWords(verdict: Verdict): string {
  const { what, measured, bound } = verdict;
  const must = "least" in bound ? `at least ${bound.least}` : `at most ${bound.most}`;
  return `${holds(verdict) ? "reached" : "MISSED "}  ${what}: ${rounded(measured)}, ${must}`;
}
