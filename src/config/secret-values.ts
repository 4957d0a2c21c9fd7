import { withoutInvisibleEnds } from "../domain/text.ts";
import { asText, field } from "./field.ts";

/** The bot's token, as @BotFather gives it. */
export function telegramToken() {
  return token({
    expected: "the bot's token, such as 123456:ABC…",
    pattern: /^\d+:[\w-]+$/,
    within: /\d+:[\w-]+/,
    hint: "Ask @BotFather in Telegram: /newbot for a new one, /token for the one you have.",
  });
}

/** A token that travels in `authorization: Bearer …`, or nothing. */
export function bearerToken() {
  return token({
    expected: "a token of letters, digits and signs without spaces, in quotes, or nothing",
    pattern: /^[\x21-\x7e]*$/,
    hint: "`openssl rand -hex 32` makes one.",
  });
}

interface TokenForm {
  readonly expected: string;
  readonly pattern: RegExp;
  /** Finds it in the middle of what people copy it with: a request's address, @BotFather's words. */
  readonly within?: RegExp;
  readonly hint: string;
}

/** Blanks and line breaks around it are no part of it: editors, shells and `docker --env-file` leave them there. */
function token({ expected, pattern, within, hint }: TokenForm) {
  return field({
    expected,
    secret: true,
    parse: (input) => {
      const text = typeof input === "string" ? withoutInvisibleEnds(input) : "";
      return typeof input === "string" && pattern.test(text) ? text : undefined;
    },
    hint: (input) => flawOf(withoutInvisibleEnds(asText(input)), pattern, within) ?? hint,
  });
}

/** What is wrong with a token that would be right otherwise. */
function flawOf(text: string, pattern: RegExp, within?: RegExp): string | undefined {
  const isHeader = /^bearer\s/i.test(text);
  const visible = text.replace(/[\s\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, "");
  if (!isHeader && visible !== "" && visible !== text && pattern.test(visible))
    return "There is a space, a line break or a sign that nobody sees in the middle of it: take that out.";
  if (/^(["'`]).+\1$/s.test(text) && pattern.test(text.slice(1, -1)))
    return "The quotes are a part of it here: leave them out.";
  if (isHeader || within?.test(text) === true)
    return "Only a part of this is the token: leave out what stands before and after it.";
  return undefined;
}
