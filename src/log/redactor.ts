import { STRUCK, withoutBotTokens } from "../domain/token.ts";

/** Strikes secrets out of rendered text (reliability.md §5.1). */
export interface Redactor {
  redact(text: string): string;
  /** Secrets that were learned later. */
  add(secrets: readonly string[]): void;
}

/** Knows secrets by their exact value, also as JSON and URLs spell it, and Telegram tokens by their form. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const spellings = new Set<string>();
  let known: RegExp | undefined;
  const add = (more: readonly string[]) => {
    for (const secret of more.filter((text) => text !== "")) {
      spellings.add(secret).add(JSON.stringify(secret).slice(1, -1)).add(encodeURIComponent(secret.toWellFormed()));
    }
    // The longest first, so that nothing is left of a token whose part is a secret too.
    const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
    known = longestFirst.length === 0 ? undefined : new RegExp(longestFirst.map(RegExp.escape).join("|"), "g");
  };
  add(secrets);
  const redact = (text: string) => withoutBotTokens(known === undefined ? text : text.replace(known, STRUCK));
  return { redact, add };
}
