import { parseHtml } from "./html.ts";
import type { Entity } from "./message.ts";
import { integer, isRecord, list, type Params, text } from "./parameters.ts";
import { badRequest } from "./refusal.ts";

/** Bot API: 1–4096 "after entities parsing"; counted in UTF-16 units (reliability.md §9: the safe side). */
const LONGEST_TEXT = 4096;
/** telegram-bot-api #165: about this many bytes of entities, most of which are URLs. */
const MOST_MARK_BYTES = 9_500;
/** python-telegram-bot, `MAX_MESSAGE_ENTITIES`: further ones are ignored. */
const MOST_MARKS = 100;
/** Size of an entity as it is sent to the servers behind it: its kind, offset and length. */
const MARK_BYTES = 12;
/** Bot API: `MessageEntity.type`. */
const ENTITY_TYPES = new Set(
  `mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough spoiler blockquote
  expandable_blockquote code pre text_link text_mention custom_emoji date_time`.split(/\s+/),
);

/** A formatted text as the server keeps it. */
export interface FormattedText {
  readonly text: string;
  readonly entities: readonly Entity[] | undefined;
}

/** `text` with its `entities` or `parse_mode`; refuses what the real server refuses, with its words. */
export function readText(params: Params): FormattedText {
  const given = text(params.text) ?? "";
  const mode = text(params.parse_mode)?.toLowerCase() ?? "";
  if (given.trim() === "") throw badRequest("message text is empty");
  if (mode !== "" && mode !== "html") throw badRequest("unsupported parse_mode");
  const formatted =
    mode === "html" ? parseHtml(given) : { text: given, entities: (list(params.entities) ?? []).map(readEntity) };
  assertPreview(params.link_preview_options);
  const visible = formatted.text.trimEnd();
  if (visible === "") throw badRequest("message text is empty");
  for (const entity of formatted.entities) assertWithin(entity, formatted.text);
  if (visible.length > LONGEST_TEXT) throw badRequest("message is too long");
  const bytes = formatted.entities.reduce((sum, { url }) => sum + MARK_BYTES + Buffer.byteLength(String(url ?? "")), 0);
  if (bytes > MOST_MARK_BYTES) throw badRequest("ENTITIES_TOO_LONG");
  const entities = formatted.entities
    .slice(0, MOST_MARKS)
    .map((entity) => ({ ...entity, length: Math.min(entity.length, visible.length - entity.offset) }))
    .filter(({ length }) => length > 0);
  return { text: visible, entities: entities.length === 0 ? undefined : entities };
}

function readEntity(entity: unknown): Entity {
  if (!isRecord(entity)) throw badRequest("can't parse MessageEntity: expected an Object");
  const type = text(entity.type) ?? "";
  const offset = integer(entity.offset);
  const length = integer(entity.length);
  if (offset === undefined) throw badRequest(`can't parse MessageEntity: Can't find field "offset"`);
  if (length === undefined) throw badRequest(`can't parse MessageEntity: Can't find field "length"`);
  if (!ENTITY_TYPES.has(type)) throw badRequest("can't parse MessageEntity: Unsupported type specified");
  if (type === "text_link") assertUrl(text(entity.url) ?? "", "entity URL");
  return { ...entity, type, offset, length };
}

function assertWithin({ offset, length }: Entity, whole: string): void {
  const end = offset + length;
  if (offset < 0 || offset >= whole.length) {
    throw badRequest(`entity begins after the end of the text at UTF-16 offset ${offset}`);
  }
  if (length < 1 || end > whole.length) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${end}`,
    );
  }
  if (splitsPair(whole, offset) || splitsPair(whole, end)) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ${end}`,
    );
  }
}

function splitsPair(whole: string, at: number): boolean {
  const before = whole.charCodeAt(at - 1);
  const after = whole.charCodeAt(at);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}

/** Only web pages have previews; for anything else the message is refused. */
function assertPreview(options: unknown): void {
  const url = isRecord(options) && !options.is_disabled ? (text(options.url) ?? "") : "";
  if (url === "") return;
  const { protocol = "", hostname = "" } = URL.parse(url) ?? {};
  if (!/^https?:$/.test(protocol) || !hostname.includes(".")) throw badRequest("WEBPAGE_URL_INVALID");
}

/** Links of entities and buttons: http, https, tg, ton or mailto, with a host that has a dot. */
export function assertUrl(url: string, what: string): void {
  const parsed = URL.parse(/^[a-z][a-z\d+.-]*:/i.test(url) ? url : `http://${url}`);
  if (parsed === null) throw badRequest(`${what} '${url}' is invalid: Wrong HTTP URL`);
  if (["tg:", "ton:", "mailto:"].includes(parsed.protocol)) return;
  if (!["http:", "https:"].includes(parsed.protocol)) {
    throw badRequest(`${what} '${url}' is invalid: Unsupported URL protocol`);
  }
  // td, `HttpUrl.cpp`: other URL parsers accept both.
  if (parsed.port === "0") throw badRequest(`${what} '${url}' is invalid: Wrong port number specified in the URL`);
  if (/["`{}]/.test(parsed.hostname)) throw badRequest(`${what} '${url}' is invalid: Wrong URL host`);
  if (!/[.:]/.test(parsed.hostname)) throw badRequest(`${what} '${url}' is invalid: Wrong HTTP URL`);
}
