import type { BulkResult } from "../../../service/queue/bulk.ts";
import { createPlural } from "../plural.ts";
import { links } from "./links.ts";

const { form } = createPlural("en");

/** The parts of `/queue`, and what is done to all links of one, in English. */
export const queue = {
  filter: { all: "Current", waiting: "Waiting", work: "In progress", failed: "Failed", done: "Done" },
  counted: (what: string, n: number) => `${what}: ${n}`,
  shown: (filter: string) => `${filter} (shown)`,
  nothing: {
    waiting: "Nothing is waiting to be sent.",
    work: "Nothing is in progress.",
    failed: "Nothing has failed.",
    done: "Nothing has been downloaded yet.",
  },
  button: {
    retry: "🔁 Retry all",
    now: "▶️ All now",
    tonight: (clock: string) => `All tonight, ${clock}`,
    folder: "Folder for all",
    remove: "🗑 Remove all",
    yes: (n: number) => `🗑 Yes, remove ${n}`,
    undo: (n: number) => `↩️ Undo: ${n}`,
  },
  /** `there`: how many of all are on servers. */
  sure: ({ all, there }: { all: number; there: number }) => {
    const question = `Remove ${all === 1 ? "the only link" : `all ${links(all)}`} of this list?`;
    if (there === 0) return question;
    return `${question} The ${there === 1 ? "one on a server" : `${there} on servers`} cannot be brought back.`;
  },
  folder: (n: number) => `Which folder ${form(n, "is this link", "are these links")} for (${n})?`,
  /** In a group. */
  onlyOwn: "Links that others sent stay as they are, unless you are an admin.",
  changed: "The list has changed, so nothing was done. Here is the current one.",
  tooLate: "It is too late to bring these links back.",
  done: {
    retry: (n: number) => `🔁 Queued again: ${links(n)}.`,
    now: (n: number) => `▶️ ${links(n)} will be sent as soon as a server takes ${form(n, "it", "them")}.`,
    /** Servers may take them later than that, or never. */
    tonight: (n: number, at: string) => `⏳ Postponed until ${at}: ${links(n)}.`,
    folder: (n: number, name: string) => `Folder “${name}”: ${links(n)}.`,
    remove: (n: number) => `🗑 Removed: ${links(n)}.`,
    removeThere: (n: number) => `🗑 Removed from the servers: ${links(n)}.`,
    undo: (n: number) => `Back in the queue: ${links(n)}.`,
  },
  unchanged: "Nothing was changed.",
  /** Of those that were not changed. */
  rest: ({ sent, foreign, gone, unstored, kept = 0 }: Omit<BulkResult, "changed"> & { readonly kept?: number }) => [
    ...(sent === 0 ? [] : [`Already sent or being sent: ${sent}.`]),
    ...(foreign === 0 ? [] : [`Sent by others, left as they are: ${foreign}.`]),
    ...(gone === 0 ? [] : [`No longer in this list: ${gone}.`]),
    ...(unstored === 0 ? [] : [`Could not be saved, please try again: ${unstored}.`]),
    ...(kept === 0 ? [] : [`Not confirmed by the servers, so possibly still there: ${kept}.`]),
  ],
};
