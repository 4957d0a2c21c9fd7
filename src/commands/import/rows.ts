import { foldedName } from "../../domain/downloader-name.ts";
import { fromMaxQuality, parseQuality, type Quality } from "../../domain/quality.ts";
import { parseRegistration } from "../../domain/registration.ts";
import type { Store } from "../../domain/storage.ts";
import { parseLink } from "../../domain/url.ts";
import { isFolderName, senderName } from "../../domain/user-name.ts";
import type { GoDatabase } from "../../store/go-database.ts";
import type { CommandWords } from "../../words/words.ts";
import type { ImportReport } from "./report.ts";

/** What the reading of rows depends on. */
export interface RowDefaults {
  readonly allowPrivate: boolean;
  /** For a link without a sensible one. */
  readonly quality: Quality;
  /** Epoch ms. */
  readonly now: number;
  readonly words: CommandWords["imported"];
}

type GoLink = GoDatabase["links"][number];

/** Nobody waits longer: such a value is no instant, or is in other units. */
const LONGEST_WAIT_MS = 366 * 86_400_000;

/**
 * Puts the Go version's rows into the store. Existing entries stay as they are, so a second run adds nothing. Run it in a transaction.
 * Throws `StoreUnavailable`.
 */
export function takeRows(from: GoDatabase, store: Store, defaults: RowDefaults): ImportReport {
  const parts = [takeLinks, takeDownloaders, takeDeletions].map((take) => take(from, store, defaults));
  return { taken: parts.flatMap(({ taken }) => taken), left: parts.flatMap(({ left }) => left) };
}

function takeLinks({ links }: GoDatabase, store: Store, defaults: RowDefaults): ImportReport {
  const { what } = defaults.words;
  const left: ImportReport["left"][number][] = [];
  let added = 0;
  for (const row of links) {
    const why = takeLink(row, store, defaults);
    if (why === undefined) added++;
    else left.push({ what: what.link(row.link), why });
  }
  return { taken: [what.links(added, links.length)], left };
}

/** Why the link was left; undefined if it was taken. */
function takeLink(row: GoLink, store: Store, { allowPrivate, quality, now, words }: RowDefaults): string | undefined {
  const { why } = words;
  const chatId = integer(row.userID);
  if (chatId === undefined || chatId === 0) return why.noOwner;
  const parsed = parseLink(row.link ?? "", { allowPrivate });
  if (!parsed.ok) return why.noLink(parsed.reason);
  const { url, key } = parsed;
  // The Go version's own prompt; which message of the person it belongs to is not known.
  const promptId = positive(row.messageID) ?? null;
  if (store.links.byKey(chatId, key) !== undefined) return why.queued;
  if (store.deliveries.ofKey(key).some((delivery) => delivery.chatId === chatId)) return why.delivered;
  // In a chat, messages are numbered in one sequence for everybody, so the prompt's number also identifies the link in a second import.
  const isNew =
    promptId === null || store.processedMessages.take({ chatId, messageId: promptId }, [key], now).length > 0;
  if (!isNew) return why.takenBefore;
  const lines = fromMaxQuality(row.quality ?? "");
  const sendAt = 1000 * (positive(row.sendingAt) ?? 0);
  const link = store.links.add({
    chatId,
    threadId: null,
    messageId: null,
    ...ownerOf(row.userName, chatId),
    url,
    key,
    quality: lines === undefined ? quality : (parseQuality(lines) ?? quality),
    sendAt: sendAt > 0 && sendAt < now + LONGEST_WAIT_MS ? sendAt : now,
    createdAt: now,
  });
  // Without a time: the bot has not yet shown the link in its own prompt.
  if (link !== undefined && promptId !== null) store.links.update(link.id, { promptId });
  return undefined;
}

/** Splits `[user] folder` (wire.md §4). */
export function ownerOf(userName: string | null, chatId: number): { sender: string; folder: string | null } {
  const [, user, rest = ""] = /^\s*\[([^\]]*)\](.*)$/s.exec(userName ?? "") ?? [];
  const folder = rest.normalize("NFC").trim();
  return { sender: senderName({ username: user?.trim(), id: chatId }), folder: isFolderName(folder) ? folder : null };
}

function takeDownloaders({ downloaders }: GoDatabase, store: Store, { now, words }: RowDefaults): ImportReport {
  const left: ImportReport["left"][number][] = [];
  const known = new Set(store.downloaders.all().map(({ name }) => foldedName(name)));
  let added = 0;
  for (const row of downloaders) {
    const what = words.what.downloader(row.name ?? "");
    const claim = {
      name: row.name ?? "",
      roots: (row.allowedRootLinks ?? "").split(","),
      host: row.host ?? "",
      port: integer(row.port) ?? 0,
    };
    // The Go version called what was registered, so a loopback address means this machine.
    const result = parseRegistration(claim, { callerHost: "127.0.0.1" });
    if (!result.ok) left.push({ what, why: words.why.badRegistration(result.problem) });
    else if (known.has(foldedName(result.registration.name))) left.push({ what, why: words.why.registered });
    else {
      store.downloaders.save({
        ...result.registration,
        registeredAt: now,
        lastSeenAt: null,
        failures: 0,
        paused: false,
      });
      known.add(foldedName(result.registration.name));
      added++;
    }
  }
  return { taken: [words.what.downloaders(added, downloaders.length)], left };
}

function takeDeletions({ deletions }: GoDatabase, store: Store, { words }: RowDefaults): ImportReport {
  const left: ImportReport["left"][number][] = [];
  let added = 0;
  const named = new Set<string>();
  for (const row of deletions) {
    const chatId = integer(row.chatID);
    const messageId = positive(row.messageID);
    const what = words.what.deletion(row.messageID, row.chatID);
    if (chatId === undefined || messageId === undefined) {
      left.push({ what, why: words.why.noIds });
      continue;
    }
    const before = store.deletions.count();
    // For a message that occurs several times, the earliest instant counts.
    store.deletions.add({ chatId, messageId, deleteAt: 1000 * (positive(row.deleteAt) ?? 0) });
    const message = `${chatId} ${messageId}`;
    if (store.deletions.count() > before) added++;
    else left.push({ what, why: named.has(message) ? words.why.twice : words.why.planned });
    named.add(message);
  }
  return { taken: [words.what.deletions(added, deletions.length)], left };
}

function integer(text: string | null): number | undefined {
  const number = /^\s*-?\d+\s*$/.test(text ?? "") ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function positive(text: string | null): number | undefined {
  const number = integer(text);
  return number !== undefined && number > 0 ? number : undefined;
}
