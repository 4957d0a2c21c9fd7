import * as v from "valibot";
import { NAME_RULE, parseDownloaderName } from "../domain/downloader-name.ts";
import { parseQuality } from "../domain/quality.ts";
import { parseRoot } from "../domain/route.ts";
import { parseFolderName } from "../domain/user-name.ts";
import { asText, field, list } from "./field.ts";

/** `best` or a number of lines. */
export function quality() {
  return field({
    expected: "best or a number of lines from 144 to 4320",
    parse: (input) => parseQuality(asText(input)),
  });
}

/** A folder's name; it becomes a directory on a file server (reliability.md §5.2). */
export function folder() {
  return field({
    expected: "a folder's name of 1 to 64 characters, without / \\ : or .., not starting with a dot or a dash",
    parse: (input) => parseFolderName(asText(input)),
  });
}

function root() {
  return field({
    expected: "a part of an address, such as youtube.com or vk.com/video, or * for all",
    parse: (input) => (typeof input === "string" && parseRoot(input) !== undefined ? input.trim() : undefined),
  });
}

function downloaderName() {
  return field({
    expected: `the name of a downloader: ${NAME_RULE}`,
    parse: (input) => parseDownloaderName(asText(input)),
  });
}

/** `{ match, downloaders }`: the servers for a part of an address. */
export function route() {
  return v.pipe(
    v.unknown(),
    v.strictObject({
      match: v.optional(root(), ""),
      downloaders: v.optional(list(downloaderName(), { needs: "the name of a downloader" }), []),
    }),
  );
}
