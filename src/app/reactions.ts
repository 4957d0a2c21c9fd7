import { registrationAlerts } from "../domain/admin-alert.ts";
import { wait as realWait, type Wait } from "../domain/wait.ts";
import type { Dispatcher } from "../service/dispatch/dispatcher.ts";
import type { HealthMonitor } from "../service/fleet/health-monitor.ts";
import type { Registry } from "../service/fleet/registry.ts";
import type { Tracker } from "../service/tracking/tracker.ts";
import type { Telegram } from "../telegram/telegram.ts";
import { createCoalescing } from "./coalescing.ts";
import type { Events } from "./events.ts";
import type { Work } from "./in-work.ts";
import type { Schedules } from "./schedules.ts";

/** When a whole fleet registers at once, what waits for it, and who takes what, is looked at once. */
const REGISTRATIONS_GATHER_MS = 200;

/**
 * The table of reactions: event → listeners, in this order. Connect it before anything starts; earlier events reach nobody. Disposing it
 * drops events that are still being gathered.
 */
export function connectReactions(
  events: Events,
  of: {
    registry: Pick<Registry, "unordered">;
    dispatcher: Dispatcher;
    tracker: Tracker;
    health: HealthMonitor;
    telegram: Telegram;
    work: Work;
    schedules: Schedules;
    wait?: Wait;
  },
): Disposable {
  const { registry, dispatcher, tracker, health, telegram, work, schedules, wait = realWait } = of;

  const registrations = createCoalescing<{ readonly name: string; readonly takesOther: boolean }>(
    (registered) => {
      if (registered.some(({ takesOther }) => takesOther)) events.emit("routingChanged");
      for (const { name } of registered) dispatcher.requeue.back(name, { endsBackOff: true });
      schedules.dispatch.trigger();
    },
    { ms: REGISTRATIONS_GATHER_MS, wait },
  );
  events.on("registered", (downloader, previous) => {
    const { name, roots } = downloader;
    for (const alert of registrationAlerts(downloader, previous, registry.unordered)) telegram.alerts.tell(alert);
    health.back(name);
    registrations.add({ name, takesOther: previous?.roots !== roots });
    tracker.pollSoon(name);
  });
  events.on("back", (downloader, how) => {
    health.back(downloader);
    dispatcher.requeue.back(downloader, how);
    schedules.dispatch.trigger();
    tracker.pollSoon(downloader);
  });
  events.on("routingChanged", () => {
    dispatcher.requeue.routingChanged();
    telegram.prompts.refreshUntaken();
    schedules.dispatch.trigger();
  });
  events.on("link", (event) => {
    if (event.kind === "not_stored") return telegram.tellNotStored(event.link, event.downloader);
    if (event.kind === "queued") return telegram.prompts.show(event.link);
    if (event.kind === "failed") telegram.news.heard(event.link);
    if (event.kind === "purged") telegram.keptMessages.takenOut(event.link);
    if (event.kind !== "delivered") return telegram.prompts.refreshInTurn(event.link);
    if (event.sharesPrompt) telegram.prompts.refreshLater(event.link);
    telegram.inWork.handedOver(event.link);
    // The messages that the link came with are deleted once it is shown as in work.
    schedules.cleanup.trigger();
    tracker.pollSoon(event.downloader);
    telegram.news.handedOver(event.link);
    telegram.keptMessages.handedOver(event.link);
  });
  events.on("allHandedOver", () => telegram.inWork.allHandedOver());
  events.on("deliveries", (learned) => {
    for (const { kind, delivery } of learned) {
      telegram.news.heard(delivery);
      if (kind === "lost") telegram.newsMessages.renew(delivery);
    }
    schedules.inWork.trigger();
  });
  events.on("looked", (downloader, downloads) => void work.inWork.looked(downloader, downloads));
  events.on("cancelled", (delivery, removal) => {
    telegram.inWork.cancelled(delivery, removal);
    telegram.inWork.refresh(delivery);
  });
  events.on("queueChanged", () => schedules.dispatch.trigger());
  events.on("deletionPlanned", () => schedules.cleanup.trigger());
  events.on("chatBlocked", (chatId) => telegram.chatMembership.blocked(chatId));
  events.on("chatMigrated", (from, to) => {
    telegram.inWork.moved(from);
    telegram.chatMembership.moved(from, to);
  });
  events.on("alert", (alert) => telegram.alerts.tell(alert));
  return registrations;
}
