import type { AllowedUpdateName, TelegramUpdate } from "gramio";

/** A kind of update, as `allowed_updates` spells it. */
export type UpdateKind = AllowedUpdateName;

/** The kind of an update: its only key besides `update_id`. Undefined for one that has none. */
export function kindOf(update: TelegramUpdate): string | undefined {
  return Object.keys(update).find((key) => key !== "update_id");
}

/** The same update with `update_id` first and its kind second: GramIO reads the kind off the second key (runtime.md §3.1). */
export function inOrder(update: TelegramUpdate, kind: string): TelegramUpdate {
  return { update_id: update.update_id, [kind]: Reflect.get(update, kind) };
}

/** What keeps its order: the chat, else the person, else the update by itself. */
export function orderKeyOf(update: TelegramUpdate): string {
  const payload = field(update, kindOf(update) ?? "");
  const chat = field(payload, "chat") ?? field(field(payload, "message"), "chat");
  const id = field(chat ?? field(payload, "from") ?? field(payload, "user"), "id");
  return typeof id === "number" ? `chat ${id}` : `update ${update.update_id}`;
}

function field(from: unknown, name: string): unknown {
  return typeof from === "object" && from !== null ? Reflect.get(from, name) : undefined;
}
