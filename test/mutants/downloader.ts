import { breakagesOf, type Mutant } from "./mutant.ts";

const WORKER = "test/unit/downloader/local/worker.test.ts";
const LIST = "test/unit/downloader/list.test.ts";
const FOLDERS = "test/unit/downloader/folders.test.ts";
const NAMES = "test/unit/downloader/file-names.test.ts";
const HTTP = "test/unit/downloader/local/http-fetcher.test.ts";
const YT_DLP = "test/unit/downloader/local/yt-dlp.test.ts";
const REGISTRATION = "test/unit/downloader/registration.test.ts";

export const downloader: readonly Mutant[] = [
  ...breakagesOf(
    "src/downloader/local/worker.ts",
    [WORKER],
    [
      ["a link whose files were complete at a kill is downloaded twice", "    list.markWhole(entry.id, null);\n", ""],
      ["a link removed from the list leaves its parts", "return folders.dropParts(entry.id);", "return;"],
      ["a full disk fails a link", 'if (failure.kind === "no_space") return', "if (false) return"],
      ["a final failure is tried again", "&& !isFinal(failure)", ""],
    ],
  ),
  ...breakagesOf(
    "src/downloader/list.ts",
    [LIST],
    [
      ["two processes open the same list", '"locking_mode = EXCLUSIVE", ', ""],
      [
        "a failure is forgotten before it is reported",
        "DELETE FROM entries WHERE status = 'DONE' OR told_at IS NOT NULL",
        "DELETE FROM entries WHERE status <> 'NEW'",
      ],
    ],
  ),
  ...breakagesOf("src/downloader/list-schema.ts", [LIST], [["an id is reused", " AUTOINCREMENT", ""]]),
  ...breakagesOf(
    "src/downloader/list-schema.ts",
    ["test/unit/downloader/hand-overs.test.ts"],
    [["a removed link's download in a program is forgotten", "OLD.sent_at IS NOT NULL", "FALSE"]],
  ),
  ...breakagesOf(
    "src/downloader/move-file.ts",
    [FOLDERS],
    [
      [
        "a file overwrites another",
        "renameSync(from, join(folder, freeName(folder, name)))",
        "renameSync(from, join(folder, name))",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/folders.ts",
    [FOLDERS],
    [["a file that a kill left on both disks is delivered twice", "      copies.finish(id);\n", ""]],
  ),
  ...breakagesOf(
    "src/downloader/intake.ts",
    ["test/unit/downloader/intake.test.ts"],
    [
      [
        "on a full disk, the bot does not learn whether a link was taken",
        "if (isDiskFull(error)) return",
        "if (false) return",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/name-collisions.ts",
    ["test/unit/downloader/back-ends/name-collisions.test.ts"],
    [["two files with the same name begin together", "const isFree = !beginning.has(place);", "const isFree = true;"]],
  ),
  ...breakagesOf(
    "src/downloader/callers.ts",
    ["test/unit/downloader/callers.test.ts"],
    [
      ["other downloaders may call a downloader", "&& notTheBot(known, shown) === undefined", ""],
      [
        "callers without token and certificate may call from anywhere",
        "|| (botCa === undefined && token === undefined)",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/bot-identity.ts",
    ["test/unit/downloader/callers.test.ts"],
    [["any certificate counts as that of the joined bot", "return isIt ?", "return true ?"]],
  ),
  ...breakagesOf("src/downloader/file-names.ts", [NAMES], [["a name leads out of the folder", "[/\\\\:*?", "[:*?"]]),
  ...breakagesOf(
    "src/downloader/local/http-fetcher.ts",
    [HTTP],
    [
      ["a download continues a part of another file", '"if-range": known.validator', '"x-range": known.validator'],
      [
        "a new file is appended to a part of the old one",
        "if (from === 0) rmSync(partOf(wanted), { force: true });",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/local/guard.ts",
    [HTTP],
    [
      [
        "the connection resolves a checked name again",
        "return await connectTo(address, port);",
        "return await connectTo(host, port);",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/local/yt-dlp.ts",
    ["test/unit/downloader/local/yt-dlp.test.ts"],
    [["one failed part of a list decides for the whole list", "if (errors > 1)", "if (false)"]],
  ),
  ...breakagesOf("src/downloader/local/yt-dlp.ts", [YT_DLP], [["a link is read as an option", '    "--",\n', ""]]),
  ...breakagesOf(
    "src/downloader/local/run-program.ts",
    [YT_DLP],
    [["programs started by yt-dlp keep running", "process.kill(-child.pid, name)", "process.kill(child.pid, name)"]],
  ),
  ...breakagesOf(
    "src/downloader/registration.ts",
    [REGISTRATION],
    [
      ["a bot that was away gets no new registration", 'watch.on("end", resolve);', ""],
      [
        "a bot with too many watchers counts as gone",
        "[status.UNIMPLEMENTED, status.RESOURCE_EXHAUSTED]",
        "[status.UNIMPLEMENTED]",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/bridge.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [
      ["a failed link stays in a program that would begin it again", "if (remote.beginsFailedAnew)", "if (false)"],
      ["a link that a kill left open is sent again at once", " || isSettled(sentAt) };", " || true };"],
      [
        "an entry that people added to a program counts as ours",
        "if (isOfOthers(entry, found)) {",
        "if (isOfOthers(entry, found) && false) {",
      ],
      [
        "a link that people removed from a program is added again",
        "list.fail(id, texts.backEnd.vanished(remote.name));",
        "",
      ],
      [
        "a restart that a program does not report goes unnoticed",
        "if (error instanceof RemoteUnreachable && error.isAway) starts.noteAbsence();",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/removals.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [
      ["a removed link continues in the program", "else await remote.remove(found.id, stop);", ""],
      [
        "complete files are deleted with their record",
        "await remote.cleanHistory(found.id",
        "await remote.remove(found.id",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/local/stall-detector.ts",
    ["test/unit/downloader/local/stall-detector.test.ts"],
    [["a site that sends a byte a minute keeps its place for ever", "sum < LEAST_BYTES", "sum < 1"]],
  ),
  ...breakagesOf(
    "src/downloader/reply-size.ts",
    ["test/unit/downloader/reply-size.test.ts"],
    [["a reply grows beyond the size that the bot reads", "return left >= 0;", "return true;"]],
  ),
];
