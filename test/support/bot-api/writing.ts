import { detectEntities } from "./entities.ts";
import type { Group } from "./groups.ts";
import type { Entity, Message } from "./message.ts";

/** Where and how a person writes. */
export interface Writing {
  /** Default: the private chat with the bot. */
  readonly in?: Group;
  readonly threadId?: number;
  /** Default: what Telegram detects. */
  readonly entities?: readonly Entity[];
  /** The text is the caption of a photo. */
  readonly caption?: boolean;
  readonly replyTo?: number;
  /** The name of the original sender of a forwarded message. */
  readonly forwardFrom?: string;
  /**
   * Only the bot sees it (Bot API: an ephemeral message). A client only sends such a message for a command that the menu declares as such,
   * and for a reply to an ephemeral message of the bot.
   */
  readonly ephemeral?: boolean;
  /** As an anonymous administrator of the group. */
  readonly anonymous?: boolean;
  /** Any further fields of the message. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Bot API: the fields of a `Message` that carry its text. */
export function written(text: string, { caption, entities = detectEntities(text) }: Writing): Partial<Message> {
  const marked = entities.length === 0 ? undefined : entities;
  if (caption !== true) return { text, entities: marked };
  const photo = [{ file_id: "AgAC", file_unique_id: "AQAD", width: 90, height: 90 }];
  return { photo, caption: text, caption_entities: marked };
}
