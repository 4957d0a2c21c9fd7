import * as v from "valibot";
import { listOf } from "./lenient.ts";
import type { createQbittorrentApi } from "./qbittorrent-api.ts";
import { RemoteUnreachable } from "./remote.ts";

const messages = listOf(v.object({ message: v.string() }));

/** Only what could not be done; it is the least that can be requested. */
const WARNINGS = "log/main?normal=false&info=false&warning=true&critical=false";

/**
 * Why torrents have failed, by their names: their state is `error` for any reason, and only the log has the rest. Torrents of which that
 * says nothing are missing from the result, and so are all if it is not understood. Rejects only if the program is not there.
 */
export function createReasons({ get }: Pick<ReturnType<typeof createQbittorrentApi>, "get">) {
  return async (names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> => {
    if (names.length === 0) return new Map();
    const warnings = await get(WARNINGS, messages, signal).catch((error) => {
      if (!(error instanceof RemoteUnreachable) || error.isAway || error.isHarmless) throw error;
      return [];
    });
    return new Map(
      names.flatMap((name) => {
        const reason = warnings.map(({ message }) => reasonIn(message, name)).findLast((one) => one !== undefined);
        return reason === undefined ? [] : [[name, reason] as const];
      }),
    );
  };
}

/**
 * The path and the system's words in a message about a torrent; undefined if it is about another one. What is around them is in
 * qBittorrent's language, with its quotation marks; `NAME file_write (PATH) error: WORDS` is libtorrent's.
 */
export function reasonIn(message: string, name: string): string | undefined {
  const escaped = RegExp.escape(name);
  const pattern = new RegExp(
    `\\p{QMark}${escaped}\\p{QMark}.*\\p{QMark}${escaped} \\w+ \\((?<path>.*)\\) error: (?<words>.+?)\\p{QMark}?$`,
    "u",
  );
  const { path, words } = pattern.exec(message)?.groups ?? {};
  return words === undefined ? undefined : `${words} (${path})`;
}
