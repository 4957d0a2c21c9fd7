import type { Downloader } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";

/** Repeating the same registration does not fill the log. */
const AGAIN_MS = 60_000;

/** What the log says about registrations. */
export interface RegistrationLog {
  /** A known one `takesTheSame` when its roots are the same, and has `moved` when it has another address. */
  registered(downloader: Downloader, of: { takesTheSame: boolean; moved: boolean }): void;
  /** Its next registration is news. */
  forget(name: string): void;
}

/** Writes a line for each registration that changes something, and at most one a minute for one that does not. */
export function createRegistrationLog({ now, log }: { now: () => number; log: Log }): RegistrationLog {
  /** Epoch ms of the latest line. */
  const toldAt = new Map<string, number>();

  return {
    registered({ name, host, port, roots }, { takesTheSame, moved }) {
      const since = now() - (toldAt.get(name) ?? Number.NEGATIVE_INFINITY);
      // A leap back of the clock must not silence it.
      if (takesTheSame && !moved && since >= 0 && since < AGAIN_MS) return;
      toldAt.set(name, now());
      log.info(`Downloader "${name}" registered`, {
        host,
        port,
        roots: takesTheSame ? undefined : roots.join(" "),
        moved,
      });
    },
    forget: (name) => void toldAt.delete(name),
  };
}
