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
      ["a link that came before goes without a word", 'cameAt.has(key) ? "asking" : "queued"', '"queued"'],
      ["what is being downloaded is queued once more", "delivery !== undefined && !hasFailedThere(delivery)", "false"],
      ["what has failed at its downloader cannot be sent again", " && !hasFailedThere(delivery)", ""],
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
      ["everybody manages everybody's links", 'if (!mayManage(actor, link)) return { kind: "not_yours" };', ""],
      [
        "a press changes what is being sent",
        'return isBeingHandedOver(link) ? { kind: "being_sent", link } : change(link);',
        "return change(link);",
      ],
      [
        "an undone link waits for ever",
        'const state = waits ? "queued" : link.undo.state;',
        "const { state } = link.undo;",
      ],
      ["everybody sees everybody's links", 'all && actor.role === "admin"', "all"],
      ["a removed link is never gone", "store.links.remove(link.id);", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/queue/quota.ts",
    ["test/unit/service/queue/quota.test.ts"],
    [
      ["the last link that a chat may have is refused", "open + added > maxOpen", "open + added >= maxOpen"],
      ["a chat has one link more than it may", "open + keys.length <= maxOpen", "open <= maxOpen"],
      ["a link that is there needs room", "links.byKey(chatId, key) === undefined", "true"],
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
        "what changed while a prompt was sent is never shown",
        "Number(shown !== undefined && !areAsShown(waiting, shown))",
        "0",
      ],
      ["a prompt that shows all is stored as drawn", "unshownChanges > 0)", "unshownChanges >= 0)"],
      [
        "a prompt is edited for each of its links",
        "...new Map(found.map((link) => [batchOf(link), { id: batchOf(link), chatId: link.chatId }])).values(),",
        "...found.map((link) => ({ id: batchOf(link), chatId: link.chatId })),",
      ],
      ["a prompt that is used again is deleted", "deletions.done(batch.chatId, [promptId]);", ""],
      ["a prompt that is gone takes the newer one along", "if (current(batchId)?.promptId !== promptId)", "if (false)"],
    ],
  ),
  ...breakagesOf(
    "src/service/queue/burst.ts",
    ["test/unit/service/queue/burst.test.ts"],
    [
      ["a burst never ends", "createdSince: now() - burstMs,", "createdSince: 0,"],
      ["a prompt gets ever longer", "own === undefined && (isFull || isOld)", "own === undefined && isOld"],
      ["links are added to a prompt that nobody looks at any more", "(isFull || isOld)", "isFull"],
    ],
  ),
  ...breakagesOf(
    "src/service/queue/resend.ts",
    ["test/unit/service/queue/resend.test.ts"],
    [
      [
        "everybody sends everybody's links again",
        "delivery === undefined || !mayManage(actor, delivery)",
        "delivery === undefined",
      ],
      [
        "a second press says nothing of where the link is",
        'return knownAgain(delivery) ?? { kind: "outdated" };',
        'return { kind: "outdated" };',
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/queue/failed-downloads.ts",
    ["test/unit/service/queue/failed-downloads.test.ts"],
    [
      ["everybody sends again what others wait for", ' || actor.role !== "admin"', ""],
      ["what is at work is sent again with what has failed", ' && one.state === "open" && hasFailedThere(one)', ""],
    ],
  ),
  ...breakagesOf(
    "src/service/queue/bulk.ts",
    ["test/unit/service/queue/bulk.test.ts"],
    [
      ["what has left a list is changed with it", " || partOf(before.link) !== part) return", ") return"],
      ["of a list everybody changes what others sent", "return mayChange(before.link) ?", "return true ?"],
      ["two removals come back as one", "until += 1;", "break;"],
      ["only the first of many come back", "after = slice.at(-1)?.id;", "after = undefined;"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/commands/shown-lists.ts",
    ["test/unit/telegram/commands/shown-lists.test.ts", "test/property/presses.test.ts"],
    [
      [
        "a press on an old list changes what is in the new one",
        "shown.get(list) ?? current(actor, part)",
        "current(actor, part)",
      ],
      ["a list is taken for another", "listCode(actor, part, ids) === list ? ids : undefined", "ids"],
    ],
  ),
  ...breakagesOf(
    "src/service/cleanup/message-retention.ts",
    [RETENTION, "test/unit/service/dispatch/dispatcher.test.ts"],
    [
      ["a message goes with the first of its links", 'if (use === "queued") return;', ""],
      ["a prompt goes with the first of its links", "promptId !== null && !sharesPrompt", "promptId !== null"],
      ["a message is kept until it cannot be deleted", "Math.min(afterMs, DELETABLE_MS)", "afterMs"],
    ],
  ),
  ...breakagesOf(
    "src/service/cleanup/message-sweeper.ts",
    ["test/unit/service/cleanup/message-sweeper.test.ts"],
    [
      ["a deletion is begun twice", "busy.add(chatId);", ""],
      ["a chat's messages go one by one", "deletions.dueOfOneChat(until,", "deletions.dueOfOneChat(now(),"],
      ["a stop goes on deleting", "while (!stopped && underWay < CHATS_AT_ONCE)", "while (underWay < CHATS_AT_ONCE)"],
      ["a message goes before it may", "else void waits.then(() => line(withLater(batch)));", "else line(batch);"],
      ["what comes later goes before it may", " || (!isAll && whenReady(batch.chatId) !== undefined)", ""],
      [
        "chats that wait take the places of others",
        "if (waits === undefined) line(batch);",
        "if (waits !== undefined) underWay += 1;\n    if (waits === undefined) line(batch);",
      ],
      [
        "what was refused is taken for deleted",
        'const isDone = (await deleteOnce(chatId, due)) === "done";',
        "await deleteOnce(chatId, due);\n      const isDone = true;",
      ],
      [
        "what was refused is asked for again at once",
        "else if (!stopped) await together(() => deletions.postpone(chatId, ids, now() + RETRY_MS));",
        "",
      ],
      [
        "what is to go is put off before Telegram was asked",
        "const isDone = (await deleteOnce",
        "await together(() => deletions.postpone(chatId, ids, now() + RETRY_MS));\n      const isDone = (await deleteOnce",
      ],
      ["what a stop keeps from going is put off", "else if (!stopped) await", "else await"],
      ["what a call does not take waits for the next sweep", "due.length === MOST_IDS || ", ""],
      ["what a sweep passes over waits for the next one", " || sweep !== ofSweep", ""],
      ["a chat that failed once keeps its messages", "busy.delete(chatId);\n      warn", "warn"],
      ["what is gone is deleted again", "!gone.get(chatId)?.has(messageId)", "true"],
    ],
  ),
  ...breakagesOf(
    "src/service/late-writes.ts",
    ["test/unit/service/late-writes.test.ts"],
    [
      [
        "a later write overtakes those that wait",
        'if (left === "nothing" && made(change)) return',
        "if (made(change)) return",
      ],
      [
        "what goes along is never written",
        "if (waiting.some(({ isAlong }) => !isAlong)) storeSome({ all: true });",
        "",
      ],
      [
        "what goes along costs a commit of its own",
        "if (waiting.some(({ isAlong }) => !isAlong)) storeSome",
        "if (waiting.length > 0) storeSome",
      ],
      ["thousands hold up everybody", "waiting.splice(0, AT_ONCE)", "waiting.splice(0)"],
      ["what waits is lost with a transaction that it is no part of", 'if (flushing) return "more";', ""],
      ["what a locked database does not take fills the memory", "if (waiting.length > MOST) waiting.shift();", ""],
      ["what comes meanwhile waits for the next tick", 'if (left === "more") gather();', ""],
    ],
  ),
  ...breakagesOf(
    "src/service/interval.ts",
    ["test/unit/service/interval.test.ts"],
    [["a tick is undone with the transaction that triggered it", "await Promise.resolve();", ""]],
  ),
];
