import { named } from "../../../domain/text.ts";
import { links } from "./links.ts";

/** What a prompt's panels say, and what a press on them is answered, in English. */
export const panels = {
  several: links,
  one: (n: number, all: number) => `Link ${n} of ${all}`,
  sent: (downloader: string) => `📤 Handed over to “${named(downloader)}”`,
  continued: "The links that still wait have moved to a newer message.",
  over: "This message is over.",
  button: {
    quality: (chosen: string | undefined) => (chosen === undefined ? "Quality" : `Quality: ${chosen}`),
    folder: (chosen: string | undefined) => (chosen === undefined ? "Folder" : `Folder: ${chosen}`),
    more: "More",
    oneOf: "One of them",
    page: (page: number, pages: number) => `Page ${page} of ${pages}, next`,
    copy: "Copy the address",
    back: "Back",
  },
  pressed: {
    renewed: "The buttons have changed. Nothing was done; here are the new ones.",
    foreign: "Only who sent the link can change it, or an admin",
    partly: (done: number, left: number) => `Done for ${links(done)}; ${left} can no longer be changed`,
  },
};
