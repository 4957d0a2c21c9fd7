import * as v from "valibot";
import { type Mistakes, words } from "../words/words.ts";
import { shown } from "./problem.ts";
import { parseYaml } from "./yaml.ts";

/** How one value is read. `parse` gets a value from YAML, or text from the environment; it returns undefined if that does not match. */
export interface FieldRule<T> {
  /** Completes "expected …". */
  readonly expected: (mistakes: Mistakes) => string;
  readonly parse: (input: unknown) => T | undefined;
  /** What to do about this particular input. */
  readonly hint?: (input: unknown, hints: Mistakes["hint"]) => string | undefined;
  /** True keeps the value out of problems. */
  readonly secret?: boolean;
}

/** The words for mistakes, in the language given to the parse (`v.safeParse(schema, input, { lang })`). */
function mistakesIn({ lang }: { readonly lang?: string | undefined }): Mistakes {
  return words[lang === "ru" ? "ru" : "en"].mistakes;
}

/** A leaf of the config. Its issue carries what was found, what is expected, and the hint or "" as its message. */
export function field<T>({ expected, parse, hint, secret = false }: FieldRule<T>) {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset, config, addIssue, NEVER }) => {
      const input = dataset.value;
      const value = parse(input);
      if (value !== undefined) return value;
      const mistakes = mistakesIn(config);
      addIssue({
        expected: expected(mistakes),
        received: shown(input, mistakes, { secret }),
        message: hint?.(input, mistakes.hint) ?? "",
      });
      return NEVER;
    }),
  );
}

/** A text, number or boolean as text; "" for anything else. */
export function asText(input: unknown): string {
  return typeof input === "string" || typeof input === "number" || typeof input === "boolean" ? String(input) : "";
}

/**
 * A list: a YAML list, a single value, or text (from the environment) with commas or in YAML's `[…]` form. No entry may occur twice,
 * ignoring case; if the list may not be empty, `needs` says what it needs.
 */
export function list<T>(
  entry: v.GenericSchema<unknown, T>,
  { needs }: { readonly needs?: (mistakes: Mistakes) => string } = {},
) {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, unknown[]>(({ dataset, config, addIssue, NEVER }) => {
      const { value } = dataset;
      if (typeof value !== "string" || !value.trim().startsWith("[")) return toList(value);
      const said = mistakesIn(config);
      const { document, mistakes } = parseYaml(value, said);
      const [mistake] = mistakes;
      if (mistake === undefined) return toList(document);
      const { line, column, found, expected = said.expected.list, hint } = mistake;
      const received = mistake.key === undefined ? said.found.at(found, line, column) : found;
      addIssue({ expected, received, message: hint });
      return NEVER;
    }),
    v.array(entry),
    rule((entries, mistakes) => [
      ...repeated(entries, mistakes),
      ...(needs === undefined ? [] : missing(entries, needs(mistakes), mistakes)),
    ]),
  );
}

function toList(input: unknown): unknown[] {
  if (Array.isArray(input)) return input;
  if (typeof input !== "string") return [input];
  return input
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** What a rule over several values has found; `at` leads from the checked value to the one at fault. */
export interface RuleProblem {
  readonly at: readonly (string | number)[];
  readonly found: string;
  readonly expected: string;
  readonly hint?: string;
}

const unknownPlace = { type: "unknown", origin: "value", input: undefined, value: undefined } as const;

/** A rule over several values; it is only checked once each of them is valid. */
export function rule<T>(check: (value: T, mistakes: Mistakes) => readonly RuleProblem[]) {
  return v.rawCheck<T>(({ dataset, config, addIssue }) => {
    if (!dataset.typed) return;
    for (const { at, found, expected, hint } of check(dataset.value, mistakesIn(config))) {
      const [first, ...rest] = at.map((key) => ({ ...unknownPlace, key }));
      addIssue({ expected, received: found, message: hint ?? "", ...(first && { path: [first, ...rest] }) });
    }
  });
}

function repeated(entries: readonly unknown[], { found, expected }: Mistakes): RuleProblem[] {
  const same = entries.map((entry) => (typeof entry === "object" ? entry : String(entry).toLowerCase()));
  return same.flatMap((entry, index) =>
    same.indexOf(entry) === index ? [] : [{ at: [index], found: found.again, expected: expected.once }],
  );
}

function missing(entries: readonly unknown[], needs: string, { found, expected }: Mistakes): RuleProblem[] {
  return entries.length > 0 ? [] : [{ at: [], found: found.emptyList, expected: expected.atLeast(needs) }];
}
