import type { News } from "../../domain/admin-alert.ts";
import { createThrottle } from "../../domain/throttle.ts";
import type { Access } from "../../service/access/access.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import { texts } from "../locales/locales.ts";
import type { Speaker } from "../outbox/replies.ts";
import { fitting } from "../views/truncate.ts";

/** Messages to everyone who is an admin, in each one's language. */
export interface Admins {
  /** What comes within a second or so goes out as one message. The same again is not repeated for ten minutes. */
  tell(news: News): void;
  /** At once, with what is gathered, and before anything else that waits to be sent: for when there is no later. */
  tellNow(news: News): void;
  /** Sends what is gathered; nothing is told from then on. */
  close(): void;
}

const GATHER_MS = 1_000;
const AGAIN_MS = 600_000;

export function createAdmins(deps: {
  access: Pick<Access, "admins">;
  preferences: Pick<Preferences, "language">;
  speaker: Pick<Speaker, "answer" | "notify">;
  now: () => number;
}): Admins {
  const { access, preferences, speaker, now } = deps;
  const gathered: News[] = [];
  const isNews = createThrottle<string>(AGAIN_MS, now);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function send(all: readonly News[], how: "notify" | "answer"): void {
    for (const chatId of access.admins) {
      const words = texts[preferences.language(chatId)].admin;
      const lines = fitting(all.map(words.news), { more: words.moreNews });
      speaker[how]({ chatId, threadId: null }, { text: lines.join("\n") });
    }
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const all = gathered.splice(0);
    if (all.length > 0) send(all, "notify");
  }

  return {
    tell(news) {
      if (closed || !isNews(JSON.stringify(news))) return;
      gathered.push(news);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    tellNow: (news) => send([...gathered.splice(0), news], "answer"),
    close() {
      flush();
      closed = true;
    },
  };
}
