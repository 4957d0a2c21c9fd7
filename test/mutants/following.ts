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
      ["the only one that has a link is told to drop it", "if (other === undefined) continue;", ""],
      ["one that has a link by right is told to drop it", "if (!isItsOwn) {", "if (other !== undefined) {"],
      ["what was done before ends a wait", "acceptedAt >= since", "acceptedAt >= 0"],
      ["a clock that was ahead ends a wait", " && !isAloneAhead(acceptedAt, { other: since, now: now() })", ""],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/verdict.ts",
    [TRACKER],
    [
      ["whatever a downloader says is trouble", 'remark?.kind === "trouble" ?', "remark !== undefined ?"],
      [
        "a list without the sender's part says that it is done",
        "hasSender ? counted(before?.withSender, now) : before?.withSender",
        "counted(before?.withSender, now)",
      ],
      [
        "what may be with the sender is lost",
        "mayBeWithSender(delivery.status) && !isSeenWithoutIt(absence)",
        "!isSeenWithoutIt(absence) && false",
      ],
      [
        "a done entry that has come and gone is forgotten",
        "isSudden && withSender.since - since < LOST_AFTER_MS",
        "isSudden",
      ],
      ["what was told as trouble is told as lost", "isTold: hasFailedThere(delivery)", "isTold: false"],
      ["a link is lost after one look", "if (absence.looks < LOST_AFTER_LOOKS) return {};", ""],
      ["a clock that was set back makes a wait longer", "Math.min(before?.since ?? now, now)", "before?.since ?? now"],
      [
        "what a downloader was done with before is always done",
        "delivery.status === null && of.doneBefore()",
        "of.doneBefore()",
      ],
      [
        "a silent sender is waited for for ever",
        'return { change: { state: "unknown", seenAt: before, closedAt: now }, event: "unknown" };',
        "return {};",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/verdict.ts",
    [TRACKER, LEAPS],
    [
      ["a clock that was ahead has seen it since", "Math.min(seenAt, now - 1)", "seenAt"],
      ["a clock that is set back has not seen it again", "Math.max(now, delivery.closedAt ?? now)", "now"],
      [
        "an unknown end is written at each look",
        "if (isSeenAgain(delivery) && status === delivery.status) return {};",
        "",
      ],
      ["a leap back is a short while", "return now >= at && now - at < ms;", "return now - at < ms;"],
      ["one that is gone is waited for as long as the leap", "if (since > now) return", "if (false) return"],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/unsettled.ts",
    [TRACKER],
    [
      ["an unknown end is done without the sender", "seenAt >= closedAt", "true"],
      ["a link that was sent again is told of twice", "other.id > id", "false"],
      ["an unknown end is looked for for ever", "if ((closedAt ?? 0) < now() - LOOKED_FOR_MS) known.delete(id);", ";"],
      [
        "one that another look has settled is judged again",
        'if (delivery?.state !== "unknown") return undefined;',
        "if (delivery === undefined) return undefined;",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/tracking/tracker.ts",
    [TRACKER, "test/unit/service/tracking/long-looks.test.ts", "test/e2e/deliveries.test.ts"],
    [
      ["messages with reactions stay", "if (verdict.change?.closedAt !== undefined) release(delivery);", ""],
      ["one that hangs is asked more and more", "!asking.has(name) && schedule.isDue(name)", "schedule.isDue(name)"],
      ["an answer after the stop is written", 'stopped ? "idle" : await compare', "await compare"],
      ["a long look goes on after the stop", "if (after > 0 && stopped) return;", ""],
      ["a long list is noted in one turn", "if (after > 0) await setImmediate();", ""],
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
        "what waits for the sender says that the sender was asked",
        'status === "SENDING" || status === "DONE"',
        'status !== "NEW"',
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/registry.ts",
    [REGISTRY],
    [
      [
        "a downloader that registers again is not paused any more",
        "paused: previous?.paused ?? false,",
        "paused: false,",
      ],
      ["each answer is written", "failures !== downloader.failures && failures <=", "failures <="],
      ["an old copy brings a removed downloader back", "!rows.has(name) && !late.has(name)", "false"],
      ["a registration that says nothing new is written", "if (isAsStored) unsaved.heard(name);", "if (false) return;"],
      ["a new address is not stored", "takesTheSame && !moved && previous", "takesTheSame && previous"],
      ["one that is back fails again after a restart", "!moved && previous.failures === 0 &&", "!moved &&"],
      [
        "what could not be stored never is",
        "previous.failures === 0 && unsaved.isStored(name)",
        "previous.failures === 0",
      ],
      [
        "one that registers is told before it is stored",
        "return isAsStored ? Promise.resolve() : registry.saveTogether();",
        "void registry.saveTogether();\n      return Promise.resolve();",
      ],
      ["a fleet that restarts has all looked through", "...(takesTheSame && { roots: previous.roots }),", ""],
      ["new roots get no links", "if (!takesTheSame) routing.changed();", ""],
      ["a late registration is another downloader beside its own row", "else meet(row, arrival);", "else learn(row);"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/unsaved.ts",
    [REGISTRY],
    [
      ["what waits to be stored is taken for stored", "stored.delete(name);", ""],
      ["what cannot be stored is never stored", "changed.delete(name);", "changed.clear();"],
      ["nobody knows after a restart when one was heard of", "for (const name of heard)", "for (const name of [])"],
      ["what changes while it is stored is taken for stored", "if (changed.get(name) === change) saved", "saved"],
      ["what was added while a commit is made is in none", "isAsked = false;\n        for", "for"],
      ["after a commit that failed nothing is stored together", "isAsked = false;\n      if", "if"],
      ["a fleet that registers at once shares no commit", "if (changed.size > 0 && !isAsked)", "if (changed.size > 0)"],
      [
        "what is removed comes back after a restart",
        "if (downloader === undefined) table.remove(name);",
        "if (downloader === undefined) return;",
      ],
      ["what was just written is written again at the stop", "heard.delete(name);", ""],
      ["what a commit did not take is taken for stored", "save();\n    }\n  }", "changed.clear();\n    }\n  }"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/late-arrivals.ts",
    [REGISTRY],
    [
      ["one that the table has twice hides the next", "if (found !== undefined) names.remove(found);", ""],
      ["one that the table has as it is is compared", "if (!rows.has(name)) names.add(name);", "names.add(name);"],
      ["a pause that an admin ended comes back", "decided.has(name) ? paused : row.paused", "row.paused"],
      ["who registered is where the table had it", "arrived.has(name) ? downloader : row", "row"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/name-claims.ts",
    [REGISTRY],
    [
      ["late arrivals pass the bound", "newcomers.slice(Math.max(0, newcomers.length - tooMany))", "[]"],
      ["a full table shuts out known ones", ".filter(({ name }) => !table.has(name));", ".reverse();"],
      [
        "a name that is spelt otherwise is another downloader",
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
        "failing downloaders are tried like any others",
        "reachable.length > 0 ? reachable : failing",
        "[...reachable, ...failing]",
      ],
      [
        "those of no use are tried like any others",
        "[...drawn.filter((name) => !of.isAvoided(name)), ...drawn.filter(of.isAvoided)]",
        "drawn",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/registration-log.ts",
    ["test/unit/service/fleet/registration-log.test.ts"],
    [
      ["who registers in a loop fills the log", "since < AGAIN_MS", "false"],
      ["a clock that leaps back silences the log", "since >= 0 && ", ""],
      ["a new address is not in the log", "!moved && ", ""],
      ["one that was removed comes back without a word", "toldAt.delete(name)", "name"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/known-names.ts",
    ["test/unit/service/fleet/known-names.test.ts", REGISTRY],
    [
      ["a name that looks like another one is let in", "looks.find((one) => one !== undefined)", "undefined"],
      ["a removed name shuts out its other spelling", "drop(spellings, foldedName(name), name);", ""],
      [
        "a removed name shuts out what looks like it",
        "for (const look of known.get(name) ?? []) drop(lookalikes, look, name);",
        "",
      ],
      ["a removed name is known", "known.delete(name);", ""],
      [
        "a capital that looks like another one is let in",
        '[skeleton(foldedName(skeleton(name.normalize("NFKC")))), skeleton(foldedName(name))]',
        "[skeleton(foldedName(name))]",
      ],
      ["a small letter that looks like another one is let in", ", skeleton(foldedName(name))];", "];"],
    ],
  ),
  ...breakagesOf(
    "src/domain/downloader-name.ts",
    [REGISTRY],
    [["names differ by their case", ".toUpperCase().toLowerCase()", ""]],
  ),
  ...breakagesOf(
    "src/service/fleet/downloader-states.ts",
    [REGISTRY],
    [
      ["errors count although links were taken in between", 'if (outcome === "accepted") errors.delete(name);', ""],
      ["a clock that leaps back ejects for long", "left > 0 && left <= ejectionMs(times)", "left > 0"],
      ["one that cannot be connected to is tried", 'if (exchange === "unconnected") unconnected.add(name);', ""],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/health-monitor.ts",
    ["test/unit/service/fleet/health-monitor.test.ts"],
    [
      ["a clock that leaps back ends the checks", " || at < since;", ";"],
      ["our own network looks like many silent downloaders", "if (isOurs) tell({", "if (false) tell({"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/usability.ts",
    ["test/unit/service/fleet/usability.test.ts"],
    [
      [
        "admins are told of the same trouble at each call",
        'if (isNews) tell({ kind: "unusable"',
        'tell({ kind: "unusable"',
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/fleet.ts",
    [FLEET],
    [["what a clock that was ahead has accepted is new for hours", " || delivery.acceptedAt > now()", ""]],
  ),
  ...breakagesOf(
    "src/service/fleet/removal.ts",
    [FLEET],
    [
      [
        "one owner ends the download of all others",
        'if (owned().some((one) => one.state === "open" && !mayRemove(one))) {',
        "if (false) {",
      ],
      ["everybody removes everybody's downloads", 'actor.role !== "admin" && !owned().some(mayRemove)', "false"],
    ],
  ),
  ...breakagesOf(
    "src/service/fleet/ownership.ts",
    [FLEET],
    [
      [
        "what a chat took out is its own still",
        '({ state }) => state !== "removed"',
        "({ state }) => state !== undefined",
      ],
      ["what another server has had is somebody's here", "one.downloader === downloader && ", ""],
    ],
  ),
];
