import type { Link } from "../domain/link.ts";
import { parseOfferedQuality, type Quality } from "../domain/quality.ts";
import { type LinkProblem, type LinkRules, parseLink } from "../domain/url.ts";
import { parseFolderName, senderName } from "../domain/user-name.ts";
import type { Access } from "../service/access/access.ts";
import type { Preferences } from "../service/chats/preferences.ts";
import type { Enqueue } from "../service/queue/enqueue.ts";
import type { CheckQuota } from "../service/queue/quota.ts";
import type { LinkEntry } from "./links-request.ts";

/** From the config. */
export interface AcceptSettings extends LinkRules {
  readonly qualities: readonly Quality[];
  readonly folders: readonly string[];
}

/** What happened to one link of a request; `link` is as the caller spelt it. */
export type LinkResult =
  | { readonly link: string; readonly result: "queued" | "duplicate"; readonly id: number }
  /** A downloader already has it for this chat, or it was handed over bypassing the queue (rule 4). */
  | { readonly link: string; readonly result: "in_delivery" | "sent"; readonly downloader: string }
  /**
   * Not stored, and not known to have been sent; `maybe` names the downloader that may have it. `kept`: it continues when the database can
   * be used again.
   */
  | { readonly link: string; readonly result: "kept" | "lost"; readonly maybe?: string }
  | { readonly link: string; readonly result: "refused"; readonly reason: Refusal };

/** `too_many`: the chat's queue is full. */
export type Refusal = LinkProblem | "unknown_chat" | "unknown_folder" | "unknown_quality" | "too_many";

/** How links that come in another way are treated differently from a message of the chat. */
export interface Manner {
  /** The folder need not be one of the config's, as long as its name is safe. */
  readonly anyFolder: boolean;
  /** Links are due at once, without time to choose. */
  readonly isDue: boolean;
}

/** Puts links into the queues of chats, with the chats' settings, as messages there would (rule 4 included). */
export type AcceptLinks = (entries: readonly LinkEntry[], manner?: Manner) => Promise<LinkResult[]>;

const AS_A_MESSAGE: Manner = { anyFolder: false, isDue: false };

interface Wanted {
  readonly chatId: number;
  readonly quality: Quality;
  readonly folder: string | null;
  readonly url: string;
  readonly key: string;
  readonly title: string | null;
}

export function createAcceptLinks(deps: {
  settings: AcceptSettings;
  /** Whose links they are if the caller names no chat; 0, which is nobody, while there is no admin. */
  owner: () => number;
  access: Pick<Access, "roleOf">;
  preferences: Pick<Preferences, "quality" | "folder">;
  checkQuota: CheckQuota;
  enqueue: Enqueue;
  /** Resolves when the database can be written, or when there is no point in waiting for that. */
  writable: () => Promise<void>;
  /** Shows the prompt of a link that was queued. */
  show: (link: Link) => void;
}): AcceptLinks {
  const { settings, access, preferences, enqueue } = deps;

  function want(entry: LinkEntry, anyFolder: boolean): Wanted | Refusal {
    const chatId = entry.chat ?? deps.owner();
    const role = access.roleOf({ chatId, userId: undefined });
    if (role === "nobody") return "unknown_chat";
    const folder = entry.folder?.trim() ? parseFolderName(entry.folder) : preferences.folder(chatId);
    if (folder === undefined) return "unknown_folder";
    if (folder !== null && !anyFolder && !settings.folders.includes(folder)) return "unknown_folder";
    const asked = entry.quality ?? null;
    const quality = asked === null ? preferences.quality(chatId) : parseOfferedQuality(asked, settings.qualities);
    if (quality === undefined) return "unknown_quality";
    const parsed = parseLink(entry.link, settings);
    if (!parsed.ok) return parsed.reason;
    const { url, key, name: title } = parsed;
    const isTooMany = deps.checkQuota({ chatId, role }, [key]) !== undefined;
    return isTooMany ? "too_many" : { chatId, folder, quality, url, key, title };
  }

  async function take(link: string, { url, key, title, ...of }: Wanted, isDue: boolean): Promise<LinkResult> {
    const sender = senderName({ id: of.chatId });
    const [taken] = enqueue({ ...of, sender, threadId: null, messageId: null, links: [{ url, key, title }], isDue });
    switch (taken?.kind) {
      case "queued":
        deps.show(taken.link);
        return { link, result: "queued", id: taken.link.id };
      case "duplicate":
        return { link, result: "duplicate", id: taken.link.id };
      case "in_delivery":
        return { link, result: "in_delivery", downloader: taken.delivery.downloader };
      case "direct": {
        const ended = await taken.direct.result;
        if (ended.kind === "sent") return { link, result: "sent", downloader: ended.downloader };
        return { link, result: ended.kind, ...(ended.maybe !== undefined && { maybe: ended.maybe }) };
      }
      default:
        return { link, result: "lost" };
    }
  }

  return async (entries, { anyFolder, isDue } = AS_A_MESSAGE) => {
    await deps.writable();
    // One enqueue per entry, in order, so that each outcome belongs to one entry, and the quota counts the entries before it. While the
    // database cannot be used, only this map prevents a link that is in a request twice from being sent twice.
    const first = new Map<string, Promise<LinkResult>>();
    return Promise.all(
      entries.map(async (entry): Promise<LinkResult> => {
        const { link } = entry;
        const wanted = want(entry, anyFolder);
        if (typeof wanted === "string") return { link, result: "refused", reason: wanted };
        const same = `${wanted.chatId} ${wanted.key}`;
        const before = first.get(same);
        if (before !== undefined) {
          const result = await before;
          return result.result === "queued" ? { ...result, link, result: "duplicate" } : { ...result, link };
        }
        const taking = take(link, wanted, isDue);
        first.set(same, taking);
        return taking;
      }),
    );
  };
}
