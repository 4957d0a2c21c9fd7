import { withoutInvisibleEnds } from "../domain/text.ts";
import type { Mistakes } from "../words/words.ts";
import { asText, field } from "./field.ts";

/** The bot's token, as @BotFather gives it. */
export function telegramToken() {
  return token({
    name: "telegramToken",
    pattern: /^\d+:[\w-]+$/,
    within: /\d+:[\w-]+/,
  });
}

/** A token that is sent as `authorization: Bearer …`, or "". */
export function bearerToken() {
  return token({
    name: "bearerToken",
    pattern: /^[\x21-\x7e]*$/,
  });
}

interface TokenForm {
  readonly name: "telegramToken" | "bearerToken";
  readonly pattern: RegExp;
  /** Finds it inside a longer text that people copy: the address of a request, @BotFather's message. */
  readonly within?: RegExp | undefined;
}

/** Blanks and line breaks around it are not part of it: editors, shells and `docker --env-file` leave them there. */
function token({ name, pattern, within }: TokenForm) {
  return field({
    expected: ({ expected }) => expected[name],
    secret: true,
    parse: (input) => {
      const text = typeof input === "string" ? withoutInvisibleEnds(input) : "";
      return typeof input === "string" && pattern.test(text) ? text : undefined;
    },
    hint: (input, hints) => flawOf(withoutInvisibleEnds(asText(input)), { pattern, within, hints }) ?? hints[name],
  });
}

/** What is wrong with a token that would otherwise be valid. */
function flawOf(
  text: string,
  { pattern, within, hints }: Pick<TokenForm, "pattern" | "within"> & { readonly hints: Mistakes["hint"] },
): string | undefined {
  const isHeader = /^bearer\s/i.test(text);
  const visible = text.replace(/[\s\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, "");
  if (!isHeader && visible !== "" && visible !== text && pattern.test(visible)) return hints.tokenSpace;
  if (/^(["'`]).+\1$/s.test(text) && pattern.test(text.slice(1, -1))) return hints.tokenQuotes;
  if (isHeader || within?.test(text) === true) return hints.tokenPart;
  return undefined;
}
