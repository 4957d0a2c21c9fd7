import { namesOf } from "../domain/folder.ts";
import type { LateWrites } from "../domain/storage.ts";
import { createPreferences, type Preferences } from "../service/chats/preferences.ts";
import type { Foundation } from "./foundation.ts";

/** What chats have chosen, with the config as the default. */
export function createChatPreferences({ config, store, now, log }: Foundation, lateWrites: LateWrites): Preferences {
  const { quality, telegram, folders, time_zone: zone } = config;
  return createPreferences({
    lateWrites,
    chats: store.chats,
    defaults: { quality: quality.default, language: telegram.language, folders: namesOf(folders), zone },
    now,
    log: log.withTag("chats"),
  });
}
