import { named } from "../../../domain/text.ts";
import { createPlural } from "../plural.ts";

const { form, counted } = createPlural("en");
const speed = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const numbered = (n: number | undefined) => (n === undefined ? "" : ` ${n}`);

/** The message that shows what is in work, in English. */
export const work = {
  title: (n: number) => `In work: ${n}`,
  more: (n: number) => `and ${n} more`,
  /** Percent, and MB a second. */
  running: (percentage: number | undefined, speedMb: number | undefined) =>
    [
      "downloading",
      ...(percentage === undefined ? [] : [`${Math.floor(percentage)} %`]),
      ...(speedMb === undefined ? [] : [`${speed.format(speedMb)} MB/s`]),
    ].join(", "),
  toSend: "downloaded, waits to go to its folder",
  sending: "going to its folder",
  waits: (ahead: number) => (ahead === 0 ? "waits" : `waits, ${ahead} ${form(ahead, "link", "links")} before it`),
  unknown: "on the server",
  silent: "the server does not answer",
  cancelled: "will be cancelled",
  over: "None of this is in work any more",
  moved: "What is in work is shown further down now",
  button: {
    cancel: (n: number | undefined) => `✖️ Cancel${numbered(n)}`,
    undo: (n: number | undefined) => `↩️ Undo${numbered(n)}`,
  },
  pressed: {
    planned: (what: string, seconds: number) => `Will be cancelled in ${seconds} s: ${what}`,
    undone: (what: string) => `Goes on: ${what}`,
    over: "It has ended already",
  },
  /** What `/queue` asks. */
  queue: {
    sure: (n: number) => `Remove ${n} from its server? What it has downloaded of it is lost.`,
    yes: "🗑 Yes, remove",
  },
  /** What `/status` says of servers. */
  servers: {
    load: (n: number) => counted(n, "download", "downloads"),
    /** Of several that have nothing to do. */
    free: (names: readonly string[], rest: number) =>
      `🟢 Nothing to do: ${names.map((name) => named(name)).join(", ")}${rest === 0 ? "" : ` and ${rest} more`}`,
  },
};
