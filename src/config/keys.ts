import type { Mistakes } from "../words/words.ts";
import { nearest } from "./nearest.ts";
import { configSchema } from "./schema.ts";

/** One value of the config. */
export interface ConfigKey {
  /** As in problems: `dispatch.backoff.first`. */
  readonly name: string;
  readonly path: readonly string[];
  /** The environment variable that sets it: `DWLD_BOT_DISPATCH_BACKOFF_FIRST`. */
  readonly variable: string;
  /** The default, as it would be written in the YAML. */
  readonly fallback: unknown;
}

/** Every key of the schema, in its order. */
export function configKeys(): readonly ConfigKey[] {
  return keysIn(configSchema, []);
}

function keysIn(schema: unknown, path: readonly string[]): ConfigKey[] {
  if (!isMapping(schema)) return [];
  if (isMapping(schema.entries)) {
    return Object.entries(schema.entries).flatMap(([name, child]) => keysIn(child, [...path, name]));
  }
  const variable = `DWLD_BOT_${path.join("_").toUpperCase()}`;
  return [{ name: path.join("."), path, variable, fallback: schema.default }];
}

/** A YAML mapping. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** "Did you mean …?" for an unknown key: a key of the same name elsewhere, or the one with the most similar spelling. */
export function didYouMean(name: string, known: readonly string[], { hint }: Mistakes): { hint?: string } {
  const last = (path: string) => path.slice(path.lastIndexOf(".") + 1);
  const meant = known.find((key) => last(key) === last(name)) ?? nearest(name, known);
  return meant === undefined ? {} : { hint: hint.didYouMean(meant) };
}
