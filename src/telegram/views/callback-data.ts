import { createHash } from "node:crypto";
import { CallbackData, type TelegramCallbackQuery } from "gramio";
import { DECISIONS } from "../../service/access/requests.ts";

/** What the buttons under a prompt do; `open` shows another panel. */
export const PROMPT_ACTIONS = ["open", "quality", "folder", "time", "server", "now", "remove", "undo", "copy"] as const;

/**
 * A button under a prompt carries what it showed, never a link (Bot API: 64 bytes). `link` is the one that it is about, 0 for all up to
 * `last`, the latest one shown; `choice` depends on the action.
 */
export const promptButton = new CallbackData("prompt")
  .number("batch")
  .number("link")
  .number("last")
  .enum("action", PROMPT_ACTIONS)
  .string("choice", { default: "-" });

/** What the buttons under a link did before links shared prompts: such buttons are still in chats. */
export const LINK_ACTIONS = ["quality", "folder", "now", "remove", "retry", "undo", "time", "server"] as const;

/** One of those old buttons: it says that the buttons have changed, and does nothing else. */
export const linkButton = new CallbackData("link")
  .number("id")
  .enum("action", LINK_ACTIONS)
  .string("choice", { default: "-" });

/**
 * What the buttons under a page of the queue do: `pick` opens the qualities of a link, `drop` asks whether to remove a download, `sure`
 * removes it, `again` sends a failed one again. Their order must not change.
 */
export const QUEUE_ACTIONS = ["page", "now", "remove", "pick", "quality", "drop", "sure", "again"] as const;

/** What a page of the queue shows: everything that is there now, a part of it, or what was downloaded. Their order must not change. */
export const QUEUE_FILTERS = ["all", "waiting", "work", "failed", "done"] as const;

/** A button under a page of the queue; `id` is the link or delivery that it is about, `choice` a quality, or which download. */
export const queueButton = new CallbackData("queue")
  .enum("action", QUEUE_ACTIONS)
  .number("page")
  .boolean("all")
  .number("id", { default: 0 })
  .string("choice", { default: "-" })
  .enum("filter", QUEUE_FILTERS, { default: "all" });

/** What the buttons for all links of a list do: `ask` and `folders` show something, the others act. */
export const BULK_ACTIONS = ["retry", "now", "tonight", "folders", "folder", "ask", "remove", "undo"] as const;

/**
 * A button for all links of a list; `list` is the code of what it showed, `choice` that of a folder or of the downloads that it showed,
 * `until` identifies what was removed together.
 */
export const bulkButton = new CallbackData("bulk")
  .enum("action", BULK_ACTIONS)
  .enum("part", ["waiting", "failed"] as const)
  .number("page")
  .string("list", { default: "-" })
  .string("choice", { default: "-" })
  .number("until", { default: 0 });

/** A button under /status: shows that page, up to date. */
export const statusButton = new CallbackData("status").number("page");

/** A button of /settings; `zones` opens the time zones, and goes back. */
export const settingsButton = new CallbackData("settings")
  .enum("action", ["quality", "language", "folder", "lifetime", "notices", "quiet", "zone", "zones"] as const)
  .string("choice");

/** 96 bits, in base64url: nobody finds another text with the same code, and it leaves room among the 64 bytes. */
const CODE = /^[\w-]{16}$/;

/** Stands for a text in callback data if that would be too long. */
export function codeOf(text: string): string {
  return createHash("sha256").update(text).digest().subarray(0, 12).toString("base64url");
}

/** Whether this was made by `codeOf`, rather than by a version that made other codes. */
export function isCode(text: string): boolean {
  return CODE.test(text);
}

/** The name among these that a code stands for; undefined if it stands for none of them, or for several. */
export function nameOfCode(names: readonly string[], code: string): string | undefined {
  const [name, ...others] = names.filter((one) => codeOf(one) === code);
  return others.length === 0 ? name : undefined;
}

/** The button under a notice that a link was lost, or may have been; `id` is that of its delivery. */
export const resendButton = new CallbackData("again").number("id");

/** A button under the message of what is in work; `id` is that of a delivery. */
export const workButton = new CallbackData("work").enum("action", ["cancel", "undo"] as const).number("id");

/**
 * A button under the list of downloads: `pick` asks which one to fetch again, `again` does that; `id` is that of a delivery, `word` the
 * search.
 */
export const doneButton = new CallbackData("done")
  .enum("action", ["page", "pick", "again"] as const)
  .number("page")
  .number("id", { default: 0 })
  .string("word", { default: "" });

/** A button that stands for a command. */
export const menuButton = new CallbackData("menu").string("command");

/** A button under an access request; `id` is that of the stranger. */
export const requestButton = new CallbackData("stranger").enum("action", DECISIONS).number("id");

/** What the buttons of /users do, in an order that must not change: `admin` and `remove` ask first, those after them act. */
export const USER_ACTIONS = [
  ...(["page", "show", "admin", "user", "day", "remove"] as const),
  ...(["make_admin", "drop_links", "keep_links", "undo", "let_in", "let_in_day"] as const),
] as const;

/** A button of /users; `id` is that of a member, or of somebody who was refused. */
export const userButton = new CallbackData("users")
  .enum("action", USER_ACTIONS)
  .number("page")
  .number("id", { default: 0 });

/** A button about what is kept about a person: `ask` asks first. */
export const forgetButton = new CallbackData("forget").enum("action", ["ask", "yes", "no"] as const);

/** A button of /servers; `downloader` is the `codeOf` of its name. */
export const downloaderButton = new CallbackData("servers")
  .enum("action", ["page", "show", "pause", "resume", "ping", "remove", "sure"] as const)
  .number("page")
  .string("downloader", { default: "-" });

/** What the buttons under news do: `page`, `list` and `one` show something, `servers` asks which one, the others act. */
export const NEWS_ACTIONS = [
  ...(["ok", "page", "list", "one", "servers"] as const),
  ...(["retry", "server", "remove", "undo", "again", "retryAll", "againAll"] as const),
] as const;

/** A button under news; `id` is that of its subject, `choice` a page, or the `codeOf` a name. */
export const newsButton = new CallbackData("news")
  .enum("action", NEWS_ACTIONS)
  .number("id", { default: 0 })
  .string("choice", { default: "-" });

/** The button under an alarm. */
export const alarmButton = new CallbackData("alarm").enum("action", ["ok"] as const);

/** A button of /clean. */
export const cleanButton = new CallbackData("clean").enum("action", ["yes", "no"] as const);

/** What a press on this kind of button carries; undefined for a press on another kind, or on one whose form has changed since. */
export function readButton<Carried extends Record<string, unknown>>(
  button: Pick<CallbackData<Carried>, "filter" | "safeUnpack">,
  { data = "" }: Pick<TelegramCallbackQuery, "data">,
): Carried | undefined {
  if (!button.filter(data)) return undefined;
  const unpacked = button.safeUnpack(data);
  return unpacked.success ? unpacked.data : undefined;
}
