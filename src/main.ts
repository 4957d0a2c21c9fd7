import { helpText, parseCli } from "./cli.ts";
import { EXIT, type Exit, ExitWith } from "./commands/exit.ts";
import { run } from "./commands/run.ts";
import { ConfigError } from "./config/problem.ts";
import { version } from "./version.ts";

/** The command line → one subcommand. */
async function main(argv: readonly string[]): Promise<Exit> {
  const invocation = parseCli(argv);
  if ("usage" in invocation) throw new ExitWith(EXIT.usage, invocation.usage);
  switch (invocation.command) {
    case "help":
      process.stdout.write(helpText());
      return EXIT.stopped;
    case "version":
      process.stdout.write(`dwld-bot ${version}\n`);
      return EXIT.stopped;
    default:
      return run(invocation.config);
  }
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  const known = error instanceof ExitWith || error instanceof ConfigError;
  process.stderr.write(known ? `${error.message}\n` : `${error instanceof Error ? error.stack : error}\n`);
  process.exit(error instanceof ExitWith ? error.code : error instanceof ConfigError ? EXIT.config : EXIT.bug);
}
