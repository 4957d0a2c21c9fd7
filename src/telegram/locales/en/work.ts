import { once } from "../../../domain/once.ts";
import { named } from "../../../domain/text.ts";
import { createPlural } from "../plural.ts";

const { counted } = createPlural("en");
const speed = once(() => new Intl.NumberFormat("en", { maximumFractionDigits: 1 }));
const numbered = (n: number | undefined) => (n === undefined ? "" : ` ${n}`);

/** The message that shows what is in work, in English. */
export const work = {
  title: (n: number) => `In progress: ${n}`,
  /** Percent, and MB a second. */
  running: (percentage: number | undefined, speedMb: number | undefined) =>
    [
      "downloading",
      ...(percentage === undefined ? [] : [`${Math.floor(percentage)} %`]),
      ...(speedMb === undefined ? [] : [`${speed().format(speedMb)} MB/s`]),
    ].join(", "),
  toSend: "downloaded, waiting to be moved to its folder",
  sending: "being moved to its folder",
  waits: (ahead: number) => (ahead === 0 ? "waiting" : `waiting, ${counted(ahead, "link", "links")} ahead of it`),
  unknown: "on the server",
  silent: "the server does not answer",
  cancelled: "will be cancelled",
  done: "ready",
  failed: "could not be downloaded",
  /** The news will tell how, in a moment. */
  ended: "no longer there",
  over: "Nothing is in progress any more",
  moved: "The list of what is in progress is further down now",
  button: {
    cancel: (n: number | undefined) => `✖️ Cancel${numbered(n)}`,
    undo: (n: number | undefined) => `↩️ Undo${numbered(n)}`,
  },
  pressed: {
    planned: (what: string, seconds: number) => `Will be cancelled in ${seconds} s: ${what}`,
    undone: (what: string) => `Continues: ${what}`,
    over: "Already finished",
  },
  /** What `/queue` asks. */
  queue: {
    sure: (n: number) => `Remove link ${n} from its server? What has been downloaded of it is lost.`,
    yes: "🗑 Yes, remove",
  },
  /** What `/status` says of servers. */
  servers: {
    load: (n: number) => counted(n, "download", "downloads"),
    /** About several that have nothing to do. */
    free: (names: readonly string[], rest: number) =>
      `🟢 Free: ${names.map((name) => named(name)).join(", ")}${rest === 0 ? "" : ` and ${rest} more`}`,
  },
};
