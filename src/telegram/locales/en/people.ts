import { named } from "../../../domain/text.ts";
import { createPlural } from "../plural.ts";
import { links, moment } from "./links.ts";

const { form } = createPlural("en");

/** What people read about their own access, and admins about removing it, in English. */
export const people = {
  /** To somebody without access. */
  stranger: {
    asked: (isGroup: boolean) =>
      `${isGroup ? "This group has" : "You have"} no access to this bot yet. I have asked the owner; the answer will come here.`,
    waiting: "The owner has not answered yet. The answer will come here.",
    refused: "The owner has not given access.",
    notNow: (id: number) =>
      `${id < 0 ? "This group has" : "You have"} no access to this bot, and the owner cannot be reached now. ${id < 0 ? "The group's" : "Your"} id is ${id}. Please write again later.`,
    onlyMembers: "Here I take links only from people who have access themselves, such as you.",
    willKeep: "Links that you send meanwhile will wait.",
    kept: (n: number) =>
      `${form(n, "Your link is", "Your links are")} saved and ${form(n, "joins", "join")} the queue when access is given.`,
    full: (most: number) => `I keep at most ${links(most)} until access is given; the last one was not saved.`,
  },
  in: {
    person: "You have access now. Send me a link!",
    group: "This group has access now. Send a link!",
    admin: "You are an admin of this bot now.",
  },
  /** To somebody who sends the code that makes an admin. */
  pairing: {
    already: "You are already an admin of this bot. The code is used up now.",
    wrong: (left: number) =>
      `This code is wrong. ${form(left, "One more try is left.", `${left} more tries are left.`)}`,
    over: "This code no longer works: it is valid for an hour and five tries. To get a new one, run dwld-bot pair on the machine that the bot runs on.",
  },
  guest: (until: string) => `You have guest access until ${until}. Send me a link!`,
  guestUntil: (until: string) => `Guest access until ${until}`,
  endsSoon: (until: string) => `Your guest access ends ${moment(until)}.`,
  ended: (isGroup: boolean) =>
    `${isGroup ? "The guest access of this group" : "Your guest access"} has ended. Write to me, and I will ask the owner to extend it.`,
  removed: (isGroup: boolean): string =>
    isGroup
      ? "The owner has removed the access of this group to the bot."
      : "The owner has removed your access to this bot.",
  /** In private, to somebody who sent links or a command to a group. */
  muted: (group: string) =>
    `I may not write in the group ${named(group)}, so you see no buttons there and do not hear what becomes of your links. I take them all the same. An admin of the group can let me write.`,
  /** Bot API: at most 512 characters, and 120. */
  introduction: {
    description:
      "Send me links to videos, music or files. I keep them in a queue and hand each one to a server that downloads it; you choose quality and time, and hear when it is ready.\n\nThis bot is private: its owner decides who may use it.",
    short: "Takes links and sends them to the owner's servers to download.",
  },
  /** What a command asks if its link or its time zone is missing. */
  question: {
    remove: "Which link should I remove? Send it here; /queue has buttons for that too.",
    where: "Which link should I look up? Send it here.",
    settings: "Which time zone? Answer with a zone or a city: Europe/Berlin, New York, UTC+3.",
  },
  forget: {
    button: "🧽 Forget my data",
    sure: "Forget everything I keep about you? That is what you chose in /settings, and the history of your links. Links that are waiting or being downloaded stay, and so does your access.",
    yes: "🧽 Yes, forget",
    kept: "Nothing was forgotten.",
    done: "Forgotten: your choices and the history of your links. Links that are waiting or being downloaded stay, and so does your access. The backups still have your data until newer ones replace them.",
  },
  /** To admins, in /users. */
  users: {
    refusedUntil: (when: string, by: string) => `refused by ${named(by)}, not asked again until ${when}`,
    sureAdmin: (name: string) =>
      `Make ${named(name)} an admin? Admins see all links, and manage all access and all servers.`,
    sureRemove: (name: string, waiting: number | undefined) =>
      waiting === undefined || waiting === 0
        ? `Remove access for ${named(name)}?`
        : `Remove access for ${named(name)}? In the queue: ${links(waiting)}.`,
    removed: (name: string) => `Access removed: ${named(name)}`,
    promoted: (name: string) => `${named(name)} is an admin now.`,
    lastAdmin: "This is the only admin. Make somebody else an admin first.",
    undone: "Undone",
    tooLate: "Too late to undo",
    button: {
      makeAdmin: "Make admin",
      remove: "🚫 Remove access",
      dropLinks: "🚫 Remove, drop the links",
      keepLinks: "🚫 Remove, send the links",
      cancel: "Cancel",
      undo: "↩️ Undo",
      letIn: "✅ Let in",
      day: "🕐 Guest for a day",
    },
  },
};
