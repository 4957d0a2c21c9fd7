import { breakagesOf, type Mutant } from "./mutant.ts";

const PROGRESS = "test/unit/service/tracking/progress.test.ts";
const CANCELLATION = "test/unit/service/tracking/cancellation.test.ts";
const IN_WORK = "test/unit/service/tracking/in-work.test.ts";
const DISPLAY = "test/unit/telegram/notify/in-work.test.ts";
const SENDER = "test/unit/telegram/notify/work-message.test.ts";
const STORY = "test/e2e/in-work.test.ts";

export const inWork: readonly Mutant[] = [
  ...breakagesOf(
    "src/service/tracking/progress.ts",
    [PROGRESS],
    [
      ["a download that is over is shown as running", "isOver(sample.at, FRESH_MS)", "false"],
      ["the speed is that of two files", "const isSame = progress.filename === before.filename", "const isSame = true"],
      ["one that hangs is asked more and more", "if (!asking.has(name) &&", "if ("],
      ["one that cannot be reached is asked", ' || registry.stateOf(name) === "unreachable"', ""],
    ],
  ),
  ...breakagesOf(
    "src/domain/downloads.ts",
    [IN_WORK, "test/unit/service/fleet/fleet.test.ts"],
    [
      ["what is done holds up what waits", '(download.status === "NEW" || download.status === "WORK") &&', ""],
      ["what has failed holds up what waits", " && !saysItFailed(download)", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/cancellation.ts",
    [CANCELLATION],
    [
      [
        "a stop in the middle forgets a cancellation",
        'if (stopping.signal.aborted && removal === "silent") return;',
        "",
      ],
      ["anybody cancels a download", " || !mayManage(actor, delivery)", ""],
      ["a downloader is told twice", "if (underWay.has(id)) continue;", ""],
      ["a downloader is told of its link in our spelling", "shown ?? {", "{"],
    ],
  ),
  ...breakagesOf(
    "src/store/cancellations.ts",
    [CANCELLATION],
    [
      [
        "a clock that was ahead keeps a download from being cancelled",
        "now + LONGEST_UNDO_MS",
        "Number.MAX_SAFE_INTEGER",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/in-work.ts",
    [IN_WORK],
    [
      [
        "what has ended is out of sight before its news comes",
        "total: inWork + ended, ended }",
        "total: inWork, ended: 0 }",
      ],
      ["what a silent server has said is shown on", "says: isSilent ? undefined : says,", "says,"],
    ],
  ),
  ...breakagesOf(
    "src/app/coalescing.ts",
    ["test/unit/app/coalescing.test.ts"],
    [
      ["who registers soon after another one is forgotten", "else waiting.push(value);", ""],
      [
        "who registers alone waits",
        "handOn(values);\n      await wait(ms, signal);",
        "await wait(ms, signal);\n      handOn(values);",
      ],
      ["what waits at a stop is handed on", " && !signal.aborted", ""],
      ["after a while nobody who registers is looked at", "waiting = undefined;\n  }", "}"],
    ],
  ),
  ...breakagesOf(
    "src/app/schedules.ts",
    [STORY],
    [
      [
        "a prompt goes before its link is shown in work",
        "whenReady: telegram.inWork.caughtUp",
        "whenReady: () => undefined",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/work-message.ts",
    [DISPLAY],
    [
      ["a group hears as often as a person", "chatId < 0 ? GROUP_PACE_MS : PACE_MS", "PACE_MS"],
      ["a clock that was set back stops the messages", "since < 0 || ", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/in-work.ts",
    [DISPLAY],
    [
      [
        "a call that ends after the stop asks a closed database",
        "if (!isClosed) unlessUnavailable",
        "unlessUnavailable",
      ],
      ["each link that somebody presses takes the next call", "paceOf(chatId).isFree(chatId))", "true)"],
      [
        "what is handed over waits although nothing more is due",
        "gathering.end((chatId)",
        "((_: unknown) => {})((chatId: number)",
      ],
      ["a message moves although nothing is new", "const isAway = hasNew(one, open) &&", "const isAway ="],
      ["what is pressed during a call is shown much later", "{ atOnce: atOnce || meanwhile", "{ atOnce: meanwhile"],
      [
        "what was looked at during a call is not looked at after it",
        "meanwhile.set(one,",
        "((..._: unknown[]) => {})(one,",
      ],
      [
        "a new link is shown as late as what has only moved on",
        "hasNew(one, open) || hasTurn(one, now())",
        "hasTurn(one, now())",
      ],
      ["a tick draws for every chat at once", "drawn < MOST_DRAWN_IN_A_TICK && ", ""],
      [
        "the same chats are drawn in each tick",
        "if (how === undefined) putLast(one);\n    else if",
        "if (how === undefined) return true;\n    if",
      ],
      ["what comes in a burst waits for a tick", "chatId, () => lookAt(chatId, { early })", "chatId, () => undefined"],
      ["each link of a burst takes a call", "if (!atOnce && gathering.isUnderWay(chatId)) return false;", ""],
      ["the last link of a burst waits for its turn", "{ early: isAll }", "{ early: false }"],
      ["a message is sent for what has ended alone", " && open.ended < open.total", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/shown-places.ts",
    ["test/unit/telegram/notify/shown-places.test.ts"],
    [
      ["what a chat has left is shown there", "all.delete(key);\n", "void key;\n"],
      ["a topic that is over is listed", "ofChat?.delete(placeKey(place));", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/work-message.ts",
    [SENDER, STORY],
    [
      ["a message that cannot be deleted keeps its buttons", 'close(message, "over");', ""],
      ["it rings", "disable_notification: true", "disable_notification: false"],
      ["somebody's deletion of the message is not noticed", "one.message = undefined;", ""],
    ],
  ),
];
