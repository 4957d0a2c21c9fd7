import * as v from "valibot";

type Schema<T> = v.GenericSchema<unknown, T>;

/** An optional field: if it has another type than expected, it counts as `otherwise`, or as missing. */
export function lenient<T>(schema: Schema<T>, otherwise?: T): Schema<T | null | undefined> {
  // A fallback outside of the optional would also stand for a missing field.
  return v.optional(v.fallback(v.nullish(schema) as Schema<T | null | undefined>, otherwise));
}

/** A list into which others put entries, too: one that does not parse is left out, and hides no others. */
export function listOf<T>(schema: Schema<T>): Schema<T[]> {
  return v.pipe(
    v.array(v.unknown()),
    v.transform((entries) => understood(entries, schema)),
  );
}

/** The same for a list that is an object, whatever its keys. */
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
