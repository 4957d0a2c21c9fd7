import { EventEmitter } from "node:events";
import type { AdminAlert } from "../domain/admin-alert.ts";
import type { Delivery, DeliveryEvent } from "../domain/delivery.ts";
import type { Download, Downloader } from "../domain/downloader.ts";
import type { LinkEvent } from "../domain/link.ts";
import type { Removal } from "../service/fleet/removal.ts";

/**
 * What parts of the bot tell without knowing who listens; `reactions.ts` says who reacts. Events about the queue and deliveries come after
 * the change is stored; what Telegram says of a chat is stored by the listener.
 */
export interface AppEvents {
  /** A downloader has registered; `previous` is what had that name before. */
  registered: [downloader: Downloader, previous: Downloader | undefined];
  /** A downloader that could not be reached answers again; `endsBackOff`: it could not even be connected to. */
  back: [downloader: string, how: { endsBackOff: boolean }];
  /** Which downloader takes which links has changed: one is new, paused, resumed or removed. */
  routingChanged: [];
  /** What became of a link in the queue. */
  link: [event: LinkEvent];
  /** No link is due or being handed over any more, and some were. */
  allHandedOver: [];
  /** What one look at a downloader has shown about deliveries. */
  deliveries: [events: readonly DeliveryEvent[]];
  /** A downloader with open deliveries has listed what it has. */
  looked: [downloader: string, downloads: readonly Download[]];
  /** How the attempt to cancel a download has ended. */
  cancelled: [delivery: Delivery, removal: Removal];
  /** An owner pressed something that may have made a link due. */
  queueChanged: [];
  /** A message is to be deleted now. */
  deletionPlanned: [];
  /** Telegram says that the bot may no longer write to a chat. */
  chatBlocked: [chatId: number];
  /** A group has become a supergroup with another id. */
  chatMigrated: [from: number, to: number];
  /** Telegram has begun or stopped answering. */
  telegramChanged: [];
  /** Something that admins must hear. */
  alert: [alert: AdminAlert];
}

/** Created before everything else, so that no part needs to know a later one. A listener that throws stops those after it. */
export type Events = EventEmitter<AppEvents>;

export const createEvents = (): Events => new EventEmitter<AppEvents>();

/** What owners do with their links, as events. */
export const queueEvents = (events: Events) => ({
  onChanged: () => void events.emit("queueChanged"),
  report: (event: LinkEvent) => void events.emit("link", event),
});
