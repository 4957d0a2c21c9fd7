import type { FormattableString } from "gramio";

/** Bot API: 4096 UTF-16 units a message; the rest is for the line that says how many more there are. */
const LONGEST = 4_000;

/** As many of the lines, from the first on, as one message holds with `gap` units between them, and `more` for the others. */
export function truncated<Line extends FormattableString | string>(
  lines: readonly Line[],
  { more, gap = 1 }: { more: (n: number) => string; gap?: number },
): (Line | string)[] {
  let length = 0;
  const ends = lines.findIndex((line) => {
    length += line.toString().length + gap;
    return length > LONGEST;
  });
  return ends < 0 ? [...lines] : [...lines.slice(0, ends), more(lines.length - ends)];
}
