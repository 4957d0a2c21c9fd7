import { field } from "./field.ts";

/** The bot's token, as @BotFather gives it. */
export function telegramToken() {
  return field({
    expected: "the bot's token, such as 123456:ABC…",
    secret: true,
    parse: (input) => (typeof input === "string" && /^\d+:[\w-]+$/.test(input) ? input : undefined),
    hint: () => "Ask @BotFather in Telegram: /newbot for a new one, /token for the one you have.",
  });
}

/** A token that travels in `authorization: Bearer …`, or nothing. */
export function bearerToken() {
  return field({
    expected: "a token of letters, digits and signs without spaces, in quotes, or nothing",
    secret: true,
    parse: (input) => (typeof input === "string" && /^[\x21-\x7e]*$/.test(input) ? input : undefined),
    hint: () => "`openssl rand -hex 32` makes one.",
  });
}
