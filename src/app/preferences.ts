import { namesOf } from "../domain/folder.ts";
import { createPreferences, type Preferences } from "../service/chats/preferences.ts";
import type { Foundation } from "./foundation.ts";

/** What chats have chosen, over what the config says. */
export function createChatPreferences({ config, store, now, log }: Foundation): Preferences {
  const { quality, telegram, folders, time_zone: zone } = config;
  return createPreferences({
    chats: store.chats,
    defaults: { quality: quality.default, language: telegram.language, folders: namesOf(folders), zone },
    now,
    log: log.withTag("chats"),
  });
}
