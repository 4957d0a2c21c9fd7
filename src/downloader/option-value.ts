import * as v from "valibot";
import { isSilentPipe } from "../patient-read.ts";
import type { DownloaderTexts } from "./locales/locales.ts";

/** What an option should be, as an issue's message; the words for it are in `expected` of the texts. */
export type Expected = keyof DownloaderTexts["expected"];

/** A text that `parse` understands; it returns undefined for any other, and throws for a pipe that nobody writes into. */
export function value<T>(expected: Expected, parse: (text: string) => T | undefined) {
  return v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      try {
        const read = parse(dataset.value);
        if (read !== undefined) return read;
        addIssue({ message: expected });
      } catch (error) {
        if (!isSilentPipe(error)) throw error;
        addIssue({ message: "writtenPipe" satisfies Expected });
      }
      return NEVER;
    }),
  );
}
