import * as v from "valibot";
import {
  NO_PROGRAM,
  PROGRAM_KINDS,
  parseProgramUrl,
  parseSetting,
  programKind,
  settingsWritten,
} from "../domain/program-kind.ts";
import { withoutInvisibleEnds } from "../domain/text.ts";
import type { Mistakes } from "../words/words.ts";
import { asText, field, list, type RuleProblem, rule } from "./field.ts";
import { shown } from "./problem.ts";
import { argument, oneOf, path } from "./values.ts";

/** Keys of `downloader` that have no effect if a program downloads, because it has its own settings. */
const OF_ITSELF = ["concurrency", "rate", "min_free", "cookies", "yt_dlp", "yt_dlp_arguments"];

/** The address of a program as it was written, or "". Never repeated in problems: it may contain a password. */
function programUrl() {
  return field({
    expected: ({ expected }) => expected.programUrl,
    secret: true,
    parse: (input) => {
      const text = withoutInvisibleEnds(asText(input));
      return text === "" || parseProgramUrl(text) !== undefined ? text : undefined;
    },
  });
}

/** One line of text, or "". */
function line({ secret }: { readonly secret: boolean }) {
  return field({
    expected: ({ expected }) => (secret ? expected.programSecret : expected.lineOrNothing),
    secret,
    parse: (input) => {
      // A number would have lost its leading zeros.
      const text = typeof input === "string" ? withoutInvisibleEnds(input) : undefined;
      return text === undefined || /\p{Cc}/u.test(text) ? undefined : text;
    },
    hint: (input, hints) => (typeof input === "string" ? hints.control : undefined),
  });
}

/** The program that the downloader beside the bot passes links to, in the words of `dwld-bot downloader --backend`. */
export const backEnd = v.pipe(
  v.object({
    kind: v.optional(oneOf([NO_PROGRAM, ...Object.keys(PROGRAM_KINDS)]), NO_PROGRAM),
    url: v.optional(programUrl(), ""),
    user: v.optional(line({ secret: false }), ""),
    secret: v.optional(line({ secret: true }), ""),
    secret_file: v.optional(path(), ""),
    dir: v.optional(path(), ""),
    options: v.optional(list(argument()), []),
  }),
  rule(({ kind: name, options, ...others }, mistakes): RuleProblem[] => {
    const { expected } = mistakes;
    const kind = programKind(name);
    if (kind === undefined) {
      const given = Object.entries({ ...others, options }).filter(([, value]) => value.length > 0);
      return given.map(([key, value]) => ({
        at: [key],
        found: shown(value, mistakes, { secret: key === "secret" }),
        expected: expected.nothingWithoutBackEnd,
      }));
    }
    return options.flatMap((option, index) =>
      parseSetting(option, kind) === undefined
        ? [
            {
              at: ["options", index],
              found: shown(option, mistakes),
              expected: expected.programSettings(name, settingsWritten(kind)),
            },
          ]
        : [],
    );
  }),
);

/** Warnings about keys of `downloader` that have no effect with the program that downloads. */
export function keysWithoutMeaning(
  kind: string,
  given: ReadonlyMap<string, unknown>,
  { warning }: Pick<Mistakes, "warning">,
): string[] {
  if (kind === NO_PROGRAM) return [];
  const ofItself = OF_ITSELF.map((key) => `downloader.${key}`).filter((key) => given.has(key));
  const knowsUsers = programKind(kind)?.asksFor === "user";
  const users = ["downloader.backend.user"].filter((key) => given.get(key) && !knowsUsers);
  return [
    ...ofItself.map((key) => warning.withoutMeaning(key, kind)),
    ...users.map((key) => warning.noUsers(key, kind)),
  ];
}
