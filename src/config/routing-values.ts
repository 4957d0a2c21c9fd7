import * as v from "valibot";
import { NAME_RULE, parseDownloaderName } from "../domain/downloader-name.ts";
import { asFolder, type Folder, parseTag } from "../domain/folder.ts";
import { parseQuality } from "../domain/quality.ts";
import { parseRoot } from "../domain/route.ts";
import { parseFolderName } from "../domain/user-name.ts";
import { asText, field, list, type RuleProblem, rule } from "./field.ts";
import { parseInteger } from "./values.ts";

/** `best` or a number of lines. */
export function quality() {
  return field({
    expected: "best or a number of lines from 144 to 4320",
    parse: (input) => parseQuality(asText(input)),
  });
}

/** A folder's name; it becomes a directory on a file server (reliability.md §5.2). */
function folderName() {
  return field({
    expected: "a folder's name of 1 to 64 characters, without / \\ : or .., not starting with a dot or a dash",
    parse: (input) => parseFolderName(asText(input)),
  });
}

function tag() {
  return field({
    expected: "a hashtag of letters, figures and _, with or without #",
    parse: (input) => parseTag(asText(input)),
  });
}

function topic() {
  return field({
    expected: "the id of a topic, a whole number above 0",
    parse: (input) => {
      const id = parseInteger(input);
      return id !== undefined && id > 0 ? id : undefined;
    },
  });
}

/** `{ name, tags, topics }`, or the name alone: the folders, and which of them a message chooses by a hashtag or its topic. */
export function folders() {
  const withRules = v.strictObject({
    name: v.optional(folderName(), ""),
    tags: v.optional(list(tag()), []),
    topics: v.optional(list(topic()), []),
  });
  const entry = v.lazy(
    (input): v.GenericSchema<unknown, string | Folder> =>
      typeof input === "object" && input !== null ? v.pipe(v.unknown(), withRules) : folderName(),
  );
  return v.pipe(
    list(entry),
    rule((all) => sameTwice(all)),
  );
}

/** Which of two folders would a name, a hashtag or a topic mean? Of plain names the list itself has seen to that. */
function sameTwice(all: readonly (string | Folder)[]): RuleProblem[] {
  const takenBy = new Map<string, string | Folder>();
  return all.flatMap((folder, index) => {
    const { name, tags, topics } = asFolder(folder);
    const own = [
      `name ${name.toLowerCase()}`,
      ...tags.map((one) => `tag ${one}`),
      ...topics.map((one) => `topic ${one}`),
    ];
    const isTaken = own.some((one) => {
      const other = takenBy.get(one);
      return other !== undefined && (typeof other !== "string" || typeof folder !== "string");
    });
    for (const one of own) takenBy.set(one, folder);
    const problem = { found: "a name, tag or topic of another folder", expected: "each of them once" };
    return isTaken ? [{ at: [index], ...problem }] : [];
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
