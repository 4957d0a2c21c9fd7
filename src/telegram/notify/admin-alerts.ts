import type { AdminAlert, UntoldAlarm } from "../../domain/admin-alert.ts";
import { isAlarm, subjectOf } from "../../domain/admin-alert.ts";
import { keepLatest } from "../../domain/keep-latest.ts";
import type { Wait } from "../../domain/wait.ts";
import type { Access } from "../../service/access/access.ts";
import type { AlarmDesk } from "../../service/chats/alarms.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import { alarmKeyboard } from "../views/alarm.ts";
import { truncated } from "../views/truncate.ts";

/** Messages to all admins, in each one's language. Alarms stay until somebody presses *OK*, the rest goes by itself. */
export interface AdminAlerts {
  /**
   * Alerts that come within about a second go out as one message, or, when there are many, those within a minute. An alert that says the
   * same as the last one about its subject is not repeated within ten minutes; any change is told.
   */
  tell(alert: AdminAlert): void;
  /** Tells the alarms that an earlier run could not tell before it was stopped or killed. */
  tellLeft(): void;
  /** Sends what has been gathered; nothing is told after that. */
  close(): void;
}

const GATHER_MS = 1_000;
const AGAIN_MS = 600_000;
/** Two machines that keep taking a name from each other must not flood the chat. */
const MOST_A_MINUTE = 5;
const MINUTE_MS = 60_000;
const SUBJECTS = 1_000;

export function createAdminAlerts(deps: {
  desk: AlarmDesk;
  access: Pick<Access, "admins">;
  preferences: Pick<Preferences, "language">;
  replies: Pick<Replies, "notify" | "alarm">;
  now: () => number;
  wait: Wait;
}): AdminAlerts {
  const { desk, access, preferences, replies, now, wait } = deps;
  const closing = new AbortController();
  const isNews = createLastWords(now);
  const alarms = createBundle(sound);
  const notices = createBundle((all: readonly AdminAlert[]) => {
    for (const chatId of access.admins) replies.notify({ chatId, threadId: null }, { text: textOf(all, chatId) });
  });

  function textOf(all: readonly AdminAlert[], chatId: number): string {
    const { admin, more } = texts[preferences.language(chatId)];
    return truncated(all.map(admin.alert), { more }).join("\n");
  }

  async function sound(all: readonly UntoldAlarm[]): Promise<void> {
    const alerts = all.map(({ alert }) => alert);
    const telling = access.admins.map((chatId) => {
      const keyboard = alarmKeyboard(texts[preferences.language(chatId)].admin.alarm);
      return replies.alarm({ chatId, threadId: null }, { text: textOf(alerts, chatId), keyboard });
    });
    const areTold = await Promise.all(telling);
    if (areTold.every(Boolean)) for (const alarm of all) desk.told(alarm);
  }

  /** Collects what is told in one message: for a second or, if there was much of it in the last minute, for the rest of that. */
  function createBundle<Gathered>(send: (all: readonly Gathered[]) => void) {
    const gathered: Gathered[] = [];
    let sentAt: number[] = [];

    function flush(): void {
      const all = gathered.splice(0);
      if (all.length === 0) return;
      sentAt = [...sentAt, now()].slice(-MOST_A_MINUTE);
      send(all);
    }

    function paceMs(): number {
      const [first] = sentAt;
      const since = first === undefined ? 0 : now() - first;
      const isMuch = sentAt.length === MOST_A_MINUTE && since >= 0 && since < MINUTE_MS;
      return isMuch ? MINUTE_MS - since : GATHER_MS;
    }

    return {
      flush,
      add(one: Gathered): void {
        gathered.push(one);
        if (gathered.length === 1) void wait(paceMs(), closing.signal).then(flush);
      },
    };
  }

  return {
    tell(alert) {
      if (closing.signal.aborted || !isNews(alert)) return;
      if (isAlarm(alert)) alarms.add(desk.keep(alert));
      else notices.add(alert);
    },
    tellLeft() {
      for (const alarm of desk.left()) alarms.add(alarm);
    },
    close() {
      alarms.flush();
      notices.flush();
      closing.abort();
    },
  };
}

/** Whether an alert says something other than the last one about its subject, or that was ten minutes ago. */
function createLastWords(now: () => number): (alert: AdminAlert) => boolean {
  const last = new Map<string, { readonly words: string; readonly at: number }>();
  return (alert) => {
    const words = JSON.stringify(alert);
    const subject = subjectOf(alert) ?? words;
    const at = now();
    const before = last.get(subject);
    if (before?.words === words && at >= before.at && at - before.at < AGAIN_MS) return false;
    last.delete(subject);
    last.set(subject, { words, at });
    keepLatest(last, SUBJECTS);
    return true;
  };
}
