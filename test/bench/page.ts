import { holds, type Result, rounded, table } from "./figures.ts";

/** One run of the benchmarks. */
export interface Run {
  /** What `--version` says. */
  readonly version: string;
  /** In the form 2026-11-29. */
  readonly day: string;
  readonly isShort: boolean;
  readonly rounds: number;
  readonly results: readonly Result[];
}

/** The text above the figures; the rest of the page comes from the run. */
const INTRODUCTION = `Read the ratios: both sides of each were measured in this run, in turn, on the same two cores, which also had other work; each value is a
median. Counts (commits, statements, calls) hardly depend on the machine, and \`test/e2e/counts.test.ts\` fails when one of them rises.
Everything runs as in real use: the compiled bot with the environment of its service, a stand-in for Telegram and four gRPC servers, each in a
separate process, and the database on a disk with \`synchronous=FULL\`. A *bare* loop, client or server makes the same calls in the same
environment and keeps nothing: that is the minimum that the calls cost. Processor time is that of the bot's process with all its threads.`;

/** A page of Markdown: for each row a table, what it has to reach, and plots. */
export function performancePage({ version, day, isShort, rounds, results }: Run): string {
  return `# What the bot costs

Made by \`npm run bench -- --page docs/performance.md\` on ${day} with ${version}${isShort ? ", a short run" : ""}; rounds: ${rounds}.

${INTRODUCTION}

${results.map(section).join("\n\n")}
`;
}

function section({ row, title, head, lines, verdicts, limit, skipped, profile }: Result): string {
  const parts = [
    `## ${row}: ${title}`,
    skipped === undefined ? table(head, lines) : `Skipped: ${skipped}.`,
    ...(verdicts.length === 0 ? [] : [verdictsOf(verdicts)]),
    ...(limit === undefined || verdicts.every(holds) ? [] : [limit]),
    ...plot(head, lines),
    ...(profile === undefined
      ? []
      : [`What its time is spent on, by function:\n\n${table(["own", "with what it calls", "function"], profile)}`]),
  ];
  return parts.join("\n\n");
}

function verdictsOf(verdicts: Result["verdicts"]): string {
  return table(
    ["", "measured", "bound", ""],
    verdicts.map((verdict) => {
      const { what, measured, bound } = verdict;
      const wanted = "least" in bound ? `≥ ${bound.least}` : `≤ ${bound.most}`;
      return [what, rounded(measured), wanted, holds(verdict) ? "reached" : "**missed**"];
    }),
  );
}

/** Bars of links per second, if the table has them. */
function plot(head: Result["head"], lines: Result["lines"]): string[] {
  const column = head.indexOf("links/s");
  const bars = lines.flatMap((line) => (typeof line[column] === "number" ? [{ line, value: line[column] }] : []));
  if (column < 0 || bars.length === 0) return [];
  const names = bars.map(({ line }) => `"${line.slice(0, column).join(", ")}"`).join(", ");
  return [
    `\`\`\`mermaid
xychart-beta horizontal
  title "Links a second"
  x-axis [${names}]
  y-axis 0 --> ${Math.ceil(Math.max(...bars.map(({ value }) => value)) * 1.1)}
  bar [${bars.map(({ value }) => Math.round(value)).join(", ")}]
\`\`\``,
  ];
}
