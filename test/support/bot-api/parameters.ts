import type { IncomingMessage } from "node:http";
import { badRequest } from "./refusal.ts";

/** A method's parameters, from any source; JSON values are already parsed. */
export type Params = Readonly<Record<string, unknown>>;

/** Bot API: these are JSON-serialized if they are sent as text. */
const STRUCTURED = new Set([
  "allowed_updates",
  "commands",
  "entities",
  "ephemeral_message_parameters",
  "link_preview_options",
  "message_ids",
  "reaction",
  "reply_markup",
  "reply_parameters",
  "scope",
]);

/** Bot API "Making requests": the query string, then a JSON, form or multipart body, which wins. */
export async function readParams(request: IncomingMessage, query: URLSearchParams): Promise<Params> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);
  const given: Record<string, unknown> = Object.fromEntries(query);
  if (body.length > 0) Object.assign(given, await readBody(body, request.headers["content-type"] ?? ""));
  for (const name of STRUCTURED) {
    const value = given[name];
    if (typeof value === "string")
      given[name] = value === "" ? undefined : parseJson(value, `can't parse ${name} JSON object`);
  }
  return given;
}

async function readBody(body: Buffer<ArrayBuffer>, contentType: string): Promise<Record<string, unknown>> {
  if (contentType.startsWith("application/json")) {
    const parsed = parseJson(body.toString(), "can't parse JSON object");
    if (!isRecord(parsed)) throw badRequest("object expected as JSON request body");
    return parsed;
  }
  const form = await new Response(body, { headers: { "content-type": contentType } }).formData().catch(() => {
    throw badRequest("unsupported request body");
  });
  return Object.fromEntries(form.entries());
}

function parseJson(text: string, otherwise: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(otherwise);
  }
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An integer, even if sent as text; undefined if absent or something else. */
export function integer(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

/** A text; undefined when absent or something else. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A Boolean, even if sent as text. */
export function flag(value: unknown): boolean {
  return value === true || value === "true" || value === "True" || value === "1" || value === 1;
}

/** A list; undefined when absent or something else. */
export function list(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}
