import { breakagesOf, type Mutant } from "./mutant.ts";

const OUTCOME = "test/unit/grpc/outcome.test.ts";
const LIMIT = "test/unit/grpc/connection-limit.test.ts";
const CLIENT = "test/unit/grpc/downloader-client.test.ts";
const CALLS_OVER_TLS = "test/unit/grpc/downloader-client-tls.test.ts";
const ROUTE = "test/unit/domain/route.test.ts";
const RETRY = "test/unit/domain/retry.test.ts";

export const edges: readonly Mutant[] = [
  ...breakagesOf(
    "src/grpc/health-service.ts",
    ["test/unit/grpc/health-service.test.ts"],
    [["updates that a watcher does not read pile up in memory", "if (!watcher.writableNeedDrain) ", ""]],
  ),
  ...breakagesOf(
    "src/grpc/call-window.ts",
    ["test/unit/grpc/call-window.test.ts"],
    [
      [
        "a downloader that turns calls away gets as many as before",
        "Math.min(room.most, room.turnstile.inside - 1)",
        "room.most",
      ],
      ["a call that is turned away while alone is repeated for ever", "wasAlone || ", ""],
      [
        "a downloader that turned a call away never gets more at a time",
        "if (room.taken < GROWS_AFTER) return;",
        "return;",
      ],
    ],
  ),
  ...breakagesOf(
    "src/grpc/unread-replies.ts",
    ["test/unit/grpc/unread-replies.test.ts", "test/unit/grpc/broken-replies.test.ts"],
    [
      ["replies that nobody reads are kept in memory", "if (method === unread)", "if (false)"],
      ["a reply that nobody reads may be endless", "read > 0 && left > most", "false"],
      ["a reply that is cut off counts as complete", "isOver = left <= 0;", "isOver = true;"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/connection-limit.ts",
    ["test/unit/grpc/bot-server-tls.test.ts", "test/unit/grpc/bot-server.test.ts"],
    [["a stop cuts off running calls", "if (calls > 0) continue;", ""]],
  ),
  ...breakagesOf(
    "src/domain/tls.ts",
    [CALLS_OVER_TLS],
    [
      [
        "a downloader with its name in another spelling is called without TLS",
        "byName.get(foldedName(name))",
        "byName.get(name)",
      ],
    ],
  ),
  ...breakagesOf(
    "src/grpc/connections.ts",
    [CALLS_OVER_TLS],
    [
      [
        "a certificate with any name is accepted",
        "if (foldedName(commonName) === foldedName(name)) return undefined;",
        "return;",
      ],
    ],
  ),
  ...breakagesOf(
    "src/grpc/tls.ts",
    [CALLS_OVER_TLS],
    [
      [
        "the bot presents no certificate",
        "credentials.createSsl(ca, key, cert, {",
        "credentials.createSsl(ca, null, null, {",
      ],
    ],
  ),
  ...breakagesOf(
    "src/app/stop-budget.ts",
    ["test/unit/app/stop-budget.test.ts"],
    [
      ["a step of the stop uses the time of later steps", "left - later)", "left)"],
      ["a step of the stop exceeds its own limit", "Math.min(STOP_STEPS[step].most, left - later)", "left - later"],
      ["each step of the stop restarts the clock", "begunAt ??= monotonic();", "begunAt = monotonic();"],
      ["a stop waits for work that never ends", "await within(end, { ms: allow(step), wait })", "await end"],
      ["a stop takes longer than the service manager waits", "STOP_MS = 40_000", "STOP_MS = 44_000"],
    ],
  ),
  ...breakagesOf(
    "src/service/outage-watch.ts",
    ["test/unit/service/outage-watch.test.ts"],
    [
      ["an outage is reported again and again", "if (isTold) return;", ""],
      ["each short lock is reported as an outage", "if (at - since >= PASSES_MS) tellOnce(code);", "tellOnce(code);"],
      [
        "damage counts as over while other tables can be written",
        'if (isDamaged) return tellOnce("SQLITE_CORRUPT");',
        "",
      ],
      ["the end of an outage is not reported", 'tell({ kind: "database_back" });', ""],
      ["the end of an unreported outage is reported", "if (!isTold) return;", ""],
      ["a second outage is not reported", "isTold = false;\n      log", "log"],
      ["the database is probed at every tick", "if (since === undefined) return;", ""],
      [
        "a clock that is set back hides an outage",
        "if (since === undefined || at < since) since = at;",
        "since ??= at;",
      ],
      ["short outages add up", "since = undefined;\n      if", "if"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/outcome.ts",
    [OUTCOME],
    [
      [
        "a call that broke off counts as never sent",
        'NO_CONNECTION.test(details) ? "never_sent" : "unknown"',
        '"never_sent"',
      ],
      [
        "a call without an answer counts as never sent",
        'WAITED_TO_START.test(details) ? "never_sent" : "unknown"',
        '"never_sent"',
      ],
      [
        "a downloader that fails after taking the link counts as not having it",
        "mayHaveIt: MISHAPS.includes(code)",
        "mayHaveIt: false",
      ],
      ["a link that the downloader already has counts as refused", " || details.includes(ALREADY_THERE)", ""],
      ["a proxy's page counts as a downloader's answer", 'if (NOT_GRPC.test(details)) return "unanswered";', ""],
    ],
  ),
  ...breakagesOf(
    "src/grpc/outcome.ts",
    ["test/unit/grpc/refused-streams.test.ts"],
    [
      [
        "a call that a busy connection took with it is made twice",
        "|^Bandwidth exhausted or memory limit exceeded$",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/grpc/wire.ts",
    ["test/unit/grpc/wire.test.ts"],
    [
      ["every remark of a downloader counts as trouble", "return FAILED.test(said) ?", "return said ?"],
      ["a link is called COMING SOON", "task.name === NO_NAME_YET ? undefined : task.name", "task.name"],
      ["the first warning is shown instead of the error", 'reason.lastIndexOf("ERROR:")', "-1"],
      ["a text of megabytes holds up everything", "if (value.length <= LONGEST_TEXT) return value;", "return value;"],
      ["a long text is cut within a character", "endsOf(value).toWellFormed()", "endsOf(value.toWellFormed())"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/call-failure.ts",
    ["test/unit/grpc/call-failure.test.ts"],
    [["an address within an address is taken apart", "asTheyAre.has(character) ? escaped : character", "character"]],
  ),
  ...breakagesOf(
    "src/grpc/downloader-client.ts",
    [CLIENT],
    [
      [
        "calls to a returned downloader use a dead connection",
        'if (exchange !== "answered") connections.renew(target, client);',
        "",
      ],
      ["a failure at the old address counts against the new one", "if (!connections.leadsTo(target)) return;", ""],
      ["a stop waits for hanging calls", "unaryCall.cancel();", "{}"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/bot-server.ts",
    ["test/unit/grpc/bot-server-tls.test.ts"],
    [
      [
        "a rejected certificate is not logged",
        "if (tls !== undefined && join === undefined) tellRefusedConnections(server, log);",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/grpc/downloader-client.ts",
    ["test/unit/grpc/downloader-client-tls.test.ts"],
    [
      [
        "a downloader that hangs up without TLS counts as rejecting the certificate",
        "tlsOf(target.name) && mistrust(failure)",
        "mistrust(failure)",
      ],
    ],
  ),
  ...breakagesOf(
    "src/grpc/registration-service.ts",
    ["test/unit/grpc/bot-server-tls.test.ts", "test/unit/grpc/bot-server.test.ts"],
    [
      [
        "a certificate can register any name",
        'bindsNames && commonName?.normalize("NFC") !== registration.name',
        "false",
      ],
      ["registration needs no token", "if (!hasToken(authorizationOf(call)))", "if (false)"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/registration-service.ts",
    ["test/e2e/joining.test.ts"],
    [
      [
        "a joined name can be registered without its secret",
        "if (joined?.has(name) !== true) return",
        "if (!onlyJoined) return",
      ],
      [
        "a joined downloader can register as another",
        "return joined.isShownBy(authorization, name) ?",
        "return true ?",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/join-codes.ts",
    ["test/unit/store/joined-servers.test.ts"],
    [
      ["a join code never expires", "if (!isAgain && !isValid)", "if (false)"],
      ["a join code from the future lasts until then", " && code.expiresAt <= now() + FURTHEST_MS", ""],
      ["a join code works on several machines", "if (code.usedBy !== undefined && !isAgain)", "if (false)"],
      ["secrets can be guessed without limit", "if (code.tries + 1 >= MOST_TRIES)", "if (false)"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/networks.ts",
    ["test/unit/grpc/networks.test.ts"],
    [
      ["a host name that resolves to the metadata service is accepted", "if (isUnreachable(address))", "if (false)"],
      [
        "public addresses can register without a token",
        "isOpen && (host === undefined || !isPrivateAddress(host))",
        "false",
      ],
    ],
  ),
  ...breakagesOf(
    "src/grpc/reply-gate.ts",
    ["test/unit/grpc/reply-gate.test.ts"],
    [
      ["sixteen large replies are in memory at once", "return [own.large, large];", "return [];"],
      ["a downloader that hangs takes all turns", "[own.large, unknown]", "[unknown]"],
      ["after two large replies, all others wait for ever", "first.leave();", ""],
      ["any number of large replies is read at once", "bytes <= LARGE_BYTES", "true"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/connection-limit.ts",
    [LIMIT],
    [
      ["a closed connection still counts", "held.delete(one.end);", ""],
      [
        "one closed connection frees all places of its address",
        "if (left > 0) counts.set(one.caller, left);\n    else counts",
        "counts",
      ],
      ["connections from one address are not counted", "(counts.get(caller) ?? 0) >= fromOneAddress", "false"],
      ["the total of connections is not limited", "held.size >= inAll && !makeRoom(() => true)", "false"],
      ["idle connections make no room", "if (longest === undefined) return false;", "return false;"],
      [
        "a stranger ends connections of other addresses",
        "!makeRoom((one) => one.caller === caller)",
        "!makeRoom(() => true)",
      ],
      [
        "a connection with a running call is closed to make room",
        "one.calls += 1;\n      idle.delete(one);",
        "one.calls += 1;\n      idle.add(one);",
      ],
      [
        "the connection that became idle last is closed first",
        "[...idle].find(isSpared)",
        "[...idle].findLast(isSpared)",
      ],
      ["refused connections are not reported", "limit.onRefused?.();", ""],
    ],
  ),
  ...breakagesOf(
    "src/http/guard.ts",
    ["test/unit/http/guard.test.ts", "test/unit/http/server.test.ts", "test/e2e/http.test.ts"],
    [
      ["an empty token is accepted", 'if (token === "")', "if (false)"],
      ["other machines can call what only this machine may", "isLoopback(caller.address) &&", ""],
      ["a caller behind a reverse proxy counts as this machine", "request.headers.has(name)", "false"],
      ["a web page in a browser can call the bot", "(isLoopbackHost(name) || own.includes(name))", "true"],
    ],
  ),
  ...breakagesOf(
    "src/http/links.ts",
    ["test/unit/http/links.test.ts"],
    [
      ["links are taken for chats without access", 'if (role === "nobody") return "unknown_chat";', ""],
      [
        "any folder name is accepted",
        "if (folder !== null && !anyFolder && !settings.folders.includes(folder))",
        "if (false)",
      ],
      ["a link given twice is sent twice", "first.set(same, taking);", ""],
    ],
  ),
  ...breakagesOf(
    "src/domain/route.ts",
    [ROUTE],
    [
      ["a path prefix matches part of a word", "place.path}/`)) continue;", "place.path}`)) continue;"],
      [
        "roots that were given up still get links",
        "if (takers.get(taker.name)?.roots !== taker.roots) remove(taker);",
        "{}",
      ],
      ["a paused downloader gets links", ".filter(({ paused }) => !paused)", ""],
      ["the order of downloaders is not random", "Math.floor(random() * (drawn + 1))", "drawn"],
      ["a host with the same ending counts as a subdomain", "!host.endsWith(`.", "!host.endsWith(`"],
    ],
  ),
  ...breakagesOf(
    "src/domain/retry.ts",
    [RETRY],
    [
      ["a wait exceeds its maximum", "Math.min(cap, wait * (1 + JITTER))", "wait * (1 + JITTER)"],
      ["a hold ends too late", "Math.min(now + wait, holdUntil)", "now + wait"],
    ],
  ),
  ...breakagesOf(
    "src/domain/role.ts",
    ["test/unit/service/queue/queue.test.ts", "test/unit/service/access/access.test.ts", "test/e2e/roles.test.ts"],
    [["a chat that lost its access manages links", 'actor.role !== "nobody" && ', ""]],
  ),
  ...breakagesOf(
    "src/domain/registration.ts",
    ["test/unit/domain/registration.test.ts"],
    [["the bot is its own downloader", "isThisMachine(host) && port === context.ownPort", "false"]],
  ),
  ...breakagesOf(
    "src/domain/time.ts",
    ["test/unit/domain/time.test.ts"],
    [['at the very time of "tonight", the link is sent at once', "return at > now ? at :", "return at >= now ? at :"]],
  ),
];
