import { breakagesOf, type Mutant } from "./mutant.ts";

/** What an operator stands before when something is wrong at the start. */
export const operator: readonly Mutant[] = [
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
    "src/config/secret-files.ts",
    ["test/unit/config/secrets.test.ts"],
    [["an empty token's file is no token, and nobody knows", "file.ok && isNamed &&", "file.ok && false &&"]],
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
