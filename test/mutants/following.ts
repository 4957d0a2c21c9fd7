import { breakagesOf, type Mutant } from "./mutant.ts";

const TRACKER = "test/unit/service/tracking/tracker.test.ts";
const LEAPS = "test/unit/service/tracking/clock-leaps.test.ts";
const REGISTRY = "test/unit/service/fleet/registry.test.ts";
const FLEET = "test/unit/service/fleet/fleet.test.ts";

export const following: readonly Mutant[] = [
  ...breakagesOf(
    "src/service/tracking/superseded.ts",
    [TRACKER],
    [
      ["the only downloader that has a link is told to drop it", "if (other === undefined) continue;", ""],
      [
        "a downloader with an open download of its own is told to drop it",
        "if (!isItsOwn) {",
        "if (other !== undefined) {",
      ],
      ["an earlier finished download ends the wait for a late call", "acceptedAt >= since", "acceptedAt >= 0"],
      [
        "an entry from a clock that was ahead ends the wait for a late call",
        " && !isAloneAhead(acceptedAt, { other: since, now: now() })",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/verdict.ts",
    [TRACKER],
    [
      ["every remark of a downloader counts as trouble", 'remark?.kind === "trouble" ?', "remark !== undefined ?"],
      [
        "looks without the sender's part count towards done",
        "hasSender ? counted(before?.withSender, now) : before?.withSender",
        "counted(before?.withSender, now)",
      ],
      [
        "a download that may be with the sender counts as lost",
        "mayBeWithSender(delivery.status) && !isSeenWithoutIt(absence)",
        "!isSeenWithoutIt(absence) && false",
      ],
      [
        "a done entry that came and went unseen counts as lost",
        "isSudden && withSender.since - since < LOST_AFTER_MS",
        "isSudden",
      ],
      ["a failure that was reported is reported again as lost", "isTold: hasFailedThere(delivery)", "isTold: false"],
      ["a link is lost after one look", "if (absence.looks < LOST_AFTER_LOOKS) return {};", ""],
      ["a clock that is set back prolongs a wait", "Math.min(before?.since ?? now, now)", "before?.since ?? now"],
      [
        "a link that its downloader finished before counts as done at once",
        "delivery.status === null && of.doneBefore()",
        "of.doneBefore()",
      ],
      [
        "a silent sender is waited for without end",
        'return { change: { state: "unknown", seenAt: before, closedAt: now }, event: "unknown" };',
        "return {};",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/verdict.ts",
    [TRACKER, LEAPS],
    [
      ["an old sighting by a clock that was ahead counts as new", "Math.min(seenAt, now - 1)", "seenAt"],
      ["a new sighting does not count after the clock is set back", "Math.max(now, delivery.closedAt ?? now)", "now"],
      [
        "an unchanged unknown download is written at each look",
        "if (isSeenAgain(delivery) && status === delivery.status) return {};",
        "",
      ],
      [
        "a sighting from before the clock was set back counts as recent",
        "return now >= at && now - at < ms;",
        "return now - at < ms;",
      ],
      [
        "a clock that was ahead prolongs the wait for a removed downloader",
        "if (since > now) return",
        "if (false) return",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/unsettled.ts",
    [TRACKER],
    [
      ["an unknown download counts as done without a sighting at the sender", "seenAt >= closedAt", "true"],
      ["a link that was sent again is reported twice", "other.id > id", "false"],
      [
        "an unknown download is looked for without end",
        "if ((closedAt ?? 0) < now() - LOOKED_FOR_MS) known.delete(id);",
        ";",
      ],
      [
        "a download that another look settled is judged again",
        'if (delivery?.state !== "unknown") return undefined;',
        "if (delivery === undefined) return undefined;",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/tracker.ts",
    [TRACKER, "test/unit/service/tracking/long-looks.test.ts", "test/e2e/deliveries.test.ts"],
    [
      [
        "the message of a finished download stays",
        "if (verdict.change?.closedAt !== undefined) release(delivery);",
        "",
      ],
      [
        "a hanging downloader is asked again and again at the same time",
        "!asking.has(name) && schedule.isDue(name)",
        "schedule.isDue(name)",
      ],
      ["an answer that comes after the stop is stored", 'stopped ? "idle" : await compare', "await compare"],
      ["a long look goes on after the stop", "if (after > 0 && stopped) return;", ""],
      ["a long list is stored in one turn of the event loop", "if (after > 0) await setImmediate();", ""],
    ],
  ),
  ...breakagesOf(
    "src/domain/downloads.ts",
    ["test/unit/domain/downloads.test.ts"],
    [
      [
        "an old entry hides a link that was sent again",
        "if (other === undefined || isLessFinished(download, other)) found.set(key, download);",
        "found.set(key, download);",
      ],
      [
        "a download that waits for the sender counts as being sent",
        'status === "SENDING" || status === "DONE"',
        'status !== "NEW"',
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/registry.ts",
    [REGISTRY],
    [
      ["a downloader that registers again loses its pause", "paused: previous?.paused ?? false,", "paused: false,"],
      ["each answer of a downloader is stored", "failures !== downloader.failures && failures <=", "failures <="],
      ["an old copy brings a removed downloader back", "!rows.has(name) && !late.has(name)", "false"],
      ["a registration without changes is stored", "if (isAsStored) unsaved.heard(name);", "if (false) return;"],
      ["a new address is not stored", "takesTheSame && !moved && previous", "takesTheSame && previous"],
      [
        "the failures of a returned downloader come back at a restart",
        "!moved && previous.failures === 0 &&",
        "!moved &&",
      ],
      [
        "a registration that could not be stored is never stored",
        "previous.failures === 0 && unsaved.isStored(name)",
        "previous.failures === 0",
      ],
      [
        "a registration is answered before it is stored",
        "return isAsStored ? Promise.resolve() : registry.saveTogether();",
        "void registry.saveTogether();\n      return Promise.resolve();",
      ],
      [
        "the queue is searched for each downloader that registers again",
        "...(takesTheSame && { roots: previous.roots }),",
        "",
      ],
      ["links that new roots allow keep waiting", "if (!takesTheSame) routing.changed();", ""],
      ["a late registration does not meet its own row of the table", "else meet(row, arrival);", "else learn(row);"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/unsaved.ts",
    [REGISTRY],
    [
      ["a waiting change counts as stored", "stored.delete(name);", ""],
      ["storing one change drops those that could not be stored", "changed.delete(name);", "changed.clear();"],
      ["the time of the last contact is lost at a restart", "for (const name of heard)", "for (const name of [])"],
      ["a change during a commit counts as stored", "if (changed.get(name) === change) saved", "saved"],
      ["a change that is added during a commit is in no commit", "isAsked = false;\n        for", "for"],
      ["after a failed commit, changes no longer share one", "isAsked = false;\n      if", "if"],
      ["registrations at the same time share no commit", "if (changed.size > 0 && !isAsked)", "if (changed.size > 0)"],
      [
        "a removed downloader comes back after a restart",
        "if (downloader === undefined) table.remove(name);",
        "if (downloader === undefined) return;",
      ],
      ["a change that was just stored is stored again at the stop", "heard.delete(name);", ""],
      ["a change that a commit did not take counts as stored", "save();\n    }\n  }", "changed.clear();\n    }\n  }"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/late-arrivals.ts",
    [REGISTRY],
    [
      ["a late name that matches two rows hides the next one", "if (found !== undefined) names.remove(found);", ""],
      [
        "a late name with a row of its own is compared with others",
        "if (!rows.has(name)) names.add(name);",
        "names.add(name);",
      ],
      ["a pause that an admin ended comes back", "decided.has(name) ? paused : row.paused", "row.paused"],
      ["a late registration keeps the address of the table", "arrived.has(name) ? downloader : row", "row"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/name-claims.ts",
    [REGISTRY],
    [
      [
        "late registrations exceed the limit of the table",
        "newcomers.slice(Math.max(0, newcomers.length - tooMany))",
        "[]",
      ],
      ["a full table removes known downloaders", ".filter(({ name }) => !table.has(name));", ".reverse();"],
      [
        "another spelling of a name counts as another downloader",
        'found.is === "same" || (found.is === "spelling" && !deps.bindsNames)',
        'found.is === "same"',
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/order.ts",
    [REGISTRY],
    [
      [
        "failing downloaders are tried like all others",
        "reachable.length > 0 ? reachable : failing",
        "[...reachable, ...failing]",
      ],
      [
        "unusable downloaders are tried like all others",
        "[...drawn.filter((name) => !of.isAvoided(name)), ...drawn.filter(of.isAvoided)]",
        "drawn",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/registration-log.ts",
    ["test/unit/service/fleet/registration-log.test.ts"],
    [
      ["a downloader that registers in a loop fills the log", "since < AGAIN_MS", "false"],
      ["a clock that is set back silences the log", "since >= 0 && ", ""],
      ["a new address is not in the log", "!moved && ", ""],
      ["the return of a removed downloader is not logged", "toldAt.delete(name)", "name"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/known-names.ts",
    ["test/unit/service/fleet/known-names.test.ts", REGISTRY],
    [
      ["a name that looks like another is accepted", "looks.find((one) => one !== undefined)", "undefined"],
      ["a removed name blocks its other spelling", "drop(spellings, foldedName(name), name);", ""],
      [
        "a removed name blocks lookalikes",
        "for (const look of known.get(name) ?? []) drop(lookalikes, look, name);",
        "",
      ],
      ["a removed name is still known", "known.delete(name);", ""],
      [
        "a lookalike capital letter is accepted",
        '[skeleton(foldedName(skeleton(name.normalize("NFKC")))), skeleton(foldedName(name))]',
        "[skeleton(foldedName(name))]",
      ],
      ["a lookalike small letter is accepted", ", skeleton(foldedName(name))];", "];"],
    ],
  ),
  ...breakagesOf(
    "src/domain/downloader-name.ts",
    [REGISTRY],
    [["names that differ only in case count as different", ".toUpperCase().toLowerCase()", ""]],
  ),
  ...breakagesOf(
    "src/service/fleet/downloader-states.ts",
    [REGISTRY],
    [
      ["errors add up although links were taken in between", 'if (outcome === "accepted") errors.delete(name);', ""],
      ["a clock that is set back prolongs an ejection", "left > 0 && left <= ejectionMs(times)", "left > 0"],
      ["an unreachable downloader is tried", 'if (exchange === "unconnected") unconnected.add(name);', ""],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/health-monitor.ts",
    ["test/unit/service/fleet/health-monitor.test.ts"],
    [
      ["a clock that is set back ends the checks", " || at < since;", ";"],
      ["an outage of the bot's own network is not reported as such", "if (isOurs) tell({", "if (false) tell({"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/usability.ts",
    ["test/unit/service/fleet/usability.test.ts"],
    [
      [
        "the same problem is reported to admins at each call",
        'if (isNews) tell({ kind: "unusable"',
        'tell({ kind: "unusable"',
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/fleet.ts",
    [FLEET],
    [["a link accepted by a clock that was ahead counts as new for hours", " || delivery.acceptedAt > now()", ""]],
  ),
  ...breakagesOf(
    "src/service/fleet/removal.ts",
    [FLEET],
    [
      [
        "one owner can end a download that others share",
        'if (owned().some((one) => one.state === "open" && !mayRemove(one))) {',
        "if (false) {",
      ],
      ["everybody can remove all downloads", 'actor.role !== "admin" && !owned().some(mayRemove)', "false"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/ownership.ts",
    [FLEET],
    [
      [
        "a chat still owns a download that it removed",
        '({ state }) => state !== "removed"',
        "({ state }) => state !== undefined",
      ],
      ["a download on another server makes a chat an owner here", "one.downloader === downloader && ", ""],
    ],
  ),
];
