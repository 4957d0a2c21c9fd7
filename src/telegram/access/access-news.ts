import type { Calendar } from "../../domain/calendar.ts";
import type { AccessChanges, AccessEvent } from "../../service/access/access-changes.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import type { CommandMenu } from "../notify/command-menu.ts";
import type { HeldLinks } from "./held-links.ts";

/** Tells people about changes to their access that came by themselves. */
export interface AccessNews {
  /** Tells what is due, and handles the kept messages of those who have access by now; called every few seconds. Never throws. */
  attend(): void;
}

export function createAccessNews(deps: {
  changes: Pick<AccessChanges, "settle">;
  held: HeldLinks;
  preferences: Pick<Preferences, "language">;
  replies: Replies;
  menu: CommandMenu;
  calendarOf: (chatId: number) => Calendar;
}): AccessNews {
  const { changes, held, preferences, replies, menu, calendarOf } = deps;

  function words(event: AccessEvent): string {
    const language = preferences.language(event.id);
    const { people } = texts[language];
    const isGroup = event.id < 0;
    switch (event.kind) {
      case "removed":
        return people.removed(isGroup);
      case "promoted":
        return people.in.admin;
      case "ends_soon":
        return people.endsSoon(calendarOf(event.id).format(event.until, language));
      case "ended":
        return people.ended(isGroup);
    }
  }

  return {
    attend() {
      for (const event of changes.settle()) {
        if (event.kind !== "ends_soon") menu.update(event.id);
        if (event.kind === "removed") held.forget(event.id);
        replies.notify({ chatId: event.id, threadId: null }, { text: words(event) }, { stays: true });
      }
      held.take();
    },
  };
}
