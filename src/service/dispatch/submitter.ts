import type { DownloaderClient } from "../../domain/downloader.ts";
import type { Failure, Link } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { toMaxQuality } from "../../domain/quality.ts";
import { keyOf } from "../../domain/url.ts";
import { userNameFor } from "../../domain/user-name.ts";
import type { Registry } from "../registry.ts";

/** What a downloader is told about a link. */
export type Parcel = Pick<Link, "url" | "key" | "sender" | "quality" | "folder">;

/** How handing a link over ended. `uncertain` names the one downloader that may or may not have it. */
export type Handed =
  | { readonly kind: "accepted"; readonly downloader: string }
  | { readonly kind: "uncertain"; readonly downloader: string }
  | { readonly kind: "rejected"; readonly failure: Failure };

export interface Handover {
  /**
   * Tries downloaders one after another until one accepts (rule 16). `trying` is called before each call and must have
   * recorded the downloader when it returns. Names that are not registered any more are passed over; at least one is expected.
   */
  handOver(parcel: Parcel, order: readonly string[], trying: (downloader: string) => void): Promise<Handed>;
  /** Whether the downloader's own list has the link; undefined when it cannot be asked. */
  has(downloader: string, key: string): Promise<boolean | undefined>;
}

/** Handing one link to one of several downloaders, with the outcomes of reliability.md §2.3 and §2.4. */
export function createHandover(deps: { client: DownloaderClient; registry: Registry; log: Log }): Handover {
  const { client, registry, log } = deps;

  const has: Handover["has"] = async (name, key) => {
    const downloader = registry.byName(name);
    if (downloader === undefined) return undefined;
    try {
      const downloads = await client.queue(downloader);
      return downloads.some((download) => keyOf(download.url) === key);
    } catch (error) {
      log.debug(`Cannot ask "${name}" what it has`, { error });
      return undefined;
    }
  };

  return {
    has,
    async handOver(parcel, order, trying) {
      let failure: Failure = { reason: "unreachable", downloader: order[0] ?? "" };
      for (const name of order) {
        // Looked up at the last moment: it may have moved since the order was drawn (rule 12).
        const downloader = registry.byName(name);
        if (downloader === undefined) continue;
        trying(name);
        const outcome = await client.submit(downloader, {
          url: parcel.url,
          userName: userNameFor(parcel.sender, parcel.folder),
          maxQuality: toMaxQuality(parcel.quality),
        });
        if (outcome.kind === "accepted") return { kind: "accepted", downloader: name };
        log.warn(`Cannot hand a link to "${name}"`, {
          link: parcel.url,
          outcome: outcome.kind,
          detail: outcome.detail,
        });
        if (outcome.kind === "unknown") {
          const there = await has(name, parcel.key);
          if (there === true) return { kind: "accepted", downloader: name };
          if (there === undefined) return { kind: "uncertain", downloader: name };
        }
        failure = { reason: REASONS[outcome.kind], downloader: name };
      }
      return { kind: "rejected", failure };
    },
  };
}

const REASONS = {
  never_sent: "unreachable",
  refused: "refused",
  incompatible: "incompatible",
  unknown: "silent",
} as const;
