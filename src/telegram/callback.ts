import { CallbackData } from "gramio";

/** What the buttons under a link do. */
export const LINK_ACTIONS = ["quality", "folder", "now", "remove", "retry"] as const;

/** A button under a link's prompt: the link's id, never the link (Bot API: 64 bytes). `choice` depends on the action. */
export const linkButton = new CallbackData("link")
  .number("id")
  .enum("action", LINK_ACTIONS)
  .string("choice", { default: "-" });

/** A button under a page of the queue; `id` is the link that `now`, `retry` or `remove` is about. */
export const queueButton = new CallbackData("queue")
  .enum("action", ["page", "now", "remove"] as const)
  .number("page")
  .boolean("all")
  .number("id", { default: 0 });

/** A button of /settings. */
export const settingsButton = new CallbackData("settings")
  .enum("action", ["quality", "language"] as const)
  .string("choice");

/** A button that stands for a command. */
export const menuButton = new CallbackData("menu").string("command");
