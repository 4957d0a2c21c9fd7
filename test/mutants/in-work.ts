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
      ["a finished download is shown as running", "isOver(sample.at, FRESH_MS)", "false"],
      [
        "the speed is computed across two files",
        "const isSame = progress.filename === before.filename",
        "const isSame = true",
      ],
      ["a hanging downloader is asked again and again at the same time", "if (!asking.has(name) &&", "if ("],
      ["an unreachable downloader is asked", ' || registry.stateOf(name) === "unreachable"', ""],
    ],
  ),
  ...breakagesOf(
    "src/domain/downloads.ts",
    [IN_WORK, "test/unit/service/fleet/fleet.test.ts"],
    [
      ["a finished download holds up waiting ones", '(download.status === "NEW" || download.status === "WORK") &&', ""],
      ["a failed download holds up waiting ones", " && !saysItFailed(download)", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/cancellation.ts",
    [CANCELLATION],
    [
      ["a stop during a cancellation forgets it", 'if (stopping.signal.aborted && removal === "silent") return;', ""],
      ["anybody can cancel a download", " || !mayManage(actor, delivery)", ""],
      ["a downloader is told to cancel twice", "if (underWay.has(id)) continue;", ""],
      ["a downloader is told to cancel a link in the bot's spelling", "shown ?? {", "{"],
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
        "an ended download disappears before its news comes",
        "total: inWork + ended, ended }",
        "total: inWork, ended: 0 }",
      ],
      ["old words of a silent server stay on display", "says: isSilent ? undefined : says,", "says,"],
    ],
  ),
  ...breakagesOf(
    "src/app/coalescing.ts",
    ["test/unit/app/coalescing.test.ts"],
    [
      ["a downloader that registers soon after another is forgotten", "else waiting.push(value);", ""],
      [
        "a downloader that registers alone waits",
        "handOn(values);\n      await wait(ms, signal);",
        "await wait(ms, signal);\n      handOn(values);",
      ],
      ["waiting registrations are handed on at a stop", " && !signal.aborted", ""],
      ["after a while, registrations are ignored", "waiting = undefined;\n  }", "}"],
    ],
  ),
  ...breakagesOf(
    "src/app/schedules.ts",
    [STORY],
    [
      [
        "a prompt is deleted before its link is shown in work",
        "whenReady: telegram.inWork.caughtUp",
        "whenReady: () => undefined",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/work-message.ts",
    [DISPLAY],
    [
      ["a group's message is edited as often as a person's", "chatId < 0 ? GROUP_PACE_MS : PACE_MS", "PACE_MS"],
      ["a clock that is set back stops the messages", "since < 0 || ", ""],
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
      ["a message is moved although nothing is new", "const isAway = hasNew(one, open) &&", "const isAway ="],
      ["a press deletes the message that is being sent", "one?.busy === false ? one.message", "one ? one.message"],
      ["a press during a call is shown much later", "{ atOnce: atOnce || meanwhile", "{ atOnce: meanwhile"],
      ["a look during a call is not made up for afterwards", "meanwhile.set(one,", "((..._: unknown[]) => {})(one,"],
      [
        "a new link is shown as late as mere progress",
        "hasNew(one, open) || hasTurn(one, now())",
        "hasTurn(one, now())",
      ],
      ["one tick draws the messages of every chat", "drawn < MOST_DRAWN_IN_A_TICK && ", ""],
      [
        "each tick draws the same chats",
        "if (how === undefined) putLast(one);\n    else if",
        "if (how === undefined) return true;\n    if",
      ],
      ["links of a burst wait for a tick", "chatId, () => lookAt(chatId, { early })", "chatId, () => undefined"],
      ["each link of a burst takes a call", "if (!atOnce && pace.isGathering(chatId)) return false;", ""],
      ["the end of a burst waits for its turn", "{ early: isAll }", "{ early: false }"],
      ["a message is sent although everything has ended", " && open.ended < open.total", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/work-pace.ts",
    [DISPLAY],
    [
      ["each pressed link takes the chat's next call", "paceOf(chatId).isFree(chatId))", "true)"],
      [
        "handed-over links wait although nothing more is due",
        "gathering.end((chatId)",
        "((_: unknown) => {})((chatId: number)",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/work-pace.ts",
    ["test/unit/telegram/notify/work-pace.test.ts"],
    [
      [
        "a rush in hundreds of chats takes all of Telegram's calls",
        "underWay * CALL_IN_A_CROWD_MS - CHAT_PACE_MS",
        "0 * underWay",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/shown-places.ts",
    ["test/unit/telegram/notify/shown-places.test.ts"],
    [
      ["the topics of a chat that moved are still shown", "all.delete(key);\n", "void key;\n"],
      ["an ended topic is still listed", "ofChat?.delete(placeKey(place));", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/work-message.ts",
    [SENDER, STORY],
    [
      ["a message that cannot be deleted keeps its buttons", 'close(message, "over");', ""],
      ["the message rings", "disable_notification: true", "disable_notification: false"],
      ["the deletion of the message goes unnoticed", "one.message = undefined;", ""],
    ],
  ),
];
