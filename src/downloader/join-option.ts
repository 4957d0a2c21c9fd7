import * as v from "valibot";
import { type JoinCode, parseJoinCode } from "../domain/join-code.ts";

/** A code in what `read` makes of a text. One that is not whole is told as `mistyped` or `newer`, what cannot be read as `file`. */
export function codeIn(read: (text: string) => string | undefined) {
  return v.pipe(
    v.string(),
    v.rawTransform<string, JoinCode>(({ dataset, addIssue, NEVER }) => {
      const text = read(dataset.value);
      const parsed = text === undefined ? undefined : parseJoinCode(text);
      if (parsed?.ok) return parsed.code;
      addIssue({ message: parsed?.why ?? "file" });
      return NEVER;
    }),
  );
}
