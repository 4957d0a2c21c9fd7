import { breakagesOf, type Mutant } from "./mutant.ts";

const ENQUEUE = "test/unit/service/queue/enqueue.test.ts";
const RETENTION = "test/unit/service/cleanup/message-retention.test.ts";

export const queue: readonly Mutant[] = [
  ...breakagesOf(
    "src/service/queue/enqueue.ts",
    [ENQUEUE],
    [
      [
        "a link that was just removed cannot be sent again",
        "if (removed !== undefined) store.links.remove(removed.id);",
        "",
      ],
      ["a repeated link is queued without a question", 'cameAt.has(key) ? "asking" : "queued"', '"queued"'],
      [
        "a link that is being downloaded is queued again",
        "delivery !== undefined && !hasFailedThere(delivery)",
        "false",
      ],
      ["a link that failed at its downloader cannot be sent again", " && !hasFailedThere(delivery)", ""],
      [
        "an edit is handed over twice while the database is locked",
        " || arrival.isEdit) throw error;",
        ") throw error;",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/queue/queue.ts",
    ["test/unit/service/queue/queue.test.ts"],
    [
      ["everybody can manage all links", 'if (!mayManage(actor, link)) return { kind: "not_yours" };', ""],
      [
        "a press changes a link that is being sent",
        'return isBeingHandedOver(link) ? { kind: "being_sent", link } : change(link);',
        "return change(link);",
      ],
      [
        "an undone link waits for ever",
        'const state = waits ? "queued" : link.undo.state;',
        "const { state } = link.undo;",
      ],
      ["everybody sees all links", 'all && actor.role === "admin"', "all"],
      ["a removed link is never deleted", "store.links.remove(link.id);", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/queue/quota.ts",
    ["test/unit/service/queue/quota.test.ts"],
    [
      ["the last link that a chat may have is refused", "open + added > maxOpen", "open + added >= maxOpen"],
      ["a chat can exceed its limit by one link", "open + keys.length <= maxOpen", "open <= maxOpen"],
      ["a link that is already queued needs room", "links.byKey(chatId, key) === undefined", "true"],
    ],
  ),
  ...breakagesOf(
    "src/service/queue/prompts.ts",
    ["test/unit/service/queue/prompts.test.ts"],
    [
      [
        "a prompt that comes after the link was sent stays",
        "waiting.length === 0 ? [promptId] :",
        "waiting.length === 0 ? [] :",
      ],
      [
        "a change while a prompt is being sent is never shown",
        "Number(shown !== undefined && !areAsShown(waiting, shown))",
        "0",
      ],
      ["a prompt that is up to date is stored again", "unshownChanges > 0)", "unshownChanges >= 0)"],
      [
        "a prompt is edited once for each of its links",
        "...new Map(found.map((link) => [batchOf(link), { id: batchOf(link), chatId: link.chatId }])).values(),",
        "...found.map((link) => ({ id: batchOf(link), chatId: link.chatId })),",
      ],
      [
        "a group's prompt is taken for another message of the supergroup that it became",
        "if (chatId !== sentTo) return { attached: waiting, spare: [] };",
        "",
      ],
      ["a prompt that is used again is deleted", "deletions.done(batch.chatId, [promptId]);", ""],
      ["a lost prompt takes the newer one with it", "if (current(batchId)?.promptId !== promptId)", "if (false)"],
    ],
  ),
  ...breakagesOf(
    "src/service/queue/shared-prompt.ts",
    ["test/unit/service/queue/shared-prompt.test.ts"],
    [
      ["a burst never ends", "createdSince: now() - burstMs,", "createdSince: 0,"],
      ["a prompt grows without limit", "own === undefined && (isFull || isOld)", "own === undefined && isOld"],
      ["links are added to an old prompt", "(isFull || isOld)", "isFull"],
    ],
  ),
  ...breakagesOf(
    "src/service/queue/resend.ts",
    ["test/unit/service/queue/resend.test.ts"],
    [
      [
        "everybody can send all links again",
        "delivery === undefined || !mayManage(actor, delivery)",
        "delivery === undefined",
      ],
      [
        "a second press does not say where the link is",
        'return knownAgain(delivery) ?? { kind: "outdated" };',
        'return { kind: "outdated" };',
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/queue/failed-downloads.ts",
    ["test/unit/service/queue/failed-downloads.test.ts"],
    [
      ["everybody can send again what others wait for", ' || actor.role !== "admin"', ""],
      ["running downloads are sent again with the failed ones", ' && one.state === "open" && hasFailedThere(one)', ""],
      ["an admin removes what others wait for", 'chatId, role: "user" }', 'chatId, role: "admin" }'],
      ["each link waits for a server that is silent", 'if (removal === "silent") away.add(downloader);', ""],
      ["what a server tries again is removed as failed", " || (shown && !saysItFailed(shown))", ""],
    ],
  ),
  ...breakagesOf(
    "src/telegram/commands/queue-whole.ts",
    ["test/e2e/queue-again.test.ts"],
    [["links that were brought back are called removed", 'isUndone ? "" : note', "note"]],
  ),
  ...breakagesOf(
    "src/service/queue/bulk.ts",
    ["test/unit/service/queue/bulk.test.ts"],
    [
      ["a link that left a list is changed with it", " || partOf(before.link) !== part) return", ") return"],
      ["everybody can change the links of others in a list", "return mayChange(before.link) ?", "return true ?"],
      ["two removals are restored as one", "until += 1;", "break;"],
      ["only the first of many links are restored", "after = slice.at(-1)?.id;", "after = undefined;"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/commands/shown-lists.ts",
    ["test/unit/telegram/commands/shown-lists.test.ts", "test/property/presses.test.ts"],
    [
      [
        "a press on an old list changes the links of the new one",
        "shown.get(list) ?? current(actor, part)",
        "current(actor, part)",
      ],
      ["a list is mistaken for another", "listCode(actor, part, ids) === list ? ids : undefined", "ids"],
    ],
  ),
  ...breakagesOf(
    "src/service/cleanup/message-retention.ts",
    [RETENTION, "test/unit/service/dispatch/dispatcher.test.ts"],
    [
      ["a message goes with the first of its links", 'if (use === "queued") return;', ""],
      ["a prompt goes with the first of its links", "promptId !== null && !sharesPrompt", "promptId !== null"],
      ["a message is kept until Telegram no longer deletes it", "Math.min(afterMs, DELETABLE_MS)", "afterMs"],
    ],
  ),
  ...breakagesOf(
    "src/service/cleanup/message-sweeper.ts",
    ["test/unit/service/cleanup/message-sweeper.test.ts"],
    [
      ["a deletion is started twice", "busy.add(chatId);", ""],
      ["a chat's messages are deleted one by one", "deletions.dueOfOneChat(until,", "deletions.dueOfOneChat(now(),"],
      ["a stop goes on deleting", "while (!stopped && underWay < CHATS_AT_ONCE)", "while (underWay < CHATS_AT_ONCE)"],
      ["a message is deleted too early", "else void waits.then(() => line(withLater(batch)));", "else line(batch);"],
      [
        "messages that come due later are deleted too early",
        " || (!isAll && whenReady(batch.chatId) !== undefined)",
        "",
      ],
      [
        "waiting chats take the places of others",
        "if (waits === undefined) line(batch);",
        "if (waits !== undefined) underWay += 1;\n    if (waits === undefined) line(batch);",
      ],
      [
        "a refused deletion counts as done",
        'const isDone = (await deleteOnce(chatId, due)) === "done";',
        "await deleteOnce(chatId, due);\n      const isDone = true;",
      ],
      [
        "a refused deletion is repeated at once",
        "else if (!stopped) await together(() => deletions.postpone(chatId, ids, now() + RETRY_MS));",
        "",
      ],
      [
        "a deletion is postponed before Telegram is asked",
        "const isDone = (await deleteOnce",
        "await together(() => deletions.postpone(chatId, ids, now() + RETRY_MS));\n      const isDone = (await deleteOnce",
      ],
      ["a deletion that a stop prevents is postponed", "else if (!stopped) await", "else await"],
      ["messages beyond one call wait for the next sweep", "due.length === MOST_IDS || ", ""],
      ["a message that a sweep skips waits for the next one", " || sweep !== ofSweep", ""],
      ["a chat that failed once keeps its messages", "busy.delete(chatId);\n      warn", "warn"],
      ["a deleted message is deleted again", "!gone.get(chatId)?.has(messageId)", "true"],
    ],
  ),
  ...breakagesOf(
    "src/service/late-writes.ts",
    ["test/unit/service/late-writes.test.ts"],
    [
      ["a write overtakes waiting ones", 'if (left === "nothing" && made(change)) return', "if (made(change)) return"],
      ["pending writes stay pending", "if (waiting.some(({ isAlong }) => !isAlong)) storeSome({ all: true });", ""],
      [
        "a write that can go along takes a commit of its own",
        "if (waiting.some(({ isAlong }) => !isAlong)) storeSome",
        "if (waiting.length > 0) storeSome",
      ],
      ["thousands of waiting writes block the event loop", "waiting.splice(0, AT_ONCE)", "waiting.splice(0)"],
      ["waiting writes are lost with another transaction", 'if (flushing) return "more";', ""],
      ["writes to a locked database fill the memory", "if (waiting.length > MOST) waiting.shift();", ""],
      ["writes that come meanwhile wait for the next tick", 'if (left === "more") gather();', ""],
    ],
  ),
  ...breakagesOf(
    "src/service/interval.ts",
    ["test/unit/service/interval.test.ts"],
    [["a tick is rolled back with the transaction that triggered it", "await Promise.resolve();", ""]],
  ),
];
