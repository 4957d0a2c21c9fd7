import type { Entity } from "../../support/bot-api/message.ts";

/** A stretch of plain text, or an entity around further ones. */
export type Part = string | { readonly entity: Entity; readonly parts: readonly Part[] };

/** A text with its entities as a tree; of two that overlap, the second ends with the first. Offsets are UTF-16 units. */
export function treeOf(text: string, entities: readonly Entity[]): readonly Part[] {
  const left = entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  return within(0, text.length);

  function within(from: number, to: number): readonly Part[] {
    const parts: Part[] = [];
    let at = from;
    for (let next = left[0]; next !== undefined && next.offset < to; next = left[0]) {
      left.shift();
      const end = Math.min(next.offset + next.length, to);
      if (next.offset > at) parts.push(text.slice(at, next.offset));
      parts.push({ entity: next, parts: within(next.offset, end) });
      at = end;
    }
    if (at < to) parts.push(text.slice(at, to));
    return parts;
  }
}
