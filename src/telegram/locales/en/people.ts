import { named } from "../../../domain/text.ts";
import { createPlural } from "../plural.ts";
import { links } from "./links.ts";

const { form } = createPlural("en");

/** What people read about their own access, and admins about taking it away, in English. */
export const people = {
  /** To somebody who is not let in. */
  stranger: {
    asked: (isGroup: boolean) =>
      `${isGroup ? "This group has" : "You have"} no access to this bot yet. I have asked the owner; the answer comes here.`,
    waiting: "The owner has not answered yet. The answer comes here.",
    refused: "The owner has not given access.",
    notNow: (id: number) =>
      `${id < 0 ? "This group has" : "You have"} no access to this bot, and I cannot reach the owner now. ${id < 0 ? "The group's" : "Your"} id is ${id}. Please write again later.`,
    willKeep: "Links that you send meanwhile are kept until then.",
    kept: (n: number) =>
      `${form(n, "Your link is", "Your links are")} kept and ${form(n, "goes", "go")} into the queue when you are let in.`,
    full: (most: number) => `I keep at most ${links(most)} until you are let in; the latest one is not kept.`,
  },
  in: {
    person: "You are in. Send me a link!",
    group: "This group has access now. Send a link!",
    admin: "You are an admin of this bot now.",
  },
  guest: (until: string) => `You are a guest here until ${until}. Send me a link!`,
  guestUntil: (until: string) => `Guest access until ${until}`,
  endsSoon: (until: string) => `Your guest access ends ${until}.`,
  ended: (isGroup: boolean) =>
    `${isGroup ? "The guest access of this group" : "Your guest access"} has ended. Write to me, and I ask the owner for more.`,
  removed: (isGroup: boolean): string =>
    isGroup
      ? "The owner has removed the access of this group to the bot."
      : "The owner has removed your access to this bot.",
  /** Bot API: at most 512 characters, and 120. */
  introduction: {
    description:
      "Send me links to videos, music or files. I keep them in a queue and hand each one to a server that downloads it; you choose quality and time, and hear when it is ready.\n\nThis bot is private: its owner decides who may use it.",
    short: "Takes links and has the owner's servers download them.",
  },
  /** What a command asks for that was given without its link. */
  question: {
    remove: "Which link shall I remove? Send it here; /queue has buttons for that too.",
    where: "Which link shall I look up? Send it here.",
  },
  forget: {
    button: "🧽 Forget my data",
    sure: "Forget what I keep about you? That is what you chose in /settings, and the history of your links. What waits or is being downloaded stays, and so does your access.",
    yes: "🧽 Yes, forget",
    kept: "Nothing was forgotten.",
    done: "Forgotten: your choices and the history of your links. What waits or is being downloaded stays, and so does your access. Backups lose it as newer ones replace them.",
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
    undone: "Undone",
    tooLate: "Too late to undo",
    button: {
      makeAdmin: "Make admin",
      remove: "🚫 Remove access",
      dropLinks: "🚫 Remove, with the links",
      keepLinks: "🚫 Remove, let the links go out",
      cancel: "Cancel",
      undo: "↩️ Undo",
      letIn: "✅ Let in",
      day: "🕐 Guest for a day",
    },
  },
};
