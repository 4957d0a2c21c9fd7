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
    [["what a watcher does not take is kept for it", "if (!watcher.writableNeedDrain) ", ""]],
  ),
  ...breakagesOf(
    "src/grpc/call-window.ts",
    ["test/unit/grpc/call-window.test.ts"],
    [
      ["who turns calls away gets as many again", "Math.min(room.most, room.turnstile.inside - 1)", "room.most"],
      ["a call that is turned away for itself is repeated for ever", "wasAlone || ", ""],
      ["who has turned a call away never gets more again", "if (room.taken < GROWS_AFTER) return;", "return;"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/connection-limit.ts",
    ["test/unit/grpc/bot-server-tls.test.ts", "test/unit/grpc/bot-server.test.ts"],
    [["a stop cuts off calls", "if (calls > 0) continue;", ""]],
  ),
  ...breakagesOf(
    "src/domain/tls.ts",
    [CALLS_OVER_TLS],
    [["another spelling of a name is called in the clear", "byName.get(foldedName(name))", "byName.get(name)"]],
  ),
  ...breakagesOf(
    "src/grpc/connections.ts",
    [CALLS_OVER_TLS],
    [
      [
        "a certificate of any name will do",
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
        "the bot shows nobody its certificate",
        "credentials.createSsl(ca, key, cert, {",
        "credentials.createSsl(ca, null, null, {",
      ],
    ],
  ),
  ...breakagesOf(
    "src/app/stop-budget.ts",
    ["test/unit/app/stop-budget.test.ts"],
    [
      ["a step of a stop takes the time of those after it", "left - later)", "left)"],
      ["a step of a stop takes longer than it may", "Math.min(STOP_STEPS[step].most, left - later)", "left - later"],
      ["the time of a stop begins anew with each step", "begunAt ??= monotonic();", "begunAt = monotonic();"],
      ["a stop waits for what never ends", "await Promise.race([end, over])", "await Promise.race([end])"],
      ["a stop is longer than the service manager waits", "STOP_MS = 40_000", "STOP_MS = 44_000"],
    ],
  ),
  ...breakagesOf(
    "src/service/outage-watch.ts",
    ["test/unit/service/outage-watch.test.ts"],
    [
      ["an outage is told again and again", "if (isTold) return;", ""],
      ["each lock of a moment is told", "if (at - since >= PASSES_MS) tellOnce(code);", "tellOnce(code);"],
      ["a damage is over while other tables can be written", 'if (isDamaged) return tellOnce("SQLITE_CORRUPT");', ""],
      ["nobody hears that an outage is over", 'tell({ kind: "database_back" });', ""],
      ["what is over is told", "if (!isTold) return;", ""],
      ["a second outage is not told", "isTold = false;\n      log", "log"],
      ["the database is written to at every tick", "if (since === undefined) return;", ""],
      [
        "a clock that leaps back hides an outage",
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
        "a call that broke off was never sent",
        'NO_CONNECTION.test(details) ? "never_sent" : "unknown"',
        '"never_sent"',
      ],
      [
        "a call that got no answer was never sent",
        'WAITED_TO_START.test(details) ? "never_sent" : "unknown"',
        '"never_sent"',
      ],
      ["whoever fails after it took the link has not got it", "mayHaveIt: MISHAPS.includes(code)", "mayHaveIt: false"],
      ["a link that is there already is refused", " || details.includes(ALREADY_THERE)", ""],
      ["a front end's page is a downloader's answer", 'if (NOT_GRPC.test(details)) return "unanswered";', ""],
    ],
  ),
  ...breakagesOf(
    "src/grpc/wire.ts",
    ["test/unit/grpc/wire.test.ts"],
    [
      ["whatever a downloader says is trouble", "return FAILED.test(said) ?", "return said ?"],
      ["a link is called COMING SOON", "task.name === NO_NAME_YET ? undefined : task.name", "task.name"],
      ["the first warning stands for the error", 'reason.lastIndexOf("ERROR:")', "-1"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/downloader-client.ts",
    [CLIENT],
    [
      [
        "a downloader that is back is called in vain",
        'if (exchange !== "answered") connections.renew(target, client);',
        "",
      ],
      ["the old address says that the new one is silent", "if (!connections.leadsTo(target)) return;", ""],
      ["a stop waits for those that hang", "unaryCall.cancel();", "{}"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/bot-server.ts",
    ["test/unit/grpc/bot-server-tls.test.ts"],
    [
      [
        "nobody hears whose certificate is not taken",
        "if (tls !== undefined && join === undefined) tellRefusedConnections(server, log);",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/grpc/downloader-client.ts",
    ["test/unit/grpc/downloader-client-tls.test.ts"],
    [["who hangs up does not like our certificate", "tlsOf(target.name) && mistrust(failure)", "mistrust(failure)"]],
  ),
  ...breakagesOf(
    "src/grpc/registration-service.ts",
    ["test/unit/grpc/bot-server-tls.test.ts", "test/unit/grpc/bot-server.test.ts"],
    [
      [
        "any certificate takes any name",
        'bindsNames && caller.commonName?.normalize("NFC") !== registration.name',
        "false",
      ],
      ["nobody needs the token", "if (!hasToken(authorizationOf(call)))", "if (false)"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/registration-service.ts",
    ["test/e2e/joining.test.ts"],
    [
      ["a joined name may be registered plainly", "if (joined?.has(name) !== true) return", "if (!onlyJoined) return"],
      ["whoever joined may register as another", "return joined.isShownBy(authorization, name) ?", "return true ?"],
    ],
  ),
  ...breakagesOf(
    "src/store/join-codes.ts",
    ["test/unit/store/joined-servers.test.ts"],
    [
      ["a code is good for ever", "if (!isAgain && code.expiresAt < now())", "if (false)"],
      ["a code is good for every machine", "if (code.usedBy !== undefined && !isAgain)", "if (false)"],
      ["secrets may be guessed for ever", "if (code.tries + 1 >= MOST_TRIES)", "if (false)"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/networks.ts",
    ["test/unit/grpc/networks.test.ts"],
    [
      ["a name that leads to the metadata service is let in", "if (isUnreachable(address))", "if (false)"],
      ["strangers register without a token", "isOpen && (host === undefined || !isPrivateAddress(host))", "false"],
    ],
  ),
  ...breakagesOf(
    "src/grpc/reply-gate.ts",
    ["test/unit/grpc/reply-gate.test.ts"],
    [
      ["sixteen large replies are in memory at a time", "bytes > LARGE_BYTES ? large : undefined", "undefined"],
      ["after two large replies nobody gets in", "turnstile.leave();", ""],
    ],
  ),
  ...breakagesOf(
    "src/grpc/connection-limit.ts",
    [LIMIT],
    [
      ["a closed connection keeps its place", "held.delete(one.end);", ""],
      [
        "one that closes frees all places of its address",
        "if (left > 0) counts.set(one.caller, left);\n    else counts",
        "counts",
      ],
      ["connections from one address are not counted", "(counts.get(caller) ?? 0) >= fromOneAddress", "false"],
      ["connections in all are not counted", "held.size >= inAll && !makeRoom(() => true)", "false"],
      ["idle ones make no room", "if (longest === undefined) return false;", "return false;"],
      [
        "a stranger ends connections of other addresses",
        "!makeRoom((one) => one.caller === caller)",
        "!makeRoom(() => true)",
      ],
      [
        "one that is in a call makes room",
        "one.calls += 1;\n      idle.delete(one);",
        "one.calls += 1;\n      idle.add(one);",
      ],
      ["the one that was idle last makes room", "[...idle].find(isSpared)", "[...idle].findLast(isSpared)"],
      ["nobody hears of refused ones", "limit.onRefused?.();", ""],
    ],
  ),
  ...breakagesOf(
    "src/http/guard.ts",
    ["test/unit/http/guard.test.ts", "test/unit/http/server.test.ts", "test/e2e/http.test.ts"],
    [
      ["an empty token is one", 'if (token === "")', "if (false)"],
      ["anybody calls what is for this machine", "isLoopback(caller.address) &&", ""],
      ["whomever a reverse proxy calls for is on this machine", "request.headers.has(name)", "false"],
      ["a page in a browser calls the bot", "(isLoopbackHost(name) || own.includes(name))", "true"],
    ],
  ),
  ...breakagesOf(
    "src/http/links.ts",
    ["test/unit/http/links.test.ts"],
    [
      ["links come in for chats that nobody let in", 'if (role === "nobody") return "unknown_chat";', ""],
      ["any folder is taken", "if (folder !== null && !anyFolder && !settings.folders.includes(folder))", "if (false)"],
      ["a link that stands twice is sent twice", "first.set(same, taking);", ""],
    ],
  ),
  ...breakagesOf(
    "src/domain/route.ts",
    [ROUTE],
    [
      ["a path is a prefix of another word", "place.path}/`)) continue;", "place.path}`)) continue;"],
      [
        "roots that were given up still get links",
        "if (takers.get(taker.name)?.roots !== taker.roots) remove(taker);",
        "{}",
      ],
      ["a paused downloader gets links", ".filter(({ paused }) => !paused)", ""],
      ["the order is not drawn", "Math.floor(random() * (drawn + 1))", "drawn"],
      ["a host that ends alike is a subdomain", "!host.endsWith(`.", "!host.endsWith(`"],
    ],
  ),
  ...breakagesOf(
    "src/domain/retry.ts",
    [RETRY],
    [
      ["waits are longer than the longest", "Math.min(cap, wait * (1 + JITTER))", "wait * (1 + JITTER)"],
      ["a hold ends too late", "Math.min(now + wait, holdUntil)", "now + wait"],
    ],
  ),
  ...breakagesOf(
    "src/domain/role.ts",
    ["test/unit/service/queue/queue.test.ts", "test/unit/service/access/access.test.ts", "test/e2e/roles.test.ts"],
    [["whoever was let out manages links", 'actor.role !== "nobody" && ', ""]],
  ),
  ...breakagesOf(
    "src/domain/registration.ts",
    ["test/unit/domain/registration.test.ts"],
    [["the bot is its own downloader", "isThisMachine(host) && port === context.ownPort", "false"]],
  ),
  ...breakagesOf(
    "src/domain/time.ts",
    ["test/unit/domain/time.test.ts"],
    [["tonight is now", "return at > now ? at :", "return at >= now ? at :"]],
  ),
];
