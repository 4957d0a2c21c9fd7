import type { TelegramMessage } from "gramio";
import type { TextEntity, TextPart } from "../../domain/incoming.ts";

type RichMessage = NonNullable<TelegramMessage["rich_message"]>;

/** Fields in which blocks and their parts contain others (Bot API: `RichBlock`, `RichBlockListItem`). */
const HOLD_BLOCKS = ["blocks", "items", "cells"];
/** Fields with the text of blocks and captions (Bot API: `RichText`). */
const HOLD_TEXT = ["text", "summary", "caption", "credit"];
/** The marks of a text that matter for its links; their names are the same as in `MessageEntity`. */
const MARKS = new Set(["email_address", "mention", "hashtag"]);

/** The text of a rich formatted message (Bot API: `RichMessage`, which has no `text`), a part for each paragraph, cell or caption. */
export function richParts({ blocks }: RichMessage): TextPart[] {
  return blocks.flatMap(partsOf);
}

function partsOf(block: unknown): TextPart[] {
  if (Array.isArray(block)) return block.flatMap(partsOf);
  if (typeof block !== "object" || block === null) return [];
  const said = HOLD_TEXT.flatMap((name) => saidIn(field(block, name)));
  return [...said, ...HOLD_BLOCKS.flatMap((name) => partsOf(field(block, name)))];
}

/** A caption is not a text itself; it contains one. */
function saidIn(value: unknown): TextPart[] {
  if (value === undefined) return [];
  const isCaption = typeof value === "object" && !Array.isArray(value) && field(value, "type") === undefined;
  return isCaption ? partsOf(value) : [flat(value)];
}

/** Nested texts as one text, with links and the like as entities. */
function flat(rich: unknown): TextPart {
  if (typeof rich === "string") return { text: rich };
  if (Array.isArray(rich)) return joined(rich.map(flat));
  const inner = flat(field(rich, "text") ?? []);
  const [type, url] = [field(rich, "type"), field(rich, "url")];
  const of = { offset: 0, length: inner.text.length };
  if (type === "url" && typeof url === "string") return { ...inner, entities: [{ type: "text_link", ...of, url }] };
  if (typeof type !== "string" || !MARKS.has(type)) return inner;
  return { ...inner, entities: [{ type: type === "email_address" ? "email" : type, ...of }] };
}

function joined(parts: readonly TextPart[]): TextPart {
  const whole = { text: "", entities: [] as TextEntity[] };
  for (const { text, entities = [] } of parts) {
    const before = whole.text.length;
    for (const entity of entities) whole.entities.push({ ...entity, offset: entity.offset + before });
    whole.text += text;
  }
  return whole;
}

function field(from: unknown, name: string): unknown {
  return typeof from === "object" && from !== null ? Reflect.get(from, name) : undefined;
}
