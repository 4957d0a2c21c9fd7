import { STRUCK, withoutBotTokens } from "../domain/token.ts";

/** Strikes secrets out of rendered text (reliability.md §5.1). */
export interface Redactor {
  redact(text: string): string;
}

/** Finds secrets by their exact value, also as JSON and URLs spell it, and Telegram tokens by their form. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const spellings = secrets
    .filter((text) => text !== "")
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())]);
  // The longest first, so that nothing is left of a token if part of it is also a secret.
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  // Not one regular expression for all: a heap snapshot would contain it, in a spelling that nothing here strikes out.
  const redact = (text: string) =>
    withoutBotTokens(longestFirst.reduce((rest, secret) => rest.replaceAll(secret, STRUCK), text));
  return { redact };
}
