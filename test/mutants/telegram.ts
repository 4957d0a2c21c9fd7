import { breakagesOf, type Mutant } from "./mutant.ts";

const OUTBOX = "test/unit/telegram/outbox/outbox.test.ts";
const BATCH = "test/unit/telegram/client/update-batch.test.ts";
const POLL = "test/unit/telegram/client/long-poll.test.ts";
const FAILOVER = "test/unit/telegram/client/failover.test.ts";
const PROMPT = "test/e2e/prompt.test.ts";

export const telegram: readonly Mutant[] = [
  ...breakagesOf(
    "src/telegram/client/poll-length.ts",
    ["test/unit/telegram/client/poll-length.test.ts"],
    [["a dead line makes polls shorter", "!NEVER_BEGUN.includes(error.code)", "true"]],
  ),
  ...breakagesOf(
    "src/telegram/commands/prompt.ts",
    [PROMPT],
    [["an admin's press makes a message of another chat the prompt", "message.chat.id === batch.chatId && ", ""]],
  ),
  ...breakagesOf(
    "src/telegram/commands/typed-time.ts",
    ["test/e2e/typed-times.test.ts"],
    [
      [
        "what people say to each other in a group sets a time",
        "isPrivate ? prompts.openTimes(chatId) : undefined",
        "prompts.openTimes(chatId)",
      ],
      ["a time for one link is for all", "link: open.linkId ?? 0", "link: 0"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/prompts.ts",
    [PROMPT],
    [
      ["a link whose prompt was deleted gets no other", "if (left !== undefined) await show(left);", ""],
      [
        "what is being sent for long is not shown where that was asked for",
        "const isGoing = !isAwaited && ",
        "const isGoing = ",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/prompts.ts",
    ["test/e2e/prompts-behind.test.ts"],
    [
      ["what became of a link just before the end is not shown", "catchUp(linkPrompts.behind());", ""],
      [
        "which links went just before the end is not shown",
        "quietly(() => catchUp(linkPrompts.halfHandedOver()));",
        "",
      ],
      ["each start edits what was edited before", "else linkPrompts.drawn(rendered.links);", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/lost-prompts.ts",
    ["test/e2e/batches.test.ts"],
    [
      ["a prompt whose sending was not answered stays", "if (isSame) drop", "if (!isSame) drop"],
      ["known messages are given the keyboard of a prompt", "messageId > last && ", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/one-by-one.ts",
    ["test/unit/telegram/notify/one-by-one.test.ts"],
    [["thousands of edits wait before a prompt", "await work(id);", "void work(id);"]],
  ),
  ...breakagesOf(
    "src/telegram/notify/admin-alerts.ts",
    ["test/unit/telegram/notify/admin-alerts.test.ts"],
    [
      ["an alarm goes before anybody has read it", "if (isAlarm(alert))", "if (false)"],
      ["an alarm is told again by each life", "if (areTold.every(Boolean))", "if (false)"],
      ["what happens again after an hour is not told", " && at >= before.at && at - before.at < AGAIN_MS)", ")"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/news.ts",
    ["test/unit/telegram/notify/news.test.ts"],
    [
      ["news rings at night", "disable_notification: deps.isQuiet(chatId)", "disable_notification: false"],
      ["a burst of news is collected for ever", " && waited < pace.mostMs", ""],
      [
        "news that Telegram could not take is given up",
        "if (!WAITS_FOR_OTHERS.has(sent.kind) && !closing.signal.aborted) collect(place, AGAIN_MS);",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/news.ts",
    ["test/unit/telegram/notify/news.test.ts"],
    [
      ["news is told again while the database is locked", ".filter(({ id }) => !unstored.has(id))", ""],
      ["what a server has failed with and forgotten is not told", ' && !(state === "lost" && ', " && !(false && "],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/news.ts",
    ["test/unit/service/tracking/news.test.ts"],
    [
      [
        "news is told again where it is stored with what the disk does not take",
        "() => store.news.told(ids, messageId),",
        "() => {\n          store.news.told(ids, messageId);\n          unstored.clear();\n        },",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/commands/news.ts",
    ["test/e2e/news.test.ts"],
    [["a late press retries what goes already", 'if (link.state !== "failed") {', "if (false) {"]],
  ),
  ...breakagesOf(
    "src/telegram/context/replies.ts",
    ["test/e2e/asides.test.ts"],
    [
      [
        "an answer to one person alone is tried in vain again and again",
        "if (aside !== undefined) openUntil.set(to.chatId, now() + OPEN_MS);",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/attempt.ts",
    [OUTBOX],
    [
      ["a chat's waits never get short again", "queue.failures = 0;", ""],
      ["whoever has nothing to say finds Telegram back", "if (!isCalled) return", "if (false) return"],
      [
        "an answer is sent hours later",
        "if (now() - outgoing.queuedAt > LIFETIMES_MS[outgoing.priority]) {",
        "if (false) {",
      ],
      [
        "what Telegram does not say to one person alone is lost",
        '!PASSING.has(failure.kind) && outgoing.extras.has("aside")',
        "false",
      ],
      ["an edit to the same text has failed", "outgoing.unchanged();", 'outgoing.fail("bad_request");'],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/delete-messages.ts",
    [OUTBOX],
    [
      [
        "deletions that were refused are forgotten",
        'return apart.every((isDone) => isDone) ? "done" : "later";',
        'return "done";',
      ],
      ["a chat that threw the bot out is asked for ever", 'new Set(["blocked", ', "new Set(["],
    ],
  ),
  ...breakagesOf(
    "src/telegram/commands/prompt.ts",
    ["test/e2e/batches.test.ts", "test/property/presses.test.ts"],
    [
      [
        "a button changes links that came after it was drawn",
        "link === 0 ? id <= last : id === link",
        "link === 0 || id === link",
      ],
      ["a prompt that stays does not show at once what goes", "changed.length === batch.links.length && ", ""],
      ["anybody in a group presses anybody's buttons", "await refusal(mayPress, context, links)", "undefined"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/group-budget.ts",
    ["test/unit/telegram/outbox/group-budget.test.ts"],
    [["what nobody waits for takes a group's last messages", "  prompt: 17,", "  prompt: 20,"]],
  ),
  ...breakagesOf(
    "src/telegram/notify/pace.ts",
    ["test/unit/telegram/notify/pace.test.ts"],
    [
      [
        "a prompt in a group is edited for every link",
        "if (waiting.has(id) && !early) return false;",
        "if (waiting.has(id) && !early) return true;",
      ],
      ["what is done early is not made up for", "now() + left(id) + everyMs", "now() + everyMs"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/call-params.ts",
    [OUTBOX, "test/e2e/chats.test.ts"],
    [
      [
        "a message of the new group is deleted for one of the old",
        '["message_id", "message_ids", "ephemeral_message_id"].some((id) => id in rest)',
        "false",
      ],
      ["everything that is sent rings", "{ disable_notification: true } : {}", "{} : {}"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/chat-queues.ts",
    [OUTBOX],
    [
      [
        "an older edit comes after a newer one",
        "key !== undefined && home.waiting.some((other) => other.outgoing.key === key)",
        "false",
      ],
      [
        "prompts are dropped before notices",
        '["notice", "cleanup", "prompt", "answer"]',
        '["prompt", "cleanup", "notice", "answer"]',
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/reach.ts",
    ["test/unit/telegram/outbox/outbox.test.ts"],
    [
      ["each chat finds out by itself that Telegram is away", "if (before > 0) isShut = true;", ""],
      ["an answer to another call helps nobody who waits", "waiting?.abort();", "return;"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/outbox.ts",
    [OUTBOX],
    [
      ["Telegram's wish to wait is not heard", "if (retryMs > 0) pause(queue, retryMs);", ""],
      ["what Telegram stumbles over holds up its chat", "queues.putBack(taken, { isLast })", "queues.putBack(taken)"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/client/confirmation.ts",
    ["test/unit/telegram/client/confirmation.test.ts"],
    [
      ["an update is confirmed before its sender knows", 'held.set(id, "waits");', ""],
      ["an update that came to nothing is confirmed", "if (may) release(id);", "release(id);"],
      ["an update that came to nothing is not handled again", ' || held.get(id) === "again"', ""],
      ["what follows a held update is handled twice", "done.add(id);", "continue;"],
      ["what Telegram has forgotten is waited for", "if (id < newest && !ids.has(id)) release(id);", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/commands/direct-links.ts",
    ["test/unit/telegram/commands/direct-links.test.ts"],
    [
      [
        "who was told nothing of a link loses it",
        "const otherwise = (first: boolean, second: Promise<boolean>) => first || second;",
        "const otherwise = (_: boolean, __: Promise<boolean>) => true;",
      ],
      ["one outcome that was told stands for all", "told.every(Boolean)", "told.some(Boolean)"],
      ["a link that is noted waits for words", "if (directs.every(({ isKept }) => isKept)) return true;", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/client/long-poll.ts",
    [POLL],
    [
      ["a stop confirms what was not handled", "handled(updates, unhandled)", "handled(updates, [])"],
      ["two updates are suspected of having killed the bot", "firstBatch ? 1 : CHATS_AT_ONCE", "CHATS_AT_ONCE"],
      ["a front end that answers at once makes it spin", "Math.max(0, 1_000 - (now() - askedAt))", "0"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/client/update-batch.ts",
    ["test/unit/telegram/client/update-batch.test.ts"],
    [
      ["nobody looks whether what is begun can be noted", "if (chatsAtOnce > 1) await writable();", ""],
      ["it is looked twice before the first update", "let isLooked = noted !== undefined;", "let isLooked = false;"],
      ["of a batch only the first update is looked before", "isLooked = false;\n", "\n"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/client/update-batch.ts",
    [BATCH, POLL],
    [
      ["an update has one try less", "if (tries > MAX_TRIES) {", "if (tries >= MAX_TRIES) {"],
      ["an update that ended is suspected", "if (noted === undefined) forget([id], known);", ""],
      ["updates that ended together are suspected", "if (noted !== undefined) forget(ids, noted);", ""],
      ["a stop begins more", "if (stop.aborted) return;", ""],
      [
        "an update that hangs stops all others",
        "Promise.race([work.then(() => false), isLate])",
        "work.then(() => false)",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/client/poll-errors.ts",
    [POLL],
    [
      [
        "a token that stops working ends the bot",
        'if (!contacted) return { kind: "give_up" };',
        'return { kind: "give_up" };',
      ],
      [
        "two bots delete each other's webhook without an end",
        "if (now() - webhookDeletedAt < WEBHOOK_AGAIN_MS)",
        "if (false)",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/client/failover.ts",
    [FAILOVER],
    [
      ["a way that flaps is taken again at once", "health.streak >= STEADY && ", ""],
      ["one failure is taken for the end of a way", 'result.state === "ok" || healths.length === 1', "true"],
      ["the switch does not wake what waits", "renewal.abort();", ""],
    ],
  ),
];
