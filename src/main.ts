import { parseCli } from "./cli.ts";
import { EXIT, type Exit, ExitWith } from "./commands/exit.ts";
import { ConfigError } from "./config/problem.ts";
import { lastWords } from "./log/log.ts";
import { createRedactor } from "./log/redactor.ts";
import { wordsFor } from "./words/words.ts";

/** The command line → one subcommand. */
async function main(argv: readonly string[]): Promise<Exit> {
  // Bun would print every request, with the token in its URL, bypassing the log. It heeds a value that is set, not one that is deleted.
  process.env.BUN_CONFIG_VERBOSE_FETCH = "false";
  // At each call to Telegram, gramio's `debug` would ask the system whether the output is a terminal. It reads this when it is loaded.
  process.env.DEBUG_COLORS ??= "no";
  const { carryOut } = await import("./commands/carry-out.ts");
  // The reader of the output may be gone (`| head`): that is no reason to die.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const words = wordsFor(process.env).cli;
  const invocation = parseCli(argv, words);
  if ("usage" in invocation) throw new ExitWith(EXIT.usage, invocation.usage);
  const write = (text: string) => process.stdout.write(text);
  return carryOut(invocation, { env: process.env, cwd: process.cwd(), write });
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  const known = error instanceof ExitWith || error instanceof ConfigError;
  const text = known ? error.message : `${error instanceof Error ? error.stack : error}`;
  // A token in the wrong place (`admins: 123456:ABC…`) is quoted in the message as what was found there.
  process.stderr.write(lastWords(createRedactor([]).redact(text), process));
  process.exit(error instanceof ExitWith ? error.code : error instanceof ConfigError ? EXIT.config : EXIT.bug);
}
