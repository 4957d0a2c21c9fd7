import * as v from "valibot";
import { shown } from "./problem.ts";
import { parseYaml } from "./yaml.ts";

/** How one value is read. `parse` takes what YAML gave, or text from the environment; undefined when it does not match. */
export interface FieldRule<T> {
  /** Completes "expected …". */
  readonly expected: string;
  readonly parse: (input: unknown) => T | undefined;
  /** What to do about this very input. */
  readonly hint?: (input: unknown) => string | undefined;
  /** True keeps the value out of problems. */
  readonly secret?: boolean;
}

/** A leaf of the config. Its issue carries what was found, what is expected and, as its message, the hint or "". */
export function field<T>({ expected, parse, hint, secret = false }: FieldRule<T>) {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      const input = dataset.value;
      const value = parse(input);
      if (value !== undefined) return value;
      addIssue({ expected, received: shown(input, { secret }), message: hint?.(input) ?? "" });
      return NEVER;
    }),
  );
}

/** A text, number or boolean as text; "" for anything else. */
export function asText(input: unknown): string {
  return typeof input === "string" || typeof input === "number" || typeof input === "boolean" ? String(input) : "";
}

/**
 * A list: a YAML list, a single value, or text (from the environment) with commas or in YAML's `[…]` form. Nothing may be
 * in it twice, ignoring case; `needs` says what an empty list lacks, if it may not be empty.
 */
export function list<T>(entry: v.GenericSchema<unknown, T>, { needs }: { readonly needs?: string } = {}) {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, unknown[]>(({ dataset, addIssue, NEVER }) => {
      const { value } = dataset;
      if (typeof value !== "string" || !value.trim().startsWith("[")) return toList(value);
      const { document, mistakes } = parseYaml(value);
      const [mistake] = mistakes;
      if (mistake === undefined) return toList(document);
      const { line, column, found, expected = "a list as YAML writes it", hint } = mistake;
      const where = mistake.key === undefined ? ` (line ${line}, column ${column})` : "";
      addIssue({ expected, received: found + where, message: hint });
      return NEVER;
    }),
    v.array(entry),
    rule((entries) => [...repeated(entries), ...(needs === undefined ? [] : missing(entries, needs))]),
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

/** What a rule over several values has found; `at` leads from the checked value to the one to blame. */
export interface RuleProblem {
  readonly at: readonly (string | number)[];
  readonly found: string;
  readonly expected: string;
  readonly hint?: string;
}

const unknownPlace = { type: "unknown", origin: "value", input: undefined, value: undefined } as const;

/** A rule over several values; it waits until each of them is right by itself. */
export function rule<T>(check: (value: T) => readonly RuleProblem[]) {
  return v.rawCheck<T>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const { at, found, expected, hint } of check(dataset.value)) {
      const [first, ...rest] = at.map((key) => ({ ...unknownPlace, key }));
      addIssue({ expected, received: found, message: hint ?? "", ...(first && { path: [first, ...rest] }) });
    }
  });
}

function repeated(entries: readonly unknown[]): RuleProblem[] {
  const same = entries.map((entry) => (typeof entry === "object" ? entry : String(entry).toLowerCase()));
  return same.flatMap((entry, index) =>
    same.indexOf(entry) === index ? [] : [{ at: [index], found: "the same a second time", expected: "each once" }],
  );
}

function missing(entries: readonly unknown[], needs: string): RuleProblem[] {
  return entries.length > 0 ? [] : [{ at: [], found: "an empty list", expected: `at least one: ${needs}` }];
}
