import { helpText, parseCli } from "./cli.ts";
import { EXIT, type Exit, ExitWith } from "./commands/exit.ts";
import { run } from "./commands/run.ts";
import { ConfigError } from "./config/problem.ts";
import { lastWords } from "./log/log.ts";
import { createRedactor } from "./log/redactor.ts";
import { version } from "./version.ts";
import { wordsFor } from "./words/words.ts";

/** The command line → one subcommand; what the others are made of is not even loaded. */
async function main(argv: readonly string[]): Promise<Exit> {
  // Bun would print every request, with the token in its URL, past the log. It heeds what is set, not what is deleted.
  process.env.BUN_CONFIG_VERBOSE_FETCH = "false";
  // Whoever read the output may be gone (`| head`): that is no reason to die.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const words = wordsFor(process.env).cli;
  const invocation = parseCli(argv, words);
  if ("usage" in invocation) throw new ExitWith(EXIT.usage, invocation.usage);
  const { config, files = [] } = invocation;
  const write = (text: string) => process.stdout.write(text);
  const context = { env: process.env, cwd: process.cwd(), write };
  switch (invocation.command) {
    case "init": {
      const { output, admin, "token-file": tokenFile, "api-root": apiRoot, force } = invocation;
      const { init } = await import("./commands/init/init.ts");
      return init({ output, admin, tokenFile, apiRoot, force }, context);
    }
    case "pair": {
      const { pair } = await import("./commands/pair.ts");
      return pair({ config }, context);
    }
    case "check": {
      const colours = process.stdout.isTTY === true && !process.env.NO_COLOR;
      const { check } = await import("./commands/check/check.ts");
      return check({ config, json: invocation.json, colours }, context);
    }
    case "import": {
      const { from = [], "dry-run": dryRun = false } = invocation;
      const { importGoVersion } = await import("./commands/import/import.ts");
      return importGoVersion({ config, from: [...from, ...files], dryRun }, context);
    }
    case "backup": {
      const { backup } = await import("./commands/backup.ts");
      return backup({ config, to: files[0] ?? "" }, context);
    }
    case "add-server": {
      const { addServer } = await import("./commands/add-server.ts");
      return addServer({ config, name: files[0] ?? "", address: invocation.address }, context);
    }
    case "downloader": {
      const { command, files: none, ...written } = invocation;
      const { downloader } = await import("./commands/downloader.ts");
      return downloader(written, context);
    }
    case "conformance": {
      const { callOf } = await import("./commands/calls-over-tls.ts");
      const { conformance } = await import("./commands/conformance.ts");
      return conformance({ address: files[0] ?? "", ...callOf(invocation, context) }, context);
    }
    case "help":
      write(helpText(words));
      return EXIT.stopped;
    case "version":
      write(`dwld-bot ${version}\n`);
      return EXIT.stopped;
    default:
      return run({ config, withDownloader: invocation["with-downloader"] });
  }
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  const known = error instanceof ExitWith || error instanceof ConfigError;
  const text = known ? error.message : `${error instanceof Error ? error.stack : error}`;
  // A token that stands where something else belongs (`admins: 123456:ABC…`) is told as what was found there.
  process.stderr.write(lastWords(createRedactor([]).redact(text), process));
  process.exit(error instanceof ExitWith ? error.code : error instanceof ConfigError ? EXIT.config : EXIT.bug);
}
