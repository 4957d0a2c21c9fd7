import { withoutInvisibleEnds } from "./text.ts";

const USERNAME = /^[A-Za-z0-9_]{1,32}$/;
// Path separators, control and bidi characters, lone surrogates; reliability.md §5.2.
const UNSAFE = /[/\\:\p{Cc}\p{Cs}\p{Bidi_Control}]|\.\.|^[.-]/u;
const LONGEST_FOLDER = 64;

/** A link's `sender`: the username, or `id<digits>` for a person or chat without a proper one (wire.md §3). */
export function senderName({ username, id }: { readonly username?: string | undefined; readonly id: number }): string {
  return username !== undefined && USERNAME.test(username) ? username : `id${Math.abs(id)}`;
}

/**
 * `SetToQueue.user_name`, which becomes a folder on the file server: `[sender] folder`, or `[sender]` without folders (wire.md §3). A
 * folder that fails `isFolderName` is left out, and so are characters that a sender cannot have: no path escapes.
 */
export function userNameFor(sender: string, folder: string | null): string {
  const name = `[${sender.replace(/\W/g, "").slice(0, 32)}]`;
  return folder !== null && isFolderName(folder) ? `${name} ${folder}` : name;
}

/** A text as a folder's name, in NFC and trimmed; undefined if it cannot be one: see `isFolderName`. */
export function parseFolderName(text: string): string | undefined {
  const name = text.normalize("NFC").trim();
  return isFolderName(name) ? name : undefined;
}

/**
 * Whether a text can be a folder's name everywhere: 1–64 UTF-16 units in NFC, with something visible, no path, and no blanks at the ends.
 */
export function isFolderName(text: string): boolean {
  return (
    withoutInvisibleEnds(text) !== "" &&
    text.length <= LONGEST_FOLDER &&
    text === text.trim() &&
    text === text.normalize("NFC") &&
    !UNSAFE.test(text)
  );
}
