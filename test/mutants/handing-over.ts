import { breakagesOf, type Mutant } from "./mutant.ts";

const SHARED = "test/unit/service/dispatch/shared-commits.test.ts";
const DISPATCHER = "test/unit/service/dispatch/dispatcher.test.ts";
const OUTCOMES = "test/unit/service/dispatch/outcomes.test.ts";
const UNCERTAIN = "test/unit/service/dispatch/uncertain.test.ts";
const WRITTEN = "test/unit/service/dispatch/write-directs.test.ts";
const DIRECT = "test/unit/service/dispatch/direct.test.ts";
const CRASH = "test/unit/service/crash.test.ts";

export const handingOver: readonly Mutant[] = [
  ...breakagesOf(
    "src/service/dispatch/dispatcher.ts",
    ["test/unit/service/dispatch/windows.test.ts"],
    [["a window opens and nobody looks", "if (registry.hasOpened()) requeue.routingChanged();", ""]],
  ),
  ...breakagesOf(
    "src/service/fleet/candidates.ts",
    ["test/unit/service/dispatch/windows.test.ts"],
    [["a server gets links outside of its hours", ".filter((name) => shut(link.url, name, now()) === undefined)", ""]],
  ),
  ...breakagesOf(
    "src/service/dispatch/deliver.ts",
    [DISPATCHER],
    [
      ["an accepted link stays in the queue", "store.links.remove(claimed.id) ?? claimed", "claimed"],
      ["the messages of a sent link stay", "...forgetMessages(store, link, now())", "sharesPrompt: false"],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/dispatcher.ts",
    [DISPATCHER, UNCERTAIN, OUTCOMES],
    [
      ["one link more than may be is under way", "const limit = room();", "const limit = room() + 1;"],
      [
        "the hold of an uncertain link ends while nobody runs",
        "if (attempt !== undefined) store.attempts.open({ ...attempt, startedAt: now() });",
        "",
      ],
      ["a stop claims more", "draining = true;", ""],
      ["all counts as handed over while calls are under way", "moreIsDue || inFlight.size > 0 ||", "moreIsDue ||"],
      ["links of an unreachable downloader are unmatched", "const [awaited] = unreachable;", "const [awaited] = [];"],
      ["links are claimed before everything is written", "if (!outcomes.flushPending()) return;", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/rest.ts",
    [DISPATCHER],
    [
      ["all counts as handed over while nothing was", "hasClaimed && !isBusy()", "!isBusy()"],
      ["all counts as handed over before that is written", " || !outcomes.flushPending()", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/dispatcher.ts",
    [SHARED],
    [
      ["what has ended is claimed for in a commit of its own", "await together(claim);", "store.transaction(claim);"],
      ["a stop forgets what has just ended", "await outcomes.settled();", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/together.ts",
    ["test/unit/service/together.test.ts"],
    [
      ["what hangs together is stored in part", "failAll(all.slice(nth), error);", "fail(error);\n          continue;"],
      [
        "a full disk is filled by everybody anew",
        "error instanceof StoreUnavailable) failAll(all, error);",
        "false) {}",
      ],
      ["the event loop stands for a second", "if (monotonic() >= until) break;", ""],
      ["a bug in one stops the event loop", "if (monotonic() >= until) {", "if (false) {"],
      ["each of them waits for the disk", "1) setImmediate(runSome)", "1) runSome()"],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/turns.ts",
    [DISPATCHER],
    [
      ["the links of one chat hold up all others", "waiting.push(chatId);", "waiting.unshift(chatId);"],
      ["each look begins with the same chat", "else last = chatId;", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/outcomes.ts",
    [OUTCOMES, UNCERTAIN, DISPATCHER, SHARED],
    [
      ["being unreachable costs an attempt", 'if (lastError.reason === "unreachable") {', "if (false) {"],
      [
        "nobody knows that a call may still be carried out",
        "if (result.isMissing) remember(link, result.downloader);",
        "",
      ],
      ["there is one attempt too many", "attempts >= settings.maxAttempts", "attempts > settings.maxAttempts"],
      ["an outcome that cannot be written is forgotten", "pending.push(unwritten);", ""],
      ["an outcome that cannot be written again is forgotten", "pending.unshift(next);", ""],
      ["a bug in recording a link leaves it claimed", "otherwise();", ""],
      ["whoever may have a link is asked as often as at first", "store.attempts.asked(claimed.id);", "{}"],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/reconciler.ts",
    [UNCERTAIN],
    [
      [
        "a duplicate leaves its holder, which is silent",
        'return isMissing ? result : { kind: "accepted", downloader: holder };',
        "return result;",
      ],
      [
        "a link is handed to the same one for ever",
        "if (listed === false && !wasMissing(",
        "if (listed === false || !(",
      ],
      ["a clock that leaps back holds a link for longer", "if (now() < startedAt) hold(link, downloader);", ""],
      [
        "whoever was silent downloads it as well",
        "if (duplicateOf(link)?.downloader === downloader) return;",
        "if (true) return;",
      ],
      [
        "what is refused at the second time is downloaded by the first call as well",
        'if (again.kind !== "rejected") return again;\n    supersede(link, downloader);',
        'if (again.kind !== "rejected") return again;',
      ],
      [
        "what goes to a duplicate's holder is downloaded by the first call as well",
        "supersede(link, downloader);\n      return followDuplicate",
        "return followDuplicate",
      ],
      [
        "what was missing while the clock was ahead is missing now",
        "return !isAloneAhead(superseded.since, { other: startedAt, now: now() });",
        "return true;",
      ],
      ["a lost download is followed", 'duplicate?.state === "open" || duplicate?.state === "done"', "true"],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/submitter.ts",
    [UNCERTAIN, DISPATCHER, OUTCOMES, CRASH],
    [
      [
        "a duplicate is sent in another spelling",
        "submit({ ...request, url }, [downloader])",
        "submit(request, [downloader])",
      ],
      [
        "a holder that refuses and has it loses its duplicate",
        "mayLackIt && (await isListed(downloader, request.key)) === false",
        "mayLackIt",
      ],
      ["a crash forgets who was called", "recordAttempt(request.id, name);", ""],
      [
        "an entry of when the clock was ahead is a new one",
        "closedAt > since && !isAloneAhead(closedAt, { other: since, now: now() })",
        "closedAt > since",
      ],
      [
        "whoever cannot be reached hides who refused",
        'kind !== "never_sent" || failure.reason === "unreachable"',
        "true",
      ],
      [
        "a list that cannot be read is an empty one",
        "return undefined;\n    }\n  }\n\n  async",
        "return false;\n    }\n  }\n\n  async",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/requeue.ts",
    [DISPATCHER],
    [
      ["who is back is not asked", "if (mayBeBack) store.links.update(id, { sendAt: now() });", ""],
      ["coming and going uses up attempts", "{ ...dueNow(), attempts: link.attempts - 1 }", "dueNow()"],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/write-directs.ts",
    [DIRECT, WRITTEN],
    [
      ["a kill before the journal is empty records twice", "isSince(one) || ", ""],
      ["what cannot be stored holds up the rest", "if (first !== undefined && others.length === 0)", "if (first)"],
      ["nobody hears that a link cannot be stored", "events: [notStored(first)]", "events: []"],
      ["whoever may have a link is not asked", 'isAlone ? "uncertain" : "queued"', '"queued"'],
      ["a second download stays, of a link that could not be read", "(holder ?? name) === name", "true"],
      ["a link is asked for beside its duplicate", "holder === undefined && !store.links", "!store.links"],
      ["two links of one key are on their way", "&& !store.links.ofKey(queued.key).some(isBeingHandedOver)", ""],
      ["whoever got a link although it is elsewhere goes on", "else leaveTo(holder, entry);", ""],
      ["a downloader is told to drop what it has for another chat", "|| name === holder) return;", ") return;"],
      ["another spelling is another downloader", "?? registry.all().find(isSame)", ""],
      ["a chat is told twice of one download", " || isThere(one)", ""],
      [
        "a chat waits for a downloader that was removed",
        'state === "open" && registry.byName(downloader) !== undefined',
        'state === "open"',
      ],
      [
        "whoever got a link that is on its way goes on",
        "leaveTo(store.attempts.byLink(queued.id)?.downloader, entry);",
        "",
      ],
      ["whoever got what its chat has already goes on", "leaveTo(known.downloader, entry);", ""],
      ["a second message with a link stays", "[link.messageId, ...alsoIn]", "[link.messageId]"],
      ["a message goes before its last link", "if (!isAwaited) releaseMessage", "releaseMessage"],
      [
        "a link that its chat has removed is not sent again",
        'if (before?.state !== "removed") return before;',
        "if (before !== undefined) return before;",
      ],
      [
        "nobody hears that a noted link is in the queue",
        'isNew ? { kind: "queued", link: queued } : undefined',
        "undefined",
      ],
      [
        "a link is taken for one of when the clock was ahead",
        "acceptedAt >= createdAt && !isAloneAhead",
        "acceptedAt >= createdAt || isAloneAhead",
      ],
      [
        "a late call past the queue is forgotten",
        "for (const name of superseded) store.supersededSubmissions.add",
        "void",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/direct-ledger.ts",
    [DIRECT],
    [
      [
        "a kill forgets what went past the queue",
        "for (const [id, entry] of journal.left())",
        "for (const [id, entry] of [])",
      ],
      ["a kill brings back what its owner has removed", "journal.forget([...written])", "true"],
      [
        "a kill forgets some links of a message, which goes with the others",
        "journal.add(added)",
        "[...added].map(([id, entry]) => journal.write(id, entry)).some(Boolean)",
      ],
      [
        "what the database does not take is forgotten",
        "const isEmpty = entries.size === 0 && !isForNextLife;",
        "const isEmpty = entries.size === 0;",
      ],
      ["all is written in one go", "if (batch.length >= ENOUGH_FOR_A_FLUSH) break;", ""],
      [
        "a message is written in parts",
        "if (!together.some(({ id }) => held.has(id))) batch.push(...together);",
        "batch.push(...together.filter(({ id }) => !held.has(id)));",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/direct-hand-over.ts",
    [DIRECT],
    [
      ["a call past the queue is not asked for a second time", "await wait(ASK_AGAIN_MS, over);", ""],
      ["a stop goes on trying", "if (over.aborted || draining.signal.aborted) return;", "if (over.aborted) return;"],
      ["two chats begin the same download", "const before = ofKey.get(link.key);", "const before = undefined;"],
    ],
  ),
];
