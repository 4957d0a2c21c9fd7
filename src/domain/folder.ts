import { type TextPart, withoutLinks } from "./incoming.ts";

/** A folder of the config, and what in a message chooses it without a button. */
export interface Folder {
  readonly name: string;
  /** Hashtags, without `#`, as `parseTag` gives them. */
  readonly tags: readonly string[];
  /** Forum topics, by their thread id. */
  readonly topics: readonly number[];
}

/** In the config a folder may be just a name. */
export function asFolder(folder: string | Folder): Folder {
  return typeof folder === "string" ? { name: folder, tags: [], topics: [] } : folder;
}

/** The names of the config's folders, in its order. */
export function namesOf(folders: readonly (string | Folder)[]): string[] {
  return folders.map((folder) => asFolder(folder).name);
}

/** A hashtag in a form for comparing: folded, in NFC, without `#` and the chat that may follow it; undefined if it is none. */
export function parseTag(text: string): string | undefined {
  const [, tag] = /^#?((?=[\d_]*\p{L})[\p{L}\p{M}\d_]{1,256})(?:@\w+)?$/u.exec(text.trim().normalize("NFC")) ?? [];
  return tag?.toLowerCase();
}

const HASHTAG = /(?<![\p{L}\p{M}\d_#&/])#[\p{L}\p{M}\d_]+/gu;

/** The folder that a message asks for: by its first hashtag that belongs to a folder, or else by its topic. */
export function folderFor(
  folders: readonly Folder[],
  { parts, threadId }: { readonly parts: readonly TextPart[]; readonly threadId: number | null },
): string | undefined {
  // A `#` inside a link starts its fragment.
  const written = parts.flatMap((part) => withoutLinks(part).match(HASHTAG) ?? []);
  for (const tag of written.map(parseTag)) {
    const tagged = folders.find(({ tags }) => tag !== undefined && tags.includes(tag));
    if (tagged !== undefined) return tagged.name;
  }
  return folders.find(({ topics }) => threadId !== null && topics.includes(threadId))?.name;
}
