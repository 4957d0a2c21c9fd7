import type { Calendar } from "../../domain/calendar.ts";
import type { Link } from "../../domain/link.ts";
import type { Quality } from "../../domain/quality.ts";
import type { FleetDownload, FleetList } from "../../service/fleet/fleet.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { DownloaderChoices } from "./prompt-buttons.ts";

/** What one page of /queue shows. */
export interface QueueView {
  /** From 0 on; one that is not there (any more) stands for the last. */
  readonly page: number;
  /** Everyone's, for an admin. */
  readonly all: boolean;
  readonly fleet: FleetList;
  /** A part of the local queue, and how many links it has in all. */
  readonly local: (of: { offset: number; limit: number }) => {
    readonly links: readonly Link[];
    readonly total: number;
  };
  /** The link whose quality is being chosen in place of the other buttons. */
  readonly picking?: number;
  /** The download (see `downloadChoice`) of which it is asked whether to remove it, in place of the other buttons. */
  readonly dropping?: string;
  /** What the last press did, when that took a while to find out. */
  readonly note?: string;
}

/** Who reads it, and what the config says. */
export interface Reader {
  readonly context: Pick<ChatContext, "texts" | "language" | "actor" | "isPrivate">;
  readonly qualities: readonly Quality[];
  readonly calendar: Calendar;
  readonly downloaders: Pick<DownloaderChoices, "standing">;
  /** How an admin knows a chat. */
  readonly nameOf: (chatId: number) => string | undefined;
}

/** One of a chat's links: it waits here, or a downloader has it. */
export type Entry =
  | { readonly kind: "link"; readonly link: Link }
  | { readonly kind: "download"; readonly download: FleetDownload };
