import type { EndpointStatus } from "../../domain/endpoint.ts";
import type { Actor } from "../../domain/role.ts";
import type { CountBacklog } from "../../service/fleet/backlog.ts";
import type { Fleet } from "../../service/fleet/fleet.ts";
import type { Queue } from "../../service/queue/queue.ts";
import { type AnswerRef, answerRef } from "../context/answer-ref.ts";
import type { ButtonHandler } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { LiveMessage } from "../context/live-message.ts";
import { readButton, statusButton } from "../views/callback-data.ts";
import { statusPage } from "../views/status-page.ts";

/**
 * `/status`: the downloaders and what is running there for this chat, or for an admin everything; it keeps itself up to date for a while.
 */
export function createStatus(deps: {
  fleet: Fleet;
  queue: Queue;
  countBacklog: CountBacklog;
  live: LiveMessage;
  endpoints: () => readonly EndpointStatus[];
  now: () => number;
}): { command: RunCommand; press: ButtonHandler } {
  const { fleet, queue, live, now } = deps;

  function show({ context, page, answer }: { context: ChatContext; page: number; answer?: AnswerRef }): void {
    // In a group everybody can read it.
    const actor: Actor = context.isPrivate ? context.actor : { ...context.actor, role: "user" };
    const render = async (stop: AbortSignal) => {
      const downloaders = await fleet.statuses(actor, stop);
      const waiting = deps.countBacklog(downloaders.map(({ downloader }) => downloader.name));
      const queued = queue.page(actor, { offset: 0, limit: 1, all: true }).total;
      const endpoints = actor.role === "admin" ? deps.endpoints() : [];
      const view = { downloaders, waiting, queued, endpoints, page, showsAll: actor.role === "admin" };
      return statusPage(view, { texts: context.texts, now: now() });
    };
    live.show(context, render, answer);
  }

  return {
    command: ({ context }) => show({ context, page: 0 }),
    press(context, press) {
      const carried = readButton(statusButton, press);
      if (carried === undefined || press.message === undefined) return undefined;
      const { page } = carried;
      if (!Number.isSafeInteger(page)) return { text: context.texts.pressed.outdated };
      show({ context, page, answer: answerRef(context, press.message) });
      return { text: "" };
    },
  };
}
