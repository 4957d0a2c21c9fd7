import type { Calendar } from "../../domain/calendar.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Link, QueuePart } from "../../domain/link.ts";
import type { Quality } from "../../domain/quality.ts";
import type { FleetDownload, FleetList } from "../../service/fleet/fleet.ts";
import type { HistoryPage } from "../../service/tracking/history.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { QUEUE_FILTERS } from "./callback-data.ts";
import type { DownloaderChoices } from "./prompt-buttons.ts";

/** What one page of /queue shows. */
export interface QueueView {
  /** From 0 on; one that is not there (any more) stands for the last. */
  readonly page: number;
  /** Everyone's, for an admin. */
  readonly all: boolean;
  readonly filter: QueueFilter;
  readonly fleet: FleetList;
  /** Some of the local queue or of a part of it, and how many links that has in all. */
  readonly local: (of: { part?: QueuePart; offset: number; limit: number }) => {
    readonly links: readonly Link[];
    readonly total: number;
  };
  /** What was downloaded for the chat: the page that is to be shown. */
  readonly done: HistoryPage;
  /** What can be done to all links of the list. */
  readonly whole?: WholeList;
  /** The link whose quality is being chosen in place of the other buttons. */
  readonly picking?: number;
  /** The download (see `downloadChoice`) whose removal is to be confirmed, in place of the other buttons. */
  readonly dropping?: string;
  /** What is asked about the whole list, in place of the other buttons. */
  readonly asking?: "folder" | "removal";
  /** What was just removed together, and can be brought back. */
  readonly undo?: { readonly until: number; readonly count: number };
  /** The result of the last press, if it took a while to find out. */
  readonly note?: string;
}

/** The part that a page shows; see `QUEUE_FILTERS`. */
export type QueueFilter = (typeof QUEUE_FILTERS)[number];

/** A list whose links can be changed together. */
export interface WholeList {
  readonly part: QueuePart;
  /** Identifies exactly the links that are in the list now. */
  readonly list: string;
  readonly count: number;
  /** Links with which servers have failed and that can be sent again or removed, in the same way. */
  readonly there?: { readonly list: string; readonly count: number };
}

/** Who reads it, and what the config says. */
export interface Reader {
  readonly context: Pick<ChatContext, "texts" | "language" | "actor" | "isPrivate">;
  readonly qualities: readonly Quality[];
  readonly folders: readonly string[];
  readonly calendar: Calendar;
  readonly downloaders: Pick<DownloaderChoices, "standing">;
  /** The progress of a running download: see `InWork`. */
  readonly percentageOf: (at: Pick<FleetDownload, "downloader" | "key">) => number | undefined;
  /** The name by which an admin knows a chat. */
  readonly nameOf: (chatId: number) => string | undefined;
}

/** One of a chat's links: it waits here, a downloader has it, or it has been downloaded. */
export type Entry =
  | { readonly kind: "link"; readonly link: Link }
  | { readonly kind: "download"; readonly download: FleetDownload }
  | { readonly kind: "done"; readonly delivery: Delivery };
