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
    [["a dead connection shortens the polls", "!NEVER_BEGUN.includes(error.code)", "true"]],
  ),
  ...breakagesOf(
    "src/telegram/commands/prompt.ts",
    [PROMPT],
    [["an admin's press turns a message of another chat into the prompt", "message.chat.id === batch.chatId && ", ""]],
  ),
  ...breakagesOf(
    "src/telegram/commands/typed-time.ts",
    ["test/e2e/typed-times.test.ts"],
    [
      [
        "any message in a group can set a time",
        "isPrivate ? prompts.openTimes(chatId) : undefined",
        "prompts.openTimes(chatId)",
      ],
      ["a time typed for one link applies to all", "link: open.linkId ?? 0", "link: 0"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/prompts.ts",
    [PROMPT],
    [
      ["a link whose prompt was deleted gets no new one", "if (left !== undefined) await show(left);", ""],
      [
        "a long hand-over is not shown in a prompt that was asked for",
        "const isGoing = !isAwaited && ",
        "const isGoing = ",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/prompts.ts",
    ["test/e2e/chats.test.ts"],
    [["a chat that refuses one prompt is sent all others", "if (!(await show(batch))) return;", "void show(batch);"]],
  ),
  ...breakagesOf(
    "src/telegram/notify/prompts.ts",
    ["test/e2e/prompts-behind.test.ts"],
    [
      ["an outcome just before a crash is not shown", "catchUp(linkPrompts.behind());", ""],
      [
        "links handed over just before a crash stay in their prompt",
        "quietly(() => catchUp(linkPrompts.halfHandedOver()));",
        "",
      ],
      ["each start edits the same prompts again", "else linkPrompts.drawn(rendered.links);", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/lost-prompts.ts",
    ["test/e2e/batches.test.ts"],
    [
      ["a prompt stays if its sending was not answered", "if (isSame) drop", "if (!isSame) drop"],
      ["known messages get a prompt's buttons", "messageId > last && ", ""],
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
      ["an alarm is deleted before anybody has read it", "if (isAlarm(alert))", "if (false)"],
      ["an alarm is repeated by each start", "if (areTold.every(Boolean))", "if (false)"],
      ["an event that repeats after an hour is not reported", " && at >= before.at && at - before.at < AGAIN_MS)", ")"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/news.ts",
    ["test/unit/telegram/notify/news.test.ts"],
    [
      ["news that a closed topic refuses is tried every minute", '"thread_not_found", ', ""],
      [
        "news that Telegram could not take is dropped",
        "if (!WAITS_FOR_OTHERS.has(sent.kind) && !closing.signal.aborted) collect(place, AGAIN_MS);",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/news-messages.ts",
    ["test/unit/telegram/notify/news.test.ts"],
    [
      ["news rings at night", "disable_notification: deps.isQuiet(chatId)", "disable_notification: false"],
      [
        "a message offers to do again what was done while it was on its way",
        "ifAvailable(() => catchUp(shown, content));",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/gathering.ts",
    ["test/unit/telegram/notify/news.test.ts"],
    [["a burst of news is collected for ever", " && waited < mostMs", ""]],
  ),
  ...breakagesOf(
    "src/telegram/notify/gathering.ts",
    ["test/unit/telegram/notify/gathering.test.ts"],
    [
      ["a busy bot shows each of many chats as often as one", "if (ms > 0) await wait(ms, crowded.signal);", ""],
      ["the last links are shown late after a rush", "      crowded.abort();\n", ""],
      [
        "hundreds of chats are shown in one turn of the event loop",
        "while (toldInTurn >= TOLD_AT_ONCE) await setImmediate();",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/news.ts",
    ["test/unit/telegram/notify/news.test.ts"],
    [
      ["news is repeated while the database is locked", ".filter(({ id }) => !unstored.has(id))", ""],
      ["a failure that a server then forgot is not reported", ' && !(state === "lost" && ', " && !(false && "],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/news.ts",
    ["test/unit/service/tracking/news.test.ts"],
    [
      [
        "news is repeated if its commit fails on a full disk",
        "() => store.news.told(ids, message),",
        "() => {\n          store.news.told(ids, message);\n          unstored.clear();\n        },",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/commands/news.ts",
    ["test/e2e/news.test.ts"],
    [
      ["a late press retries a link that is already being sent", 'if (link.state !== "failed") {', "if (false) {"],
      [
        "of two messages with the same news, one goes on offering what was done under the other",
        "newsMessages.draw(news.filter(({ messageId }) => messageId !== shown.messageId));",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/commands/news.ts",
    ["test/e2e/early-presses.test.ts"],
    [
      [
        "an OK that comes early deletes news that others have not read",
        "if (!(await newsMessages.isKnown({ chatId: context.chatId, messageId })))",
        "if (false)",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/notify/message-reactions.ts",
    ["test/unit/telegram/notify/message-reactions.test.ts"],
    [["a chat waits for ever for a reaction", "key: `acknowledge", "key: `react"]],
  ),
  ...breakagesOf(
    "src/telegram/context/replies.ts",
    ["test/e2e/asides.test.ts"],
    [
      [
        "an answer to one person alone is retried in vain",
        "if (aside !== undefined) keepLatest(openUntil.set(to.chatId, now() + OPEN_MS), MOST_OPEN);",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/attempt.ts",
    [OUTBOX],
    [
      ["a chat's waits never become short again", "queue.failures = 0;", ""],
      ["a message without a call counts as Telegram being back", "if (!isCalled) return", "if (false) return"],
      [
        "an answer is sent hours late",
        "if (now() - outgoing.queuedAt > LIFETIMES_MS[outgoing.priority]) {",
        "if (false) {",
      ],
      [
        "an answer that Telegram refuses to show one person alone is lost",
        '!PASSING.has(failure.kind) && outgoing.extras.has("aside")',
        "false",
      ],
      ["an edit without a change counts as failed", "outgoing.unchanged();", 'outgoing.fail("bad_request");'],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/delete-messages.ts",
    [OUTBOX],
    [
      [
        "refused deletions are forgotten",
        'return apart.every((isDone) => isDone) ? "done" : "later";',
        'return "done";',
      ],
      ["a chat that removed the bot is asked for ever", 'new Set(["blocked", ', "new Set(["],
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
      [
        "a prompt that remains does not show at once what is being sent",
        "changed.length === batch.links.length && ",
        "",
      ],
      ["anybody in a group can press another's buttons", "await refusal(mayPress, context, links)", "undefined"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/group-budget.ts",
    ["test/unit/telegram/outbox/group-budget.test.ts"],
    [["prompts use up a group's last messages", "  prompt: 17,", "  prompt: 20,"]],
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
      ["an early call shortens the pace", "now() + left(id) + everyMs", "now() + everyMs"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/call-params.ts",
    [OUTBOX, "test/e2e/chats.test.ts"],
    [
      [
        "a message id of the old group deletes one of the new group",
        '["message_id", "message_ids", "ephemeral_message_id"].some((id) => id in rest)',
        "false",
      ],
      ["every message rings", "{ disable_notification: true } : {}", "{} : {}"],
      [
        "an answer follows its message into a closed topic",
        "if (rest.ephemeral_message_parameters === undefined) delete",
        "if (false) delete",
      ],
      [
        "an answer aside in a closed topic answers nothing",
        "if (rest.ephemeral_message_parameters === undefined) ",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/chat-queues.ts",
    [OUTBOX],
    [
      [
        "an older edit is sent after a newer one",
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
      ["each chat learns on its own that Telegram is away", "if (before > 0) isShut = true;", ""],
      ["an answer to one call does not end the waits of others", "waiting?.abort();", "return;"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/outbox/outbox.ts",
    [OUTBOX],
    [
      ["Telegram's retry_after is ignored", "if (retryMs > 0) pause(queue, retryMs);", ""],
      [
        "a message that makes Telegram fail blocks its chat",
        "queues.putBack(taken, { isLast })",
        "queues.putBack(taken)",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/client/confirmation.ts",
    ["test/unit/telegram/client/confirmation.test.ts"],
    [
      ["an update is confirmed before its sender got an answer", 'held.set(id, "waits");', ""],
      ["an update without a result is confirmed", "if (may) release(id);", "release(id);"],
      ["an update without a result is not handled again", ' || held.get(id) === "again"', ""],
      ["updates after a held one are handled twice", "done.add(id);", "continue;"],
      ["an update that Telegram no longer has is waited for", "if (id < newest && !ids.has(id)) release(id);", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/commands/direct-links.ts",
    ["test/unit/telegram/commands/direct-links.test.ts"],
    [
      [
        "a link is lost if its sender got no answer",
        "const otherwise = (first: boolean, second: Promise<boolean>) => first || second;",
        "const otherwise = (_: boolean, __: Promise<boolean>) => true;",
      ],
      ["one reported outcome counts for all", "told.every(Boolean)", "told.some(Boolean)"],
      ["a noted link waits for its answer to be sent", "if (directs.every(({ isKept }) => isKept)) return true;", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/client/long-poll.ts",
    [POLL],
    [
      ["a stop confirms updates that were not handled", "handled(updates, unhandled)", "handled(updates, [])"],
      ["two updates at once are suspected of a crash", "firstBatch ? 1 : CHATS_AT_ONCE", "CHATS_AT_ONCE"],
      [
        "a proxy that answers at once makes the poll spin",
        "Math.max(0, LEAST_GAP_MS - Math.abs(now() - askedAt))",
        "0",
      ],
      ["a clock that is set back stops the poll", "Math.abs(now() - askedAt)", "(now() - askedAt)"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/client/update-batch.ts",
    ["test/unit/telegram/client/update-batch.test.ts"],
    [
      ["updates begin without a check that they can be noted", "if (chatsAtOnce > 1) await writable();", ""],
      ["the check runs twice before the first update", "let isLooked = noted !== undefined;", "let isLooked = false;"],
      ["the check runs only before the first update of a batch", "isLooked = false;\n", "\n"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/client/update-batch.ts",
    [BATCH, POLL],
    [
      ["an update has one try too few", "if (tries > MAX_TRIES) {", "if (tries >= MAX_TRIES) {"],
      ["an update that ended stays suspected", "if (noted === undefined) forget([id], known);", ""],
      ["updates that ended together stay suspected", "if (noted !== undefined) forget(ids, noted);", ""],
      ["a stop begins further updates", "if (stop.aborted) return;", ""],
      ["a hanging update blocks all others", "await within(handled, { ms: LIMIT_MS, wait })", "await handled"],
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
        "two bots delete each other's webhook for ever",
        "if (Math.abs(now() - webhookDeletedAt) < WEBHOOK_AGAIN_MS)",
        "if (false)",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/client/failover.ts",
    [FAILOVER],
    [
      ["an unstable route is used again at once", "health.streak >= STEADY && ", ""],
      ["one failure counts as the end of a route", 'result.state === "ok" || healths.length === 1', "true"],
      ["the switch of routes does not wake waiting calls", "renewal.abort();", ""],
    ],
  ),
];
