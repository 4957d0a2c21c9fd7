/** A link that is to be fetched now. */
export interface Wanted {
  readonly link: string;
  /** At most so many lines of picture; 10000 means the best there is. */
  readonly maxQuality: number;
  /** The link's own folder: its content is still there at the next try. Complete files go into `whole` in it. */
  readonly folder: string;
}

/** The progress of a fetch; a field that is not known is left out. Sizes in bytes. */
export interface Stage {
  /** The title, or the file's name. */
  readonly name?: string | undefined;
  readonly currentSize?: number | undefined;
  readonly totalSize?: number | undefined;
  /** 0 to 100, if sizes are not known. */
  readonly percentage?: number | undefined;
  /** For a playlist: the nth file of this many. */
  readonly nth?: number | undefined;
  readonly of?: number | undefined;
}

/** Why a fetch failed. `detail` is in the words of a program or a machine. */
export type FetchFailure =
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "forbidden" | "unknown_host"; readonly host: string }
  | { readonly kind: "too_many_redirects" | "stalled" | "cut_short" | "page" | "bare_page" | "nothing" | "no_space" }
  | { readonly kind: "connection" | "disk" | "program" | "surprise"; readonly detail: string };

/** `page`: the link leads to a page, or to something that this fetcher cannot read; another one may. */
export type FetchEnd =
  | { readonly kind: "fetched" }
  | { readonly kind: "page" }
  | { readonly kind: "failed"; readonly failure: FetchFailure };

/** Fetches a link into its folder. After the signal aborts it ends soon, with any result; it never rejects for anything expected. */
export type Fetcher = (
  wanted: Wanted,
  of: { readonly onStage: (stage: Stage) => void; readonly signal: AbortSignal },
) => Promise<FetchEnd>;

/** Where a fetcher puts complete files, under their final names. */
export const WHOLE = "whole";

/** Answers of sites that do not like the caller: yt-dlp may look different to them. */
const DISLIKED = [401, 403, 405, 406, 429, 503];

/** Whether another fetcher may have more luck with the link. */
export function isForAnother(end: FetchEnd): boolean {
  if (end.kind !== "failed") return end.kind === "page";
  return end.failure.kind === "refused" && DISLIKED.includes(end.failure.status);
}

/** Whether another try would be no use. */
export function isFinal(failure: FetchFailure): boolean {
  if (failure.kind === "refused") return failure.status < 500 && ![408, 421, 425, 429].includes(failure.status);
  return ["forbidden", "page", "bare_page", "too_many_redirects"].includes(failure.kind);
}
