import type { TelegramChat, TelegramUser } from "gramio";
import { plain, withoutInvisibleEnds } from "../../domain/text.ts";

const LONGEST = 64;

type Named = Partial<Pick<TelegramUser, "first_name" | "last_name" | "username"> & Pick<TelegramChat, "title">>;

/**
 * The name by which admins know a person or a group: `Ann Lee (@ann)`, `Family`; empty if there is nothing to see of it. Foreign text: see
 * `named`.
 */
export function displayName({ title, first_name: first, last_name: last, username }: Named): string {
  const name = title ?? [first, last].filter((part) => part).join(" ");
  const handle = username === undefined ? "" : `@${username}`;
  if (withoutInvisibleEnds(name) === "") return handle;
  // A person is found by the handle, so that is not cut off.
  const room = LONGEST - (handle === "" ? 0 : handle.length + 3);
  return handle === "" ? plain(name, room) : `${plain(name, room)} (${handle})`;
}
