import { breakagesOf, type Mutant } from "./mutant.ts";

/** What an operator stands before when something is wrong at the start. */
export const operator: readonly Mutant[] = [
  ...breakagesOf(
    "src/commands/check/certificates.ts",
    ["test/unit/commands/check-certificates.test.ts"],
    [
      ["a certificate that expires soon is fine", "to - now < SOON_MS ? warn", "to < 0 ? warn"],
      ["of authorities the first one counts alone", "isAuthority ? others.reduce", "!isAuthority ? others.reduce"],
    ],
  ),
  ...breakagesOf(
    "src/commands/exit.ts",
    ["test/unit/commands/start-failure.test.ts"],
    [["a bot that comes before its name server is dead for good", "EAI_AGAIN|ENOTFOUND", "EAI_AGAIN"]],
  ),
  ...breakagesOf(
    "src/log/log.ts",
    ["test/unit/log/log.test.ts"],
    [
      [
        "why the bot cannot start is no error to the journal",
        'withPriority("error", text)',
        'withPriority("info", text)',
      ],
    ],
  ),
  ...breakagesOf(
    "src/log/log.ts",
    ["test/unit/log/gathered-lines.test.ts"],
    [["the last words before a crash may be lost", "if (!mayRepeat) stdout.writeNow?.();", ""]],
  ),
  ...breakagesOf(
    "src/log/gathered-lines.ts",
    ["test/unit/log/gathered-lines.test.ts"],
    [
      ["a line is written twice", 'lines = "";\n    if', "if"],
      ["last words come before what was said earlier", "[Symbol.dispose]: writeNow,", "[Symbol.dispose]: () => {},"],
      ["each line is a call of the system", "lines += text;", "stream.write(text);"],
      ["lines come in another order than they were said in", "lines += text;\n", "lines = text + lines;\n"],
      ["nobody writes the last line", 'if (lines === "") later(writeNow);', ""],
      ["a call of the system writes nothing", 'if (text !== "") stream', "stream"],
    ],
  ),
  ...breakagesOf(
    "src/config/secret-files.ts",
    ["test/unit/config/secrets.test.ts"],
    [["an empty token's file is no token, and nobody knows", "file.ok && isNamed &&", "file.ok && false &&"]],
  ),
  ...breakagesOf(
    "src/config/secret-files.ts",
    ["test/unit/config/back-end.test.ts"],
    [["another service's secret goes to nobody's program", "if (secret.isOfProgram && !hasProgram) continue;", ""]],
  ),
  ...breakagesOf(
    "src/config/secrets.ts",
    ["test/unit/config/secrets.test.ts"],
    [["the log shows the program's password", ", ...ofProgram]", "]"]],
  ),
  ...breakagesOf(
    "src/commands/beside.ts",
    ["test/unit/commands/beside.test.ts"],
    [
      [
        "every user of the machine reads the program's password",
        '"backend-dir": unless("", place)',
        '"backend-dir": unless("", downloader.backend.secret)',
      ],
      ["a server beside the bot is kept out for good", "isKeptOut ? beside.notAllowed(host) :", ""],
    ],
  ),
  ...breakagesOf(
    "src/commands/init/server-beside.ts",
    ["test/unit/commands/init-program.test.ts"],
    [
      ["everybody who sees the config reads the program's password", "secret_file: path", "secret"],
      ["a secret that was right is asked for again", "(tries > 1 || !isKept)", "(tries > 0 || !isKept)"],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/request.ts",
    ["test/unit/downloader/back-ends/search.test.ts"],
    [["any page is taken for a MeTube", " && !/^HTTP 4(?:04|21)/.test(detail)", ""]],
  ),
  ...breakagesOf(
    "src/systemd/service-manager.ts",
    ["test/unit/systemd/service-manager.test.ts"],
    [["systemctl status lags behind", "if (!isStopping) beat(watchdogReport);", ""]],
  ),
  ...breakagesOf(
    "src/domain/token.ts",
    ["test/unit/domain/token.test.ts"],
    [["a token that gRPC dies of is taken", "/^[\\x21-\\x7e]+$/.test(text)", "text.length > 0"]],
  ),
];
