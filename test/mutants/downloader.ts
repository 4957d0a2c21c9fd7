import { breakagesOf, type Mutant } from "./mutant.ts";

const WORKER = "test/unit/downloader/worker.test.ts";
const LIST = "test/unit/downloader/list.test.ts";
const FOLDERS = "test/unit/downloader/folders.test.ts";
const NAMES = "test/unit/downloader/file-names.test.ts";
const HTTP = "test/unit/downloader/http-fetcher.test.ts";
const YT_DLP = "test/unit/downloader/yt-dlp.test.ts";
const REGISTRATION = "test/unit/downloader/registration.test.ts";

export const downloader: readonly Mutant[] = [
  ...breakagesOf(
    "src/downloader/worker.ts",
    [WORKER],
    [
      ["a link whose files were whole at a kill comes twice", "    list.whole(entry.id, null);\n", ""],
      ["what was taken out of the list leaves its parts", "return folders.dropParts(entry.id);", "return;"],
      ["a full disk is a failure", 'if (failure.kind === "no_space") return', "if (false) return"],
      ["what cannot get better is tried again", "&& !isFinal(failure)", ""],
    ],
  ),
  ...breakagesOf(
    "src/downloader/list.ts",
    [LIST],
    [
      ["two processes download the same list", '"locking_mode = EXCLUSIVE", ', ""],
      [
        "a failure is forgotten untold",
        "DELETE FROM entries WHERE status = 'DONE' OR told_at IS NOT NULL",
        "DELETE FROM entries WHERE status <> 'NEW'",
      ],
    ],
  ),
  ...breakagesOf("src/downloader/list-schema.ts", [LIST], [["an id is used again", " AUTOINCREMENT", ""]]),
  ...breakagesOf(
    "src/downloader/list-schema.ts",
    ["test/unit/downloader/hand-overs.test.ts"],
    [["what a program still has of a removed link is forgotten", "OLD.sent_at IS NOT NULL", "FALSE"]],
  ),
  ...breakagesOf(
    "src/downloader/placing.ts",
    [FOLDERS],
    [["a file takes another's place", "freeName(folder, name))", "name)"]],
  ),
  ...breakagesOf(
    "src/downloader/taking.ts",
    ["test/unit/downloader/taking.test.ts"],
    [["a full disk leaves open what came of a link", "if (isDiskFull(error)) return", "if (false) return"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/apart.ts",
    ["test/unit/downloader/back-ends/apart.test.ts"],
    [["files of one name begin at once", "const isFree = !beginning.has(place);", "const isFree = true;"]],
  ),
  ...breakagesOf(
    "src/downloader/callers.ts",
    ["test/unit/downloader/callers.test.ts"],
    [
      ["other downloaders may call it", "&& notTheBot(rules, shown) === undefined", ""],
      ["whoever shows nothing may call it from anywhere", "|| (botCa === undefined && token === undefined)", ""],
    ],
  ),
  ...breakagesOf(
    "src/downloader/bot-identity.ts",
    ["test/unit/downloader/callers.test.ts"],
    [["any certificate is that of the bot that it has joined", "return isIt ?", "return true ?"]],
  ),
  ...breakagesOf("src/downloader/file-names.ts", [NAMES], [["a name leads out of the folder", "[/\\\\:*?", "[:*?"]]),
  ...breakagesOf(
    "src/downloader/http-fetcher.ts",
    [HTTP],
    [
      ["a part of another file is gone on with", '"if-range": known.validator', '"x-range": known.validator'],
      [
        "a new file begins behind a part of the old one",
        "if (from === 0) rmSync(partOf(wanted), { force: true });",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/guard.ts",
    [HTTP],
    [
      [
        "a name is looked up again to connect",
        "return await connected(address, port);",
        "return await connected(host, port);",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/yt-dlp.ts",
    ["test/unit/downloader/yt-dlp.test.ts"],
    [["a part of a list speaks for all of it", "if (errors > 1)", "if (false)"]],
  ),
  ...breakagesOf(
    "src/downloader/yt-dlp.ts",
    [YT_DLP],
    [
      ["a link is taken for an option", '    "--",\n', ""],
      ["what yt-dlp has started runs on", "process.kill(-child.pid, signal)", "process.kill(child.pid, signal)"],
    ],
  ),
  ...breakagesOf(
    "src/downloader/registration.ts",
    [REGISTRATION],
    [
      ["a bot that was away is not told again", 'watch.on("end", resolve);', ""],
      [
        "a bot that lets nobody watch is taken for gone",
        "[status.UNIMPLEMENTED, status.RESOURCE_EXHAUSTED]",
        "[status.UNIMPLEMENTED]",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/bridge.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [
      ["what has failed stays where it would be begun again", "if (remote.beginsFailedAnew)", "if (false)"],
      ["what a kill left open is sent a second time at once", " || isSettled(sentAt) };", " || true };"],
      [
        "what people put into a program is taken for ours",
        "if (isOfOthers(entry, found)) {",
        "if (isOfOthers(entry, found) && false) {",
      ],
      ["what people took out of a program is put back", "list.fail(id, texts.backEnd.vanished(remote.name));", ""],
      [
        "a restart that a program does not tell goes unnoticed",
        "if (error instanceof RemoteUnreachable && error.isAway) starts.wasAway();",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/letting-go.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [
      ["a removed link goes on in the program", "else await remote.remove(found.id, stop);", ""],
      [
        "files that are whole are deleted with their record",
        "await remote.cleanHistory(found.id",
        "await remote.remove(found.id",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/patience.ts",
    ["test/unit/downloader/patience.test.ts"],
    [["a byte a minute keeps a place for ever", "sum < LEAST_BYTES", "sum < 1"]],
  ),
  ...breakagesOf(
    "src/downloader/reply-size.ts",
    ["test/unit/downloader/reply-size.test.ts"],
    [["a reply grows beyond what the bot reads", "return left >= 0;", "return true;"]],
  ),
];
