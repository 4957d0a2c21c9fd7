import { breakagesOf, type Mutant } from "./mutant.ts";

const SHARED = "test/unit/service/dispatch/shared-commits.test.ts";
const DISPATCHER = "test/unit/service/dispatch/dispatcher.test.ts";
const SLOW = "test/unit/service/dispatch/slow.test.ts";
const OUTCOMES = "test/unit/service/dispatch/outcomes.test.ts";
const UNCERTAIN = "test/unit/service/dispatch/uncertain.test.ts";
const WRITTEN = "test/unit/service/dispatch/write-directs.test.ts";
const DIRECT = "test/unit/service/dispatch/direct.test.ts";
const CRASH = "test/unit/service/crash.test.ts";

export const handingOver: readonly Mutant[] = [
  ...breakagesOf(
    "src/service/dispatch/dispatcher.ts",
    ["test/unit/service/dispatch/windows.test.ts"],
    [["the start of a server's hours goes unnoticed", "if (registry.hasOpened()) requeue.routingChanged();", ""]],
  ),
  ...breakagesOf(
    "src/service/fleet/candidates.ts",
    ["test/unit/service/dispatch/windows.test.ts"],
    [["a server gets links outside its hours", ".filter((name) => shut(link.url, name, now()) === undefined)", ""]],
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
      [
        "the hold of an uncertain link ends while the bot is stopped",
        "if (attempt !== undefined) store.attempts.open({ ...attempt, startedAt: now() });",
        "",
      ],
      ["a stop claims more links", "draining = true;", ""],
      ["everything counts as handed over during calls", "moreIsDue || inFlight.size > 0 ||", "moreIsDue ||"],
      ["links are claimed before all outcomes are stored", "if (!outcomes.flushPending()) return;", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/at-rest.ts",
    [DISPATCHER],
    [
      ["everything counts as handed over although nothing was", "hasClaimed && !isBusy()", "!isBusy()"],
      ["everything counts as handed over before that is stored", " || !outcomes.flushPending()", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/dispatcher.ts",
    [SHARED],
    [
      ["a free place is claimed for in a commit of its own", "await together(() =>", "store.transaction(() =>"],
      ["a stop forgets outcomes that just came", "await outcomes.settled();", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/together.ts",
    ["test/unit/service/together.test.ts"],
    [
      [
        "work that depends on failed work is stored",
        "failAll(all.slice(nth), error);",
        "fail(error);\n          continue;",
      ],
      [
        "after a full disk, each piece of work is tried again alone",
        "error instanceof StoreUnavailable) failAll(all, error);",
        "false) {}",
      ],
      ["the event loop is blocked for a second", "if (monotonic() >= until) break;", ""],
      ["a bug in one piece of work blocks the event loop", "if (monotonic() >= until) {", "if (false) {"],
      ["each piece of work waits for the disk on its own", "1) setImmediate(runSome)", "1) runSome()"],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/turns.ts",
    [DISPATCHER],
    [
      [
        "the links of one chat delay all others",
        "waiting.set(chatId, hasUnseen);",
        "waiting = new Map([[chatId, hasUnseen], ...waiting]);",
      ],
      ["each look starts with the same chat", "last = chatId;", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/claims.ts",
    [DISPATCHER, SLOW, "test/unit/service/dispatch/many.test.ts"],
    [
      ["links of an unreachable downloader are unmatched", "leave(link, unreachable)", "leave(link, [])"],
      ["a downloader gets more than it has places", "places.hasRoom(name, claimedFor(name))", "places.hasRoom(name)"],
      ["a link goes to a full downloader although another has room", "[...free, ...full]", "names"],
      ["the first link that cannot go holds up the rest", "turns.passOver(link, full)", "isDone = true"],
      ["a downloader that is full is not asked what it has", 'link.state === "uncertain"', "false"],
      ["all due links are looked at while nobody has room", "isEverybodyBusy() ? undefined : turns", "turns"],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/turns.ts",
    [SLOW],
    [
      ["what waits for room is looked at in each tick", "since >= 0 && since < PASSED_OVER_MS", "false"],
      ["what waits for room never learns of changes", "passed.clear();", ""],
      ["all due links are looked at, however many", "passed.count < MOST_PASSED_OVER", "true"],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/places.ts",
    ["test/unit/service/dispatch/places.test.ts", SLOW],
    [
      [
        "a link that went on keeps its place at the first downloader",
        "take(linkId, downloader) {\n      leave(linkId);",
        "take(linkId, downloader) {",
      ],
      ["a downloader that is silent gets as many links as before", 'outcome === "unknown"', "false"],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/outcomes.ts",
    [OUTCOMES, UNCERTAIN, DISPATCHER, SHARED],
    [
      ["an unreachable downloader costs an attempt", 'if (lastError.reason === "unreachable") {', "if (false) {"],
      [
        "a call that may still be carried out is forgotten",
        "if (result.isMissing) remember(link, result.downloader);",
        "",
      ],
      ["one attempt too many is made", "attempts >= settings.maxAttempts", "attempts > settings.maxAttempts"],
      ["an outcome that cannot be stored is forgotten", "pending.push(unwritten);", ""],
      ["an outcome that cannot be stored twice is forgotten", "pending.unshift(next);", ""],
      ["a bug in recording a link leaves it claimed", "otherwise();", ""],
      [
        "a downloader that may have a link is always asked at the first pace",
        "store.attempts.asked(claimed.id);",
        "{}",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/holder.ts",
    ["test/unit/service/dispatch/direct.test.ts"],
    [["a link goes back to the server that has failed with it", "isInWork(delivery))", 'delivery.state === "open")']],
  ),
  ...breakagesOf(
    "src/service/dispatch/reconciler.ts",
    [UNCERTAIN],
    [
      [
        "a duplicate leaves a holder that is silent",
        'return isMissing ? result : { kind: "accepted", downloader: holder };',
        "return result;",
      ],
      [
        "a link is handed to the same downloader for ever",
        "if (listed === false && !wasMissing(",
        "if (listed === false || !(",
      ],
      ["a clock that is set back prolongs the hold of a link", "if (now() < startedAt) hold(link, downloader);", ""],
      [
        "a downloader that was silent downloads the link as well",
        "if (duplicateOf(link)?.downloader === downloader) return;",
        "if (true) return;",
      ],
      [
        "after a refused second call, the first call downloads as well",
        'if (again.kind !== "rejected") return again;\n    supersede(link, downloader);',
        'if (again.kind !== "rejected") return again;',
      ],
      [
        "a link that goes to a duplicate's holder is downloaded by its first call as well",
        "supersede(link, downloader);\n      return followDuplicate",
        "return followDuplicate",
      ],
      [
        "a look by a clock that was ahead counts as a new look",
        "return !isAloneAhead(superseded.since, { other: startedAt, now: now() });",
        "return true;",
      ],
      ["a lost download is followed", 'isInWork(duplicate) || duplicate.state === "done"', "true"],
      ["a failed download is followed", "isInWork(duplicate) ||", 'duplicate.state === "open" ||'],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/submitter.ts",
    [UNCERTAIN, DISPATCHER, OUTCOMES, CRASH, SLOW],
    [
      [
        "a duplicate is sent in another spelling",
        "submit({ ...request, url, holder: downloader }, [downloader])",
        "submit({ ...request, holder: downloader }, [downloader])",
      ],
      [
        "a duplicate leaves a holder that refuses it but has it",
        "mayLackIt && (await isListed(downloader, request.key)) === false",
        "mayLackIt",
      ],
      ["a crash forgets which downloader was called", "recordAttempt(request.id, name);", ""],
      ["a downloader that is full gets what others refuse", "!places.mayGet(id, name)", "false"],
      ["a link for which nobody has room is given up", 'isWaiting ? { kind: "full" } : ', ""],
      [
        "an entry from a clock that was ahead counts as new",
        "closedAt > since && !isAloneAhead(closedAt, { other: since, now: now() })",
        "closedAt > since",
      ],
      [
        "an unreachable downloader hides another one's refusal",
        'kind !== "never_sent" || failure.reason === "unreachable"',
        "true",
      ],
      [
        "an unreadable list counts as empty",
        "return undefined;\n    }\n  }\n\n  async",
        "return false;\n    }\n  }\n\n  async",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/requeue.ts",
    [DISPATCHER],
    [
      [
        "a returned downloader is not asked about its links",
        "if (mayBeBack) store.links.update(id, { sendAt: now() });",
        "",
      ],
      ["a downloader that comes and goes uses up attempts", "{ ...dueNow(), attempts: link.attempts - 1 }", "dueNow()"],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/write-directs.ts",
    [DIRECT, WRITTEN],
    [
      ["a kill before the journal is emptied records a link twice", "isSince(one) || ", ""],
      [
        "an entry that cannot be stored delays the rest",
        "if (first !== undefined && others.length === 0)",
        "if (first)",
      ],
      ["the loss of a link that cannot be stored is not reported", "events: [notStored(first)]", "events: []"],
      ["a downloader that may have a link is not asked", 'isAlone ? "uncertain" : "queued"', '"queued"'],
      ["a second download remains although the database shows another holder", "(holder ?? name) === name", "true"],
      [
        "a link is asked about although its duplicate has a holder",
        "holder === undefined && !store.links",
        "!store.links",
      ],
      [
        "two links with one key are handed over at once",
        "&& !store.links.ofKey(queued.key).some(isBeingHandedOver)",
        "",
      ],
      ["a downloader keeps a link that another already has", "else leaveTo(holder, entry);", ""],
      ["a downloader is told to drop a link that it has for another chat", "|| name === holder) return;", ") return;"],
      ["another spelling of a name counts as another downloader", "?? registry.all().find(isSame)", ""],
      ["a chat gets two downloads for one link", " || isThere(one)", ""],
      [
        "a chat waits for a removed downloader",
        'state === "open" && registry.byName(downloader) !== undefined',
        'state === "open"',
      ],
      [
        "a downloader keeps a link that is being handed to another",
        "leaveTo(store.attempts.byLink(queued.id)?.downloader, entry);",
        "",
      ],
      ["a downloader keeps a link that its chat already has", "leaveTo(known.downloader, entry);", ""],
      ["a second message with a link stays", "[link.messageId, ...alsoIn]", "[link.messageId]"],
      ["a message is deleted before its last link", "if (!isAwaited) releaseMessage", "releaseMessage"],
      [
        "a link that its chat removed cannot be sent again",
        'if (before?.state !== "removed") return before;',
        "if (before !== undefined) return before;",
      ],
      [
        "a noted link reaches the queue without a report",
        'isNew ? { kind: "queued", link: queued } : undefined',
        "undefined",
      ],
      [
        "a link counts as written although the entry is from a clock that was ahead",
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
        "a kill forgets links that went past the queue",
        "for (const [id, entry] of journal.left())",
        "for (const [id, entry] of [])",
      ],
      ["a kill brings back a link that its owner removed", "journal.forget([...written])", "true"],
      [
        "a kill forgets some links of a message that is then deleted",
        "journal.add(added)",
        "[...added].map(([id, entry]) => journal.write(id, entry)).some(Boolean)",
      ],
      [
        "an entry that the database rejects is forgotten",
        "const isEmpty = entries.size === 0 && !isForNextLife;",
        "const isEmpty = entries.size === 0;",
      ],
      ["everything is stored in one transaction", "if (batch.length >= ENOUGH_FOR_A_FLUSH) break;", ""],
      [
        "the links of one message are stored in parts",
        "if (!together.some(({ id }) => held.has(id))) batch.push(...together);",
        "batch.push(...together.filter(({ id }) => !held.has(id)));",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/dispatch/direct-hand-over.ts",
    [DIRECT],
    [
      ["a call past the queue is not asked about again", "await wait(ASK_AGAIN_MS, over);", ""],
      [
        "a stop tries further downloaders",
        "if (over.aborted || draining.signal.aborted) return;",
        "if (over.aborted) return;",
      ],
      ["two chats start the same download", "const before = ofKey.get(link.key);", "const before = undefined;"],
    ],
  ),
];
