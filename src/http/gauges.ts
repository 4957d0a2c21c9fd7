import { Gauge, type Registry } from "prom-client";
import { LINK_STATES } from "../domain/link.ts";
import type { StatusProvider } from "../domain/monitoring.ts";
import { ifAvailable } from "../domain/storage.ts";

/** Adds the gauges that are read at each scrape; one that cannot be read then is left out. */
export function addGauges(of: {
  registers: Registry[];
  status: StatusProvider;
  now: () => number;
  version: string;
}): void {
  const { registers, status, now } = of;
  const { stats } = status;

  function gauge(name: string, help: string, read: () => number | undefined): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = unlessUnreadable(read);
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  }
  const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);
  const age = (at: number | undefined) => (at === undefined ? undefined : Math.max(0, now() - at) / 1000);

  new Gauge({
    name: "dwld_links",
    help: "Links in the queue, by state.",
    labelNames: ["state"],
    registers,
    collect() {
      this.reset();
      uncertain.remove();
      const links = ifAvailable(stats.links);
      if (links === undefined) return;
      for (const state of LINK_STATES) this.set({ state }, links.get(state) ?? 0);
      uncertain.set(links.get("uncertain") ?? 0);
    },
  });
  // Set above: counting looks at every link, so it is done once.
  const uncertain = new Gauge({
    name: "dwld_uncertain",
    help: "Links that a downloader may already have, but could not be asked about.",
    registers,
  });
  new Gauge({
    name: "dwld_downloader_up",
    help: "1 if the downloader answered the latest call.",
    labelNames: ["downloader"],
    registers,
    collect() {
      this.reset();
      for (const { name, isUp } of status.downloaders()) this.set({ downloader: name }, isUp ? 1 : 0);
    },
  });
  new Gauge({
    name: "dwld_telegram_way_up",
    help: "1 if Telegram answered this way at the latest try; current says whether calls go this way now.",
    labelNames: ["way", "current"],
    registers,
    collect() {
      this.reset();
      for (const { name, isCurrent, state } of status.endpoints()) {
        this.set({ way: name, current: String(isCurrent) }, state === "ok" ? 1 : 0);
      }
    },
  });
  new Gauge({
    name: "dwld_build_info",
    help: "Always 1; the version is in its label.",
    labelNames: ["version"],
    registers,
    collect() {
      this.set({ version: of.version }, 1);
    },
  });
  gauge("dwld_oldest_due_seconds", "How long the oldest due link has been due; 0 if none is due.", () =>
    age(stats.oldestDueAt(now()) ?? now()),
  );
  gauge("dwld_deletions_pending", "Messages that are still to be deleted.", stats.deletions);
  gauge("dwld_last_poll_success_timestamp", "When Telegram last answered getUpdates, in Unix seconds.", () =>
    seconds(status.lastPollAt()),
  );
  gauge("dwld_last_tick_timestamp", "When the dispatcher last looked for due links, in Unix seconds.", () =>
    seconds(status.lastTickAt()),
  );
  gauge("dwld_db_bytes", "Size of the database with its log, in bytes.", status.databaseBytes);
  gauge("dwld_backup_age_seconds", "Age of the newest backup.", () => age(status.lastBackupAt()));
}

/** Undefined if the database or the file system cannot provide it now. */
function unlessUnreadable(read: () => number | undefined): number | undefined {
  try {
    return ifAvailable(read);
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return undefined;
    throw error;
  }
}
