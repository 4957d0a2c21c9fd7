import type { FetchFailure } from "../fetcher.ts";

/**
 * A failure of the guarding proxy, as the reason in its status line: it comes back through whatever fetches, in an error of Bun's or the
 * `ERROR:` line of yt-dlp, and must not be mistaken for the site's own.
 */
export function spellFailure(failure: FetchFailure, host: string): string {
  switch (failure.kind) {
    case "forbidden":
    case "unknown_host":
      return `dwld-bot: ${failure.kind} ${host}`;
    default:
      return `dwld-bot: connection ${host} ${"detail" in failure ? failure.detail.replace(/[^\w-]+/g, "_") : failure.kind}`;
  }
}

/** What the proxy has said in a text; undefined if it has said nothing. */
export function failureIn(text: string): FetchFailure | undefined {
  const [, kind, host = "", detail = ""] =
    /dwld-bot: (forbidden|unknown_host|connection) ([\w.:[\]-]+)(?: ([\w-]+))?/.exec(text) ?? [];
  switch (kind) {
    case "forbidden":
    case "unknown_host":
      return { kind, host };
    case "connection":
      return { kind, detail: `${host}: ${detail}` };
    default:
      return undefined;
  }
}
