import { breakagesOf, type Mutant } from "./mutant.ts";

const METUBE = "test/unit/downloader/back-ends/metube.test.ts";
const YTPTUBE = "test/unit/downloader/back-ends/ytptube.test.ts";

const TRANSMISSION = ["test/unit/downloader/back-ends/transmission-4.test.ts"];

const ODD_ANSWERS = "test/unit/downloader/back-ends/odd-answers.test.ts";

export const backEnds: readonly Mutant[] = [
  ...breakagesOf(
    "src/downloader/back-ends/aria2.ts",
    [ODD_ANSWERS],
    [
      [
        "one download with an unknown status makes all of aria2 unreadable",
        "v.fallback(v.nullable(statusSchema), null)",
        "statusSchema",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/qbittorrent-torrent.ts",
    [ODD_ANSWERS],
    [["a removed torrent that may be complete loses its files", "completion_on: 1 }", "completion_on: 0 }"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/qbittorrent-api.ts",
    ["test/unit/downloader/back-ends/search.test.ts"],
    [["any web page counts as qBittorrent", "status < 300 && pattern.test(said)", "status < 300"]],
  ),
  ...breakagesOf("src/downloader/back-ends/transmission.ts", TRANSMISSION, [
    [
      "a link that Transmission already has counts as never sent",
      "isHarmless: false, isAway, isOver",
      "isHarmless: true, isAway",
    ],
    [
      "a look at one link lists every torrent of Transmission",
      "ids.length === asked.length ? ids : undefined",
      "undefined",
    ],
    ["a Transmission without labels gets links", "rpc >= KEEPS_LABELS", "rpc > 0"],
  ]),
  ...breakagesOf("src/downloader/back-ends/transmission-api.ts", TRANSMISSION, [
    [
      "a wrong password is repeated until Transmission locks everybody out",
      "if (refusals === MOST_REFUSALS)",
      "if (refusals < 0)",
    ],
    ["an address copied from the browser does not work", "(?:web(?:\\/.*)?|rpc)?", "rpc?"],
  ]),
  ...breakagesOf("src/downloader/back-ends/transmission-life.ts", TRANSMISSION, [
    [
      "a start time that differs by a second counts as another start",
      "known === undefined || known.sessionId !== sessionId",
      "sessionId !== undefined",
    ],
  ]),
  ...breakagesOf(
    "src/downloader/back-ends/transmission-torrent.ts",
    ["test/unit/downloader/back-ends/transmission-torrent.test.ts"],
    [
      ["a removed torrent that may be complete loses its files", "doneDate: 1 }", "doneDate: 0 }"],
      [
        "a torrent that is only in memory counts as ready",
        "status === STOPPED && torrent.doneDate > 0",
        "status === STOPPED",
      ],
      [
        "the files of a torrent that was never complete stay on a full disk",
        "left === 0 && downloadedEver === 0",
        "left === 0",
      ],
      [
        "a torrent that a killed Transmission left stopped stays stopped",
        "startDate === 0 && doneDate",
        "startDate > 0 && doneDate",
      ],
      ["a tracker's error fails a torrent", "torrent.error === LOCAL_ERROR", "torrent.error > 0"],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/removals.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [["a torrent stops seeding when the chat forgets it", "found.staysOn === true", "false"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/submissions.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [
      [
        "a link that a killed program forgot counts as added by others",
        "entry.sentAt !== null || entry.tries > 0",
        "false",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/removals.ts",
    ["test/unit/downloader/back-ends/removals.test.ts"],
    [["an entry that a program never removes blocks its link for ever", "if (nth <= MOST_TIMES) await", "await"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/provisional-ends.ts",
    ["test/unit/downloader/back-ends/provisional-ends.test.ts"],
    [
      ["a list of videos that was read completely is still waited for", "!whole.has(key) && ", ""],
      [
        "new videos of a list do not extend the wait for more",
        "? before.since : now()",
        "? before.since : before.since",
      ],
      ["a restart begins the wait for more videos again", "sentAt ?? now()", "now()"],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/request.ts",
    ["test/unit/downloader/back-ends/request.test.ts"],
    [["an endless answer fills the memory", "if (bytes > LONGEST_ANSWER) throw unreachable(TOO_LONG);", ""]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/aria2.ts",
    ["test/unit/downloader/back-ends/aria2.test.ts"],
    [["a removed download comes back when aria2 is killed", "[...calls.reverse(), SAVE]", "calls.reverse()"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/resubmissions.ts",
    ["test/unit/downloader/back-ends/resubmissions.test.ts"],
    [
      ["a file of another link is overwritten", "return begun.has(key) && ", "return "],
      ["a download without a byte counts as begun", "?? 0) > 0", "?? 0) >= 0"],
      ["a download blocked by its own file is begun again for ever", " && !freed.has(key)", ""],
      ["a download that was blocked by its own file once fails the next time", "freed.delete(key);", ""],
      ["a finished download is continued", "begun.delete(key);", ""],
      ["a quality that does not exist is requested for ever", "true && !finer.has(key)", "true"],
      ["a download in any quality leaves its link without a quality limit", "finer.delete(key);", ""],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/misses.ts",
    ["test/unit/downloader/back-ends/misses.test.ts"],
    [
      ["an entry that one look misses counts as gone", "LOOKS_WITHOUT = 3", "LOOKS_WITHOUT = 1"],
      ["missed looks add up although others have found the entry", "looks.delete(key);", ""],
      ["an entry that was certainly missing once is so at each look", "times % LOOKS_WITHOUT", "times"],
      ["a clock that is set back delays the news that an entry is gone", "Math.abs(now() - seenAt)", "now() - seenAt"],
      ["an entry that came back once is always waited for", "else comeBack.delete(key);", ""],
      [
        "an entry that the program is about to restore counts as gone",
        "(seenAt === undefined || Math.abs(now() - seenAt) >= backAfterMs)",
        "true",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/request.ts",
    ["test/unit/downloader/back-ends/request.test.ts"],
    [["a proxy's timeout counts as the program's answer", "status === OWN_ERROR;", "status >= OWN_ERROR && !isAway;"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/memory.ts",
    ["test/unit/downloader/back-ends/memory.test.ts"],
    [["memory about removed links is never freed", "one.delete(key);", ";"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/seen-starts.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [["an absence of a program is forgotten by a restart of the downloader", "handOvers.setAbsences(latest);", ""]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/bridge.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [
      [
        "a part of a list of videos counts as the whole list",
        "submissions.wasCut(entry.key)) return false;",
        "false) return false;",
      ],
      ["a link that kills its program is sent again for ever", " && submissions.wasCut(entry.key)", ""],
      [
        "a link waits half an hour after the program answered with an error",
        "(failure !== undefined && confirm()) || ",
        "",
      ],
      [
        "a link that a program took despite an error is handed over twice",
        "failure !== undefined && confirm()",
        "failure !== undefined",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/missing-entry.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts", "test/unit/downloader/back-ends/missing-entry.test.ts"],
    [
      ["a link that MeTube is about to read back is handed over twice", "isAnother && told.isReading", "false"],
      ["a link that people removed from the program is added again", 'if (!isAnother) return "taken out";', ""],
      ["every link counts as lost right after a program comes back", " && !of.confirm()", ""],
      [
        "a link that a program missed while it was away is waited for",
        "!isKnown && (!isAnother || ",
        "!isKnown && (true || ",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/liveness.ts",
    ["test/unit/downloader/back-ends/liveness.test.ts"],
    [
      ["a killed program is noticed only at the next look", "if (wasHeld) onClosed();", ""],
      ["the connection to a program that was killed twice is made late", "notBefore = 0;\n      }", "}"],
      ["a connection that ends at once is opened again without a pause", " || isTooSoon()", ""],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/engine-io.ts",
    [METUBE, "test/unit/downloader/back-ends/engine-io.test.ts"],
    [
      ["a program that pings is given up after a minute", "    listen();\n    if (data", "    if (data"],
      ["MeTube ends the connection after its first ping", "if (data === PING) socket.send(PONG);", ""],
      ["a connection that never opened counts as held", "if (hasBegun) resolve();", "if (!hasBegun) resolve();"],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/kept-keys.ts",
    [METUBE],
    [
      [
        "a link that failed for somebody else cannot be downloaded",
        'sentAt === null ? state !== "failed" : !keepsKeys',
        "true",
      ],
      ["an item that others added counts as ours", "(!item.keepsKeys && item.id === id)", "item.id === id"],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/metube.ts",
    [METUBE],
    [
      [
        'an "ok" without an entry counts as accepted',
        'if (found === undefined && answer.status === "ok")',
        'if (answer.status === "ok")',
      ],
      ["removing a record deletes its files", 'records") === "keep"', 'records") === ""'],
      ["the second of two streams with one name gets the file of the first", 'streamMark(link) ?? ""', '""'],
      ["a wrong URL prefix uses up tries", 'requirePath(answer, "add");', ""],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/metube-history.ts",
    [METUBE],
    [
      ["a link is named after its site", "one.id === one.url ? undefined : ", ""],
      ["a queued download counts as running", ' || status === "queued"', ""],
      ["a link without any format is requested again and again", "Number(quality) > 0 && ", ""],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/ytptube.ts",
    [YTPTUBE],
    [
      ["removing a record deletes its files", "remove_file: false", "remove_file: true"],
      ["a film continues the parts of another film", "--no-continue ", ""],
      [
        "an upcoming stream is not followed after a restart",
        "if (key !== undefined) await request(",
        "if (key === id) await request(",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/ytptube-start.ts",
    [YTPTUBE],
    [
      ["a restart between two looks is never noticed", "looks % EVERY_LOOKS === 0", "looks === 0"],
      ["a missing entry does not trigger a check for a restart", "looks = 0;\n    }", "}"],
      [
        "an unreadable folder makes all of YTPTube fail",
        "&& !error.isAway) return known;",
        "&& error.isAway) return known;",
      ],
      [
        "an upcoming stream is not followed after an unseen restart",
        "if (before !== undefined && known !== before) ",
        "if (before === known) ",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/ytptube-items.ts",
    [YTPTUBE],
    [
      [
        "videos that are missing from a list are not reported",
        '"number" ? extras.n_entries',
        '"never" ? extras.n_entries',
      ],
      ["an old file counts as a new download", "downloaded_bytes === null ?", "downloaded_bytes === 0 ?"],
      ["a failure that YTPTube retries counts as final", 'TRIED_AGAIN.test(error ?? "")', "false"],
      ["a stream without a date is waited for", 'status === "not_live" && isExpected', 'status === "not_live"'],
    ],
  ),
];
