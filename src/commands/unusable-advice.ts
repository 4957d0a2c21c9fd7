import type { Unusable } from "../domain/downloader.ts";

/** What to do about a downloader with which nothing can be done; `silentAdvice` if the reason is not known. */
interface AdviceWords {
  readonly notTrustedAdvice: string;
  readonly notLetInAdvice: string;
  readonly noHttp2Advice: string;
  readonly silentAdvice: string;
}

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
