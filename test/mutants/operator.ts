import { breakagesOf, type Mutant } from "./mutant.ts";

/** What an operator sees if something is wrong at the start. */
export const operator: readonly Mutant[] = [
  ...breakagesOf(
    "src/commands/check/certificates.ts",
    ["test/unit/commands/check-certificates.test.ts"],
    [
      ["a certificate that expires soon is fine", "to - now < SOON_MS ? warn", "to < 0 ? warn"],
      [
        "only the first of several authorities is checked",
        "isAuthority ? others.reduce",
        "!isAuthority ? others.reduce",
      ],
    ],
  ),
  ...breakagesOf(
    "src/commands/exit.ts",
    ["test/unit/commands/start-failure.test.ts"],
    [["a bot that starts before its name server never tries again", "EAI_AGAIN|ENOTFOUND", "EAI_AGAIN"]],
  ),
  ...breakagesOf(
    "src/log/log.ts",
    ["test/unit/log/log.test.ts"],
    [
      [
        "the reason for a failed start is not an error in the journal",
        'withPriority("error", text)',
        'withPriority("info", text)',
      ],
    ],
  ),
  ...breakagesOf(
    "src/log/log.ts",
    ["test/unit/log/gathered-lines.test.ts"],
    [["the last lines before a crash can be lost", "if (!mayRepeat) stdout.writeNow?.();", ""]],
  ),
  ...breakagesOf(
    "src/log/gathered-lines.ts",
    ["test/unit/log/gathered-lines.test.ts"],
    [
      ["a line is written twice", 'lines = "";\n    if', "if"],
      ["the last lines are written before earlier ones", "[Symbol.dispose]: writeNow,", "[Symbol.dispose]: () => {},"],
      ["each line takes a system call", "lines += text;", "stream.write(text);"],
      ["lines are written in another order", "lines += text;\n", "lines = text + lines;\n"],
      ["the last line is never written", 'if (lines === "") later(writeNow);', ""],
      ["a system call writes nothing", 'if (text !== "") stream', "stream"],
    ],
  ),
  ...breakagesOf(
    "src/config/secret-files.ts",
    ["test/unit/config/secrets.test.ts"],
    [["an empty token file is ignored without a word", "file.ok && isNamed &&", "file.ok && false &&"]],
  ),
  ...breakagesOf(
    "src/config/secret-files.ts",
    ["test/unit/config/back-end.test.ts"],
    [
      [
        "another service's secret is used although there is no program",
        "if (secret.isOfProgram && !hasProgram) continue;",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/config/secrets.ts",
    ["test/unit/config/secrets.test.ts"],
    [["the log shows the program's password", ", ...ofProgram]", "]"]],
  ),
  ...breakagesOf(
    "src/commands/beside.ts",
    ["test/unit/commands/beside.test.ts"],
    [["others read the bot's files after its downloader could not be started", "process.umask(ofBot);", ""]],
  ),
  ...breakagesOf(
    "src/commands/beside-options.ts",
    ["test/unit/commands/beside-options.test.ts"],
    [
      [
        "every user of the machine reads the program's password",
        '"backend-dir": unless("", place)',
        '"backend-dir": unless("", downloader.backend.secret)',
      ],
      ["a server beside the bot is set up although the bot refuses it", "isKeptOut ? beside.notAllowed(host) :", ""],
    ],
  ),
  ...breakagesOf(
    "src/commands/init/server-beside.ts",
    ["test/unit/commands/init-program.test.ts"],
    [
      ["everybody who sees the config reads the program's password", "secret_file: path", "secret"],
      ["a secret that was accepted is asked for again", "(tries > 1 || !isKept)", "(tries > 0 || !isKept)"],
    ],
  ),
  ...breakagesOf(
    "src/downloader/back-ends/request.ts",
    ["test/unit/downloader/back-ends/search.test.ts"],
    [["any web page counts as MeTube", " && !/^HTTP (?:404|421|401:)/.test(detail)", ""]],
  ),
  ...breakagesOf(
    "src/systemd/service-manager.ts",
    ["test/unit/systemd/service-manager.test.ts"],
    [["systemctl status shows an old state", "if (!isStopping) beat(watchdogReport);", ""]],
  ),
  ...breakagesOf(
    "src/domain/token.ts",
    ["test/unit/domain/token.test.ts"],
    [["a token that crashes gRPC is accepted", "/^[\\x21-\\x7e]+$/.test(text)", "text.length > 0"]],
  ),
];
