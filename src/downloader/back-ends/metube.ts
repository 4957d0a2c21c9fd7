import * as v from "valibot";
import { keyOf } from "../../domain/url.ts";
import { parseAnswer, requirePath } from "./answers.ts";
import { holdOn } from "./engine-io.ts";
import { entriesOf, itemsOf, type KeptItem, textWithKey } from "./kept-keys.ts";
import { historySchema, itemsOfHistory } from "./metube-history.ts";
import { type Acceptance, folderIn, hasEnded, type Remote, type RemoteOptions } from "./remote.ts";
import { authorization, createRequest } from "./request.ts";
import { streamMark } from "./stream-names.ts";

/** MeTube answers after yt-dlp has read the page, and all pages of a list of videos. */
const ADD_DEADLINE_MS = 120_000;
/** It reads on even if nobody waits for its answer any more. */
const SETTLES_MS = 300_000;
/** The numbers of lines that can be requested; above the highest it means the best there is. What it calls the worst is the best, too. */
const QUALITIES = [2160, 1440, 1080, 720, 480, 360, 240];
const FEWEST = 240;
const BEST_FROM = 4320;
const AUDIO = ["m4a", "mp3", "opus", "wav", "flac"];

const answerSchema = v.object({ status: v.picklist(["ok", "error"]), msg: v.nullish(v.string()) });
const versionSchema = v.object({ version: v.string() });

/**
 * MeTube over HTTP. It has no place for our key, but keeps the name for the chapters of a video, which it uses only when told to split by
 * chapters: the key goes there, so that a link is found by it wherever that has led. A version without chapters is found by the link. The
 * user's folder is one of its "custom directories".
 */
export function createMetube(options: RemoteOptions): Remote {
  const of = { base: options.url, headers: { ...authorization(options), "content-type": "application/json" } };
  const request = createRequest(of);
  const requestAdd = createRequest({ ...of, deadlineMs: ADD_DEADLINE_MS });

  /** How many entries it had at the latest look. */
  let latest = Number.POSITIVE_INFINITY;

  async function items(signal: AbortSignal): Promise<KeptItem[]> {
    const answer = await request("history", { signal });
    requirePath(answer, "history");
    return itemsOfHistory(parseAnswer(answer, historySchema));
  }

  async function drop(ids: readonly string[], where: "queue" | "done", signal: AbortSignal): Promise<void> {
    // It answers an empty list with a bad request.
    if (ids.length === 0) return;
    const answer = await request("delete", { method: "POST", body: JSON.stringify({ ids, where }), signal });
    parseAnswer(answer, answerSchema);
  }

  /** It says "ok" even if nothing was taken, and reports an error if only part of a list was not. */
  async function acceptanceOf(
    { key, link }: { readonly key: string; readonly link: string },
    answer: v.InferOutput<typeof answerSchema>,
    signal: AbortSignal,
  ): Promise<Acceptance> {
    const asked = { key, link, sentAt: 0, remoteId: null };
    const found = await items(signal).catch(() => undefined);
    if (found === undefined && answer.status === "ok") return { kind: "taken", id: undefined };
    if (found !== undefined && entriesOf([asked], found).has(key)) return { kind: "taken", id: key };
    // A call that seemed to be lost may have succeeded since: then it is ours.
    if (answer.msg?.startsWith("Already in queue")) return { kind: "is_there" };
    if (answer.status === "error") return { kind: "refused", detail: answer.msg || "error" };
    return { kind: "refused", detail: "ok, but it is not in the list (is CUSTOM_DIRS off?)" };
  }

  return {
    name: "MeTube",
    schemes: ["http:", "https:"],
    takesRest: true,
    settlesMs: SETTLES_MS,
    async submit({ key, link, folder, maxQuality, anyLines = false }, signal) {
      const body = {
        url: wholeVideo(link),
        // It is put before the file name. Of two streams with one name, the second would be called ready at once, and be the first.
        custom_name_prefix: streamMark(link) ?? "",
        folder: options.dir === undefined ? folder : folderIn(options.dir, folder),
        auto_start: true,
        ...wanted(options.settings.get("format") ?? "any", anyLines ? BEST_FROM : maxQuality),
        ...presets(options.settings.get("preset")),
        split_by_chapters: false,
        chapter_template: `%(title)s - %(section_number)02d [${textWithKey(key)}].%(ext)s`,
      };
      const answer = await requestAdd("add", { method: "POST", body: JSON.stringify(body), signal });
      requirePath(answer, "add");
      const { status, text } = answer;
      if (status >= 400) return { kind: "refused", detail: text || `HTTP ${status}` };
      return acceptanceOf({ key, link }, parseAnswer(answer, answerSchema), signal);
    },
    async list(asked, signal) {
      const all = await items(signal);
      const isReading = all.length > latest;
      latest = all.length;
      return { entries: entriesOf(asked, all), session: undefined, isReading };
    },
    async remove(id, signal) {
      const running = itemsOf(id, await items(signal)).filter((item) => !hasEnded(item));
      const urls = running.map(({ url }) => url);
      await drop(urls, "queue", signal);
    },
    async cleanHistory(id, signal) {
      const ended = itemsOf(id, await items(signal)).filter(hasEnded);
      // If it deletes files together with their records, it keeps the records of complete files.
      const isKept = options.settings.get("records") === "keep";
      const urls = ended.filter(({ state }) => !isKept || state === "failed").map(({ url }) => url);
      await drop(urls, "done", signal);
    },
    holdOn: (signal) => holdOn({ base: options.url, headers: authorization(options) }, signal),
    async health(signal) {
      const answer = await request("version", { signal });
      if (answer.status !== 404) return `MeTube ${parseAnswer(answer, versionSchema).version}`;
      // Before 2025 it did not tell its version.
      await items(signal);
      return "MeTube";
    },
  };
}

/** In the words of all versions: older ones do not know types, newer ones require them. */
function wanted(format: string, maxQuality: number): Record<string, string> {
  if (AUDIO.includes(format)) return { download_type: "audio", codec: "auto", format, quality: "best" };
  const lines = QUALITIES.find((some) => some <= maxQuality) ?? FEWEST;
  const quality = maxQuality >= BEST_FROM ? "best" : String(lines);
  return { download_type: "video", codec: "auto", format, quality };
}

/** If a YouTube link says from when on it is to be shown (`t`), MeTube would download only what comes after that. */
function wholeVideo(link: string): string {
  const url = new URL(link);
  if (!url.searchParams.has("t")) return link;
  url.searchParams.delete("t");
  return keyOf(url.href) === keyOf(link) ? url.href : link;
}

function presets(name: string | undefined): Record<string, unknown> {
  return name === undefined ? {} : { ytdl_options_presets: [name] };
}
