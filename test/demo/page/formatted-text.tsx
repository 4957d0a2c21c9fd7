import type { ComponentChildren } from "preact";
import type { Entity } from "../../support/bot-api/message.ts";
import { type Part, treeOf } from "./entity-tree.ts";

const TAGS = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
} as const;

/** What somebody wrote, with its entities; a command or an invitation is `written` by whoever presses it. */
export function FormattedText(of: {
  text: string;
  entities: readonly Entity[];
  written: (text: string) => void;
}): ComponentChildren {
  const show = (parts: readonly Part[]): ComponentChildren =>
    parts.map((part) => (typeof part === "string" ? part : marked(part.entity, textOf(part.parts), show(part.parts))));
  const marked = (entity: Entity, text: string, children: ComponentChildren): ComponentChildren => {
    const Tag = Object.hasOwn(TAGS, entity.type) ? TAGS[entity.type as keyof typeof TAGS] : "span";
    if (entity.type === "bot_command") return <Written text={text}>{children}</Written>;
    if (entity.type !== "url" && entity.type !== "text_link") return <Tag class={entity.type}>{children}</Tag>;
    const url = URL.parse(entity.type === "url" ? text : String(entity.url));
    if (url?.host === "t.me") return <Written text={url.href}>{children}</Written>;
    // Whatever else a link may name, such as javascript:, is no place to go to.
    if (url?.protocol !== "http:" && url?.protocol !== "https:") return children;
    return (
      <a href={url.href} target="_blank" rel="noreferrer">
        {children}
      </a>
    );
  };
  const Written = ({ text, children }: { text: string; children: ComponentChildren }) => (
    <button type="button" class="written" onClick={() => of.written(text)}>
      {children}
    </button>
  );
  return show(treeOf(of.text, of.entities));
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === "string" ? part : textOf(part.parts))).join("");
}
