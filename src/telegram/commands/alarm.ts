import type { ButtonHandler } from "../context/button-press.ts";
import { alarmButton, readButton } from "../views/callback-data.ts";
import { type PutAway, shownIn } from "./put-away.ts";

/** The button under an alarm: it was read. */
export function createAlarmButton({ putAway }: { putAway: PutAway }): ButtonHandler {
  return (context, press) => {
    if (readButton(alarmButton, press) === undefined || press.message === undefined) return undefined;
    if (context.actor.role !== "admin") return { text: context.texts.pressed.noAccess, alert: true };
    const { read, pressed } = context.texts.admin.alarm;
    putAway(context, shownIn(press.message), { words: read, usual: pressed });
    return { text: pressed };
  };
}
