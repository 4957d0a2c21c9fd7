import type { WayState } from "../../domain/endpoint.ts";
import type { Actor } from "../../domain/role.ts";
import type { CountWaiting } from "../../service/fleet/backlog.ts";
import type { Fleet } from "../../service/fleet/fleet.ts";
import type { Queue } from "../../service/queue/queue.ts";
import type { RunCommand } from "../context/command.ts";
import type { Conversation } from "../context/context.ts";
import type { Live } from "../context/live-message.ts";
import { pressOn, statusButton } from "../views/callback-data.ts";
import { statusPage } from "../views/status-page.ts";
import type { PressHandler } from "./prompt.ts";

/** `/status`: the downloaders and what runs there for this chat, for an admin all of it; keeps itself up to date for a while. */
export function createStatus(deps: {
  fleet: Fleet;
  queue: Queue;
  countWaiting: CountWaiting;
  live: Live;
  ways: () => readonly WayState[];
  now: () => number;
}): { command: RunCommand; press: PressHandler } {
  const { fleet, queue, live, now } = deps;

  function show({ who, page, messageId }: { who: Conversation; page: number; messageId?: number }): void {
    // In a group everybody reads along.
    const actor: Actor = who.isPrivate ? who.actor : { ...who.actor, role: "user" };
    const render = async (stop: AbortSignal) => {
      const downloaders = await fleet.statuses(actor, stop);
      const waiting = deps.countWaiting(downloaders.map(({ downloader }) => downloader.name));
      const queued = queue.page(actor, { offset: 0, limit: 1, all: true }).total;
      const ways = actor.role === "admin" ? deps.ways() : [];
      return statusPage({ downloaders, waiting, queued, ways, page }, { texts: who.texts, now: now() });
    };
    live.show(who, render, messageId);
  }

  return {
    command: ({ who }) => show({ who, page: 0 }),
    press(who, press) {
      const carried = pressOn(statusButton, press);
      if (carried === undefined || press.message === undefined) return undefined;
      const { page } = carried;
      if (!Number.isSafeInteger(page)) return { text: who.texts.pressed.outdated };
      show({ who, page, messageId: press.message.message_id });
      return { text: "" };
    },
  };
}
