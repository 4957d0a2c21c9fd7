import * as v from "valibot";
import { type JoinCode, parseJoinCode } from "../domain/join-code.ts";
import { isSilentPipe } from "../patient-read.ts";

/**
 * The code in what `read` returns for a text. An incomplete one is reported as `mistyped` or `newer`, one that cannot be read as `file`,
 * and a pipe that nobody writes into as `writtenPipe`.
 */
export function codeIn(read: (text: string) => string | undefined) {
  return v.pipe(
    v.string(),
    v.rawTransform<string, JoinCode>(({ dataset, addIssue, NEVER }) => {
      try {
        const text = read(dataset.value);
        const parsed = text === undefined ? undefined : parseJoinCode(text);
        if (parsed?.ok) return parsed.code;
        addIssue({ message: parsed?.why ?? "file" });
      } catch (error) {
        if (!isSilentPipe(error)) throw error;
        addIssue({ message: "writtenPipe" });
      }
      return NEVER;
    }),
  );
}
