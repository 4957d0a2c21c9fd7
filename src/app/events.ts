import { EventEmitter } from "node:events";
import type { AdminAlert } from "../domain/admin-alert.ts";
import type { Delivery, DeliveryEvent } from "../domain/delivery.ts";
import type { Download, Downloader } from "../domain/downloader.ts";
import type { LinkEvent } from "../domain/link.ts";
import type { Removal } from "../service/fleet/removal.ts";

/**
 * What parts of the bot tell without knowing who listens; who acts on it: `reactions.ts`. What concerns the queue and deliveries
 * is told after it is stored; what Telegram says of a chat is stored by who acts on it.
 */
export interface AppEvents {
  /** A downloader has registered; `previous` is what the name stood for before. */
  registered: [downloader: Downloader, previous: Downloader | undefined];
  /** A downloader that could not be reached answers again; `endsBackOff`: it could not even be connected to. */
  back: [downloader: string, how: { endsBackOff: boolean }];
  /** Another downloader takes some links than before, or none does: one is new, paused, goes on or is removed. */
  routingChanged: [];
  /** What became of a link in the queue. */
  link: [event: LinkEvent];
  /** No link is due any more, nor being handed over, and some were. */
  allHandedOver: [];
  /** What was learned of deliveries in one look at a downloader. */
  deliveries: [events: readonly DeliveryEvent[]];
  /** A downloader of open deliveries has said what it has. */
  looked: [downloader: string, downloads: readonly Download[]];
  /** A download was to be cancelled, and this came of it. */
  cancelled: [delivery: Delivery, removal: Removal];
  /** An owner pressed something that may have made a link due. */
  queueChanged: [];
  /** A message is to be deleted now. */
  deletionPlanned: [];
  /** Telegram says that the bot may not write to a chat any more. */
  chatBlocked: [chatId: number];
  /** A group has become a supergroup with another id. */
  chatMigrated: [from: number, to: number];
  /** Telegram answers, or does not, other than before. */
  telegramChanged: [];
  /** Something that admins have to hear. */
  alert: [alert: AdminAlert];
}

/** Made before everything else, so that no part has to know a later one. A listener that throws stops those after it. */
export type Events = EventEmitter<AppEvents>;

export const createEvents = (): Events => new EventEmitter<AppEvents>();

/** What owners do with their links, told to whom it concerns. */
export const queueEvents = (events: Events) => ({
  onChanged: () => void events.emit("queueChanged"),
  report: (event: LinkEvent) => void events.emit("link", event),
});
