/** A link that is to be fetched now. */
export interface Wanted {
  readonly link: string;
  /** Most lines of picture; 10000 means the best there is. */
  readonly maxQuality: number;
  /** The link's own folder: what lies in it is there again at the next try. Files that are whole go into `whole` in it. */
  readonly folder: string;
}

/** How far a fetch is; a part that is not known is left out. Sizes in bytes. */
export interface Stage {
  /** The title, or the file's name. */
  readonly name?: string | undefined;
  readonly currentSize?: number | undefined;
  readonly totalSize?: number | undefined;
  /** 0 to 100, where sizes are not known. */
  readonly percentage?: number | undefined;
  /** Of a playlist: the nth file of so many. */
  readonly nth?: number | undefined;
  readonly of?: number | undefined;
}

/** Why a fetch failed. What a program or a machine says of it is `detail`. */
export type FetchFailure =
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "forbidden" | "unknown_host"; readonly host: string }
  | { readonly kind: "too_many_redirects" | "stalled" | "cut_short" | "page" | "bare_page" | "nothing" | "no_space" }
  | { readonly kind: "connection" | "disk" | "program" | "surprise"; readonly detail: string };

/** `page`: the link leads to a page, or to what this fetcher cannot read; another one may. */
export type FetchEnd =
  | { readonly kind: "fetched" }
  | { readonly kind: "page" }
  | { readonly kind: "failed"; readonly failure: FetchFailure };

/** Fetches a link into its folder. After an abort of the signal it ends soon, with whatever; it never rejects for what may be expected. */
export type Fetcher = (
  wanted: Wanted,
  of: { readonly onStage: (stage: Stage) => void; readonly signal: AbortSignal },
) => Promise<FetchEnd>;

/** Where a fetcher puts files that are whole, under the names that they are to have. */
export const WHOLE = "whole";

/** Sites that do not like who asks: yt-dlp may look like somebody else to them. */
const DISLIKED = [401, 403, 405, 406, 429, 503];

/** Whether another fetcher may have more luck with the link. */
export function isForAnother(end: FetchEnd): boolean {
  if (end.kind !== "failed") return end.kind === "page";
  return end.failure.kind === "refused" && DISLIKED.includes(end.failure.status);
}

/** Whether another try can do nothing about it. */
export function isFinal(failure: FetchFailure): boolean {
  if (failure.kind === "refused") return failure.status < 500 && ![408, 421, 425, 429].includes(failure.status);
  return ["forbidden", "page", "bare_page", "too_many_redirects"].includes(failure.kind);
}
