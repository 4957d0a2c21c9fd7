import * as v from "valibot";

type Schema<T> = v.GenericSchema<unknown, T>;

/** A field that is of use, and no more: of another kind than it should be it counts as `otherwise`, which is not told. */
export function told<T>(schema: Schema<T>, otherwise?: T): Schema<T | null | undefined> {
  // A fallback outside of the optional would stand for what is missing, too.
  return v.optional(v.fallback(v.nullish(schema) as Schema<T | null | undefined>, otherwise));
}

/** A list that others put entries into, too: one that does not parse is left out, and hides none of the others. */
export function listOf<T>(schema: Schema<T>): Schema<T[]> {
  return v.pipe(
    v.array(v.unknown()),
    v.transform((entries) => understood(entries, schema)),
  );
}

/** The same of a list that is an object, by whatever. */
export function valuesOf<T>(schema: Schema<T>): Schema<T[]> {
  return v.pipe(
    v.record(v.string(), v.unknown()),
    v.transform((entries) => understood(Object.values(entries), schema)),
  );
}

function understood<T>(entries: readonly unknown[], schema: Schema<T>): T[] {
  return entries.flatMap((entry) => {
    const parsed = v.safeParse(schema, entry);
    return parsed.success ? [parsed.output] : [];
  });
}
