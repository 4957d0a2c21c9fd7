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
        "one download in words that are unknown here stops all",
        "v.fallback(v.nullable(statusSchema), null)",
        "statusSchema",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/qbittorrent-torrent.ts",
    [ODD_ANSWERS],
    [["what may be whole is deleted when it is removed", "completion_on: 1 }", "completion_on: 0 }"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/qbittorrent-api.ts",
    ["test/unit/downloader/back-ends/search.test.ts"],
    [["any page is taken for qBittorrent", "status < 300 && pattern.test(said)", "status < 300"]],
  ),
  ...breakagesOf("src/downloader/back-ends/transmission.ts", TRANSMISSION, [
    [
      "what Transmission has taken is said to be unheard of",
      "isHarmless: false, isAway, isOver",
      "isHarmless: true, isAway",
    ],
    ["all of Transmission is told for one link", "ids.length === asked.length ? ids : undefined", "undefined"],
    ["a Transmission that keeps no labels gets links", "rpc >= KEEPS_LABELS", "rpc > 0"],
  ]),
  ...breakagesOf("src/downloader/back-ends/transmission-api.ts", TRANSMISSION, [
    ["a wrong password shuts out everybody", "if (refusals === MOST_REFUSALS)", "if (refusals < 0)"],
    ["an address from the browser leads nowhere", "(?:web(?:\\/.*)?|rpc)?", "rpc?"],
  ]),
  ...breakagesOf("src/downloader/back-ends/transmission-life.ts", TRANSMISSION, [
    [
      "another second is another start",
      "known === undefined || known.sessionId !== sessionId",
      "sessionId !== undefined",
    ],
  ]),
  ...breakagesOf(
    "src/downloader/back-ends/transmission-torrent.ts",
    ["test/unit/downloader/back-ends/transmission-torrent.test.ts"],
    [
      ["what may be whole is deleted when it is removed", "doneDate: 1 }", "doneDate: 0 }"],
      ["what lies in the memory only is ready", "status === STOPPED && torrent.doneDate > 0", "status === STOPPED"],
      ["what has never been whole stays on a full disk", "left === 0 && downloadedEver === 0", "left === 0"],
      ["what a killed Transmission left lying stays so", "startDate === 0 && doneDate", "startDate > 0 && doneDate"],
      ["a tracker that complains ends a torrent", "torrent.error === LOCAL_ERROR", "torrent.error > 0"],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/letting-go.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [["a torrent stops seeding when the chat forgets it", "found.staysOn === true", "false"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/submissions.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [
      [
        "what a killed program has forgotten is said to be of others",
        "entry.sentAt !== null || entry.tries > 0",
        "false",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/letting-go.ts",
    ["test/unit/downloader/back-ends/letting-go.test.ts"],
    [["what a program never lets go of blocks it", "if (nth <= MOST_TIMES) await", "await"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/growing.ts",
    ["test/unit/downloader/back-ends/growing.test.ts"],
    [
      ["what has been read is waited for", "!whole.has(key) && ", ""],
      ["what has come since is no sign that more may come", "? before.since : now()", "? before.since : before.since"],
      ["a start waits anew", "sentAt ?? now()", "now()"],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/request.ts",
    ["test/unit/downloader/back-ends/request.test.ts"],
    [["an answer without an end fills the memory", "if (bytes > LONGEST_ANSWER) throw unreachable(TOO_LONG);", ""]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/aria2.ts",
    ["test/unit/downloader/back-ends/aria2.test.ts"],
    [["what was let go of comes back when aria2 is killed", "[...calls.reverse(), SAVE]", "calls.reverse()"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/beginnings.ts",
    ["test/unit/downloader/back-ends/beginnings.test.ts"],
    [
      ["others' file is written over", "return begun.has(key) && ", "return "],
      ["what has brought nothing has begun", "?? 0) > 0", "?? 0) >= 0"],
      ["what is in its own way is begun again without an end", " && !freed.has(key)", ""],
      ["what was in its own way once fails the next time", "freed.delete(key);", ""],
      ["what has ended is gone on with", "begun.delete(key);", ""],
      ["few lines are wished for without an end", "true && !finer.has(key)", "true"],
      ["what came without a wish for few lines has none any more", "finer.delete(key);", ""],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/absences.ts",
    ["test/unit/downloader/back-ends/absences.test.ts"],
    [
      ["what one look has not found is gone", "LOOKS_WITHOUT = 3", "LOOKS_WITHOUT = 1"],
      ["looks that have not found it add up", "looks.delete(key);", ""],
      ["what was believed once is believed at each look", "times % LOOKS_WITHOUT", "times"],
      ["a clock that was set back hides for long that something is gone", "Math.abs(now() - seenAt)", "now() - seenAt"],
      ["what came back once is always waited for", "else comeBack.delete(key);", ""],
      [
        "what the program is about to put back is gone",
        "(seenAt === undefined || Math.abs(now() - seenAt) >= backAfterMs)",
        "true",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/request.ts",
    ["test/unit/downloader/back-ends/request.test.ts"],
    [
      [
        "a proxy that waits no longer speaks for the program",
        "status === OWN_ERROR;",
        "status >= OWN_ERROR && !isAway;",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/memory.ts",
    ["test/unit/downloader/back-ends/memory.test.ts"],
    [["what is known of links stays for ever", "one.delete(key);", ";"]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/seen-starts.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [["that a program was away dies with who has seen it", "handOvers.wasAway(latest);", ""]],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/bridge.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts"],
    [
      [
        "a part of a list of videos is told as all of it",
        "submissions.wasCut(entry.key)) return false;",
        "false) return false;",
      ],
      ["a program is killed by the same link without an end", " && submissions.wasCut(entry.key)", ""],
      [
        "an error of the program's own is waited out for half an hour",
        "(failure !== undefined && isBelieved()) || ",
        "",
      ],
      [
        "what was taken in spite of an error is handed over twice",
        "failure !== undefined && isBelieved()",
        "failure !== undefined",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/missing.ts",
    ["test/unit/downloader/back-ends/bridge.test.ts", "test/unit/downloader/back-ends/missing.test.ts"],
    [
      ["what MeTube is about to read is handed over twice", "isAnother && told.isReading", "false"],
      ["what people take out is put back", 'if (!isAnother) return "taken out";', ""],
      ["a program that has just come back has lost everything", " && !of.isBelieved()", ""],
      [
        "what a program that was away has not taken is waited for",
        "!isKnown && (!isAnother || ",
        "!isKnown && (true || ",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/attendance.ts",
    ["test/unit/downloader/back-ends/attendance.test.ts"],
    [
      ["a program that is killed is seen at the next look only", "if (wasHeld) left();", ""],
      ["one that was killed twice is held on to late", "notBefore = 0;\n      }", "}"],
      ["a connection that ends at once is begun without a pause", " || isTooSoon()", ""],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/engine-io.ts",
    [METUBE],
    [
      ["MeTube ends the connection after its first ping", "if (data === PING) socket.send(PONG);", ""],
      ["who holds on to nothing does so for good", "if (hasBegun) resolve();", "if (!hasBegun) resolve();"],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/kept-keys.ts",
    [METUBE],
    [
      ["what failed with others can never be downloaded", 'sentAt === null ? state !== "failed" : !keepsKeys', "true"],
      ["what others have is taken for ours", "(!item.keepsKeys && item.id === id)", "item.id === id"],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/metube.ts",
    [METUBE],
    [
      [
        "an ok without an entry is believed",
        'if (found === undefined && answer.status === "ok")',
        'if (answer.status === "ok")',
      ],
      ["files go with their records", 'records") === "keep"', 'records") === ""'],
      ["of two streams the second is the first", 'streamMark(link) ?? ""', '""'],
      [
        "a wrong prefix costs tries",
        'RemoteUnreachable("HTTP 404 for add", { isHarmless: true })',
        'RemoteUnreachable("HTTP 404 for add", { isHarmless: false })',
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/metube-history.ts",
    [METUBE],
    [
      ["a link is called by the site that it is on", "one.id === one.url ? undefined : ", ""],
      ["what waits for its turn is running", ' || status === "queued"', ""],
      ["what has no format at all is asked for over and over", "Number(quality) > 0 && ", ""],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/ytptube.ts",
    [YTPTUBE],
    [
      ["files go with their records", "remove_file: false", "remove_file: true"],
      ["a film goes on with the parts of another", "--no-continue ", ""],
      [
        "a stream is not taken up after a restart",
        "if (key !== undefined) await request(",
        "if (key === id) await request(",
      ],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/ytptube-start.ts",
    [YTPTUBE],
    [
      ["a start that nobody has seen is never noticed", "looks % EVERY_LOOKS === 0", "looks === 0"],
      ["what is missing is not looked into", "looks = 0;\n    }", "}"],
      [
        "a folder that may not be read ends all of it",
        "&& !error.isAway) return known;",
        "&& error.isAway) return known;",
      ],
      [
        "a stream is not taken up after a start that nobody has seen",
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
        "nobody hears what is missing from a list of videos",
        '"number" ? extras.n_entries',
        '"never" ? extras.n_entries',
      ],
      ["what has brought nothing is ready like any other", "downloaded_bytes === null ?", "downloaded_bytes === 0 ?"],
      ["what YTPTube tries again is told as failed", 'TRIED_AGAIN.test(error ?? "")', "false"],
      ["a stream without a day is waited for", 'status === "not_live" && isExpected', 'status === "not_live"'],
    ],
  ),
];
