import * as v from "valibot";
import { foldedName, parseDownloaderName } from "../domain/downloader-name.ts";
import { asFolder, type Folder, parseTag } from "../domain/folder.ts";
import { parseQuality } from "../domain/quality.ts";
import { parseRoot } from "../domain/route.ts";
import { parseFolderName } from "../domain/user-name.ts";
import { parseDailyHours } from "../domain/window.ts";
import type { Mistakes } from "../words/words.ts";
import { asText, field, list, type RuleProblem, rule } from "./field.ts";
import { parseInteger, path } from "./values.ts";

/** `best` or a number of lines. */
export function quality() {
  return field({
    expected: ({ expected }) => expected.quality,
    parse: (input) => parseQuality(asText(input)),
  });
}

/** The name of a folder, which becomes a directory on a file server (reliability.md §5.2). */
function folderName() {
  return field({
    expected: ({ expected }) => expected.folderName,
    parse: (input) => parseFolderName(asText(input)),
  });
}

function tag() {
  return field({
    expected: ({ expected }) => expected.tag,
    parse: (input) => parseTag(asText(input)),
  });
}

function topic() {
  return field({
    expected: ({ expected }) => expected.topic,
    parse: (input) => {
      const id = parseInteger(input);
      return id !== undefined && id > 0 ? id : undefined;
    },
  });
}

/** `{ name, tags, topics }`, or just the name: a folder, and the hashtags and topics by which messages choose it. */
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
    rule((all, mistakes) => sameTwice(all, mistakes)),
  );
}

/** Problems if a name, a hashtag or a topic belongs to two folders. For plain names, the list itself checks that. */
function sameTwice(all: readonly (string | Folder)[], { found, expected }: Mistakes): RuleProblem[] {
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
    const problem = { found: found.ofAnotherFolder, expected: expected.eachOnce };
    return isTaken ? [{ at: [index], ...problem }] : [];
  });
}

/** A part of an address. */
export function root() {
  return field({
    expected: ({ expected }) => expected.root,
    parse: (input) => (typeof input === "string" && parseRoot(input) !== undefined ? input.trim() : undefined),
  });
}

function downloaderName() {
  return field({
    expected: ({ expected }) => expected.printableName,
    parse: (input) => parseDownloaderName(asText(input)),
  });
}

/** The name of a server; "" for this machine's. */
export function downloaderNameOrNothing() {
  return field({
    expected: ({ expected }) => expected.printableName,
    parse: (input) => (input === "" ? "" : parseDownloaderName(asText(input))),
  });
}

/** `{ match, downloaders }`: the servers for a part of an address. */
export function route() {
  return v.pipe(
    v.unknown(),
    v.strictObject({
      match: v.optional(root(), ""),
      downloaders: v.optional(list(downloaderName(), { needs: ({ expected }) => expected.downloaderName }), []),
    }),
  );
}

/** `{ name, ca }`: the servers that are called over TLS. */
export function downloadersOverTls() {
  const entry = v.strictObject({ name: v.optional(downloaderName(), ""), ca: v.optional(path({ needed: true }), "") });
  return v.pipe(
    list(v.pipe(v.unknown(), entry)),
    rule((all, { found, expected }) => {
      const names = all.map(({ name }) => foldedName(name));
      return names.flatMap((name, index) =>
        names.indexOf(name) === index ? [] : [{ at: [index], found: found.sameServer, expected: expected.once }],
      );
    }),
  );
}

function dailyHours() {
  return field({
    expected: ({ expected }) => expected.dailyHours,
    parse: (input) => parseDailyHours(asText(input)),
  });
}

/**
 * `{ match, downloaders, open }`: the hours in which servers take links, or links with a part of an address are sent; at least one of the
 * two is needed.
 */
export function window() {
  return v.pipe(
    v.unknown(),
    v.strictObject({
      match: v.optional(root()),
      downloaders: v.optional(list(downloaderName()), []),
      open: v.optional(dailyHours(), ""),
    }),
    rule(({ match, downloaders }, { found, expected }) =>
      match === undefined && downloaders.length === 0
        ? [{ at: [], found: found.ofNothing, expected: expected.oneOfBoth }]
        : [],
    ),
  );
}
