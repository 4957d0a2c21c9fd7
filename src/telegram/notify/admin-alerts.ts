import type { AdminAlert } from "../../domain/admin-alert.ts";
import { createThrottle } from "../../domain/throttle.ts";
import type { Access } from "../../service/access/access.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import { truncated } from "../views/truncate.ts";

/** Messages to everyone who is an admin, in each one's language. */
export interface AdminAlerts {
  /** What comes within a second or so goes out as one message. The same again is not repeated for ten minutes. */
  tell(alert: AdminAlert): void;
  /** At once, with what is gathered, and before anything else that waits to be sent: for when there is no later. */
  tellNow(alert: AdminAlert): void;
  /** Sends what is gathered; nothing is told from then on. */
  close(): void;
}

const GATHER_MS = 1_000;
const AGAIN_MS = 600_000;

export function createAdminAlerts(deps: {
  access: Pick<Access, "admins">;
  preferences: Pick<Preferences, "language">;
  replies: Pick<Replies, "answer" | "notify">;
  now: () => number;
}): AdminAlerts {
  const { access, preferences, replies, now } = deps;
  const gathered: AdminAlert[] = [];
  const isNew = createThrottle<string>(AGAIN_MS, now);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function send(all: readonly AdminAlert[], how: "notify" | "answer"): void {
    for (const chatId of access.admins) {
      const words = texts[preferences.language(chatId)].admin;
      const lines = truncated(all.map(words.alert), { more: words.moreAlerts });
      replies[how]({ chatId, threadId: null }, { text: lines.join("\n") });
    }
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const all = gathered.splice(0);
    if (all.length > 0) send(all, "notify");
  }

  return {
    tell(alert) {
      if (closed || !isNew(JSON.stringify(alert))) return;
      gathered.push(alert);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    tellNow: (alert) => send([...gathered.splice(0), alert], "answer"),
    close() {
      flush();
      closed = true;
    },
  };
}
