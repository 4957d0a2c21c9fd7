import { named } from "../../../domain/text.ts";
import { links } from "./links.ts";

/** What a prompt's panels say, and the answers to presses on them, in English. */
export const panels = {
  several: links,
  one: (n: number, all: number) => `Link ${n} of ${all}`,
  sent: (downloader: string) => `📤 Sent to “${named(downloader)}”`,
  continued: "The links that are still waiting are in a newer message now.",
  typeTime: "You can also answer this message with a time: 23:30, sat 10:00, in 40 min.",
  notATime:
    "I did not understand the time. Nothing was changed. For example: 23:30, tomorrow 9, sat 10:00, in 40 min, 30 Nov 8:00.",
  over: "This message is no longer needed.",
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
    renewed: "These buttons are out of date. Nothing was changed. Here are the new ones.",
    foreign: "Only the person who sent the link, or an admin, can change it",
    partly: (done: number, left: number) => `Changed: ${links(done)}. Can no longer be changed: ${left}`,
  },
};
