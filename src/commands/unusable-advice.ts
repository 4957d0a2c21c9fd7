import type { Unusable } from "../domain/downloader.ts";

interface AdviceWords {
  readonly notTrustedAdvice: string;
  readonly notLetInAdvice: string;
  readonly noHttp2Advice: string;
  readonly silentAdvice: string;
}

/** What to do about a downloader with which nothing can be done; `silentAdvice` if it is not known why, or that has no advice. */
export function unusableAdvice(problem: Unusable | undefined, words: AdviceWords): string {
  switch (problem) {
    case "not_trusted":
      return words.notTrustedAdvice;
    case "not_let_in":
      return words.notLetInAdvice;
    case "no_http2":
      return words.noHttp2Advice;
    default:
      return words.silentAdvice;
  }
}
