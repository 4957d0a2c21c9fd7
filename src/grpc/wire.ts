import * as v from "valibot";
import type { Download, DownloaderStatus, Progress, Registration, Remark, Submission } from "../domain/downloader.ts";
import { plain } from "../domain/text.ts";

/** 1 PiB in MiB: no file is larger, so a larger size is noise. */
const MAX_SIZE_MIB = 2 ** 30;
/** wire.md §3: `best` on the wire; no other quality has more lines. */
const MAX_QUALITY = 10_000;
/** wire.md §2.3: the name of a link that the downloader has not looked at yet. */
const NO_NAME_YET = "COMING SOON";

/** In units. No honest text is longer, and whatever looks at one of 16 MiB holds up the event loop, for up to 14 s. */
const LONGEST_TEXT = 64 * 1024;

const readable = (value: string) => endsOf(value).toWellFormed();
const text = v.pipe(v.fallback(v.string(), ""), v.transform(readable));
/** For lists of many: protobuf's elements are strings. */
const texts = v.pipe(
  v.array(v.string()),
  v.transform((values) => values.map(readable)),
);

// valibot's number() rejects NaN, so the fallback covers it.
const upTo = (max: number) => v.pipe(v.fallback(v.number(), 0), v.toMinValue(0), v.toMaxValue(max));

const tasksReply = v.object({
  tasks: v.array(
    v.object({
      link: text,
      status: v.fallback(v.picklist(["NEW", "WORK", "TO_SEND", "SENDING", "DONE", "UNKNOWN"]), "UNKNOWN"),
      max_quality: text,
      name: text,
      message: text,
    }),
  ),
});

const statusReply = v.object({
  on_work: v.array(
    v.object({
      link: text,
      filename: text,
      target_quality: v.pipe(upTo(MAX_QUALITY), v.transform(Math.round)),
      percentage: upTo(100),
      status: text,
      current_size: upTo(MAX_SIZE_MIB),
      total_size: upTo(MAX_SIZE_MIB),
      message: text,
    }),
  ),
  sensors: text,
});

const healthReply = v.object({ message: text });

const setToQueueRequest = v.object({
  link: text,
  user_name: text,
  max_quality: v.optional(upTo(MAX_QUALITY), 0),
});

const registerRequest = v.object({
  server_name: text,
  allowed_roots: texts,
  server_host: text,
  server_port: v.number(),
});

/** A text, of one that is too long only its beginning and its end: a failure says at the end why. */
function endsOf(value: string): string {
  if (value.length <= LONGEST_TEXT) return value;
  return `${value.slice(0, LONGEST_TEXT / 2)}…${value.slice(-LONGEST_TEXT / 2)}`;
}

/** `SetToQueueRequest`. Text that is not well-formed UTF-16 is repaired, because protobuf cannot carry it. */
export function toSetToQueueRequest(submission: Submission): object {
  return {
    link: submission.url.toWellFormed(),
    user_name: submission.userName.toWellFormed(),
    max_quality: submission.maxQuality,
  };
}

/** `DeleteFromQueueRequest`. */
export function toDeleteFromQueueRequest(url: string): object {
  return { link: url.toWellFormed() };
}

/** `TasksResponse`; entries without a link are dropped, because they cannot be matched with anything. Throws if the shape is different. */
export function fromTasksResponse(reply: unknown): readonly Download[] {
  return v.parse(tasksReply, reply).tasks.flatMap((task) =>
    task.link === ""
      ? []
      : {
          url: task.link,
          status: task.status,
          quality: task.max_quality,
          name: task.name === NO_NAME_YET ? undefined : task.name || undefined,
          remark: remarkIn(task.message),
        },
  );
}

/** `StatusResponse`; entries in which every field is empty are dropped (wire.md §2.3). Throws if the shape is different. */
export function fromStatusResponse(reply: unknown): DownloaderStatus {
  const { on_work, sensors } = v.parse(statusReply, reply);
  const running = on_work
    .filter((entry) => Object.values(entry).some((value) => value !== "" && value !== 0))
    .map(
      (entry): Progress => ({
        url: entry.link,
        filename: entry.filename,
        quality: entry.target_quality,
        percentage: entry.percentage,
        status: entry.status,
        currentSize: entry.current_size,
        totalSize: entry.total_size,
        remark: remarkIn(entry.message),
      }),
    );
  return { running, sensors };
}

/** Joins the parts of one `StatusResponse`. */
export const joinedStatus = (parts: readonly DownloaderStatus[]): DownloaderStatus => ({
  running: parts.flatMap(({ running }) => running),
  // The last field wins in protobuf, and an absent one is empty.
  sensors: parts.findLast(({ sensors }) => sensors !== "")?.sensors ?? "",
});

/** wire.md §2.3: a message that begins with this reports trouble; any other says what is being done. */
const FAILED = /^download failed[:\s]*/i;
/** Longer words, such as addresses, are shortened, so that what follows them is still read. */
const LONGEST_WORD = 80;
const LONG_WORD = /\S{81,}/g;

/** The `message` of a `Task` or an `OnWork`: what is being done or what went wrong, without noise. */
function remarkIn(message: string): Remark | undefined {
  const said = message.replace(/\p{Cc}\[[\d;]*m/gu, "").trim();
  if (said === "") return undefined;
  return FAILED.test(said) ? { kind: "trouble", text: whatWentWrong(said) } : { kind: "activity", text: said };
}

/** The last error of yt-dlp, which prints its warnings first; for other programs, what they said without warnings. */
function whatWentWrong(said: string): string {
  const [, reason = said.replace(FAILED, "")] = /\bReason:(.*)/s.exec(said) ?? [];
  const error = reason.lastIndexOf("ERROR:");
  const lines =
    error < 0
      ? reason.split("\n").filter((line) => !line.includes("WARNING:"))
      : [reason.slice(error).split("\n", 1)[0]];
  const useful = lines.join("\n").replace(/ \(caused by .*|; please report this issue .*/, "");
  return (useful.trim() || said).replace(LONG_WORD, (word) => plain(word, LONGEST_WORD));
}

/** `HealthResponse`: its message, or "". Throws if the shape is different. */
export function fromHealthResponse(reply: unknown): string {
  return v.parse(healthReply, reply).message;
}

/** `RegisterDownloaderRequest` as received; `parseRegistration` has not checked it yet. Throws if the shape is different. */
export function fromRegisterRequest(request: unknown) {
  const { server_name, allowed_roots, server_host, server_port } = v.parse(registerRequest, request);
  return { name: server_name, roots: allowed_roots, host: server_host, port: server_port };
}

/** `RegisterDownloaderRequest`. */
export function toRegisterRequest({ name, roots, host, port }: Registration): object {
  return { server_name: name, allowed_roots: roots, server_host: host, server_port: port };
}

/** `SetToQueueRequest`, as a downloader receives it. Throws if the shape is different. */
export function fromSetToQueueRequest(request: unknown): Submission {
  const { link, user_name, max_quality } = v.parse(setToQueueRequest, request);
  // The field is optional in the contract, and 0 lines mean none given.
  return { url: link, userName: user_name, maxQuality: Math.round(max_quality) || MAX_QUALITY };
}

/** The link of a `DeleteFromQueueRequest`, as a downloader receives it. Throws if the shape is different. */
export function fromDeleteFromQueueRequest(request: unknown): string {
  return v.parse(v.object({ link: text }), request).link;
}

/** `TasksResponse`, as a downloader replies. */
export function toTasksResponse(downloads: readonly Download[]): object {
  const tasks = downloads.map(({ url, status, quality, name, remark }) => ({
    link: url,
    status,
    max_quality: quality,
    name: name ?? NO_NAME_YET,
    message: messageOf(remark),
  }));
  return { tasks };
}

/** `StatusResponse`, as a downloader replies. */
export function toStatusResponse({ running, sensors }: DownloaderStatus): object {
  const on_work = running.map((one) => ({
    link: one.url,
    filename: one.filename,
    target_quality: one.quality,
    percentage: one.percentage,
    status: one.status,
    current_size: one.currentSize,
    total_size: one.totalSize,
    message: messageOf(one.remark),
  }));
  return { on_work, sensors };
}

/** wire.md §2.3: only a message that begins like this reports trouble. */
function messageOf(remark: Remark | undefined): string {
  return remark?.kind === "trouble" ? `download failed: ${remark.text}` : (remark?.text ?? "");
}
