import type { Link } from "./link.ts";

/** What the dispatcher did with a link; told after it is stored. */
export type LinkEvent =
  | { readonly kind: "delivered"; readonly link: Link; readonly downloader: string }
  | { readonly kind: "postponed" | "unmatched" | "failed" | "uncertain" | "requeued"; readonly link: Link };
