import { helpText, type Invocation } from "../cli.ts";
import { version } from "../version.ts";
import { wordsFor } from "../words/words.ts";
import type { CommandContext } from "./command-context.ts";
import { EXIT, type Exit } from "./exit.ts";
import { run } from "./run.ts";

/**
 * Does what the command line asks for; resolves with the exit code. `run` does not even load the code of the other commands. Throws
 * `ConfigError` and `ExitWith`.
 */
export async function carryOut(invocation: Invocation, context: CommandContext): Promise<Exit> {
  const { env, write } = context;
  const { config, files = [] } = invocation;
  switch (invocation.command) {
    case "init": {
      const { output, admin, "token-file": tokenFile, "api-root": apiRoot, force } = invocation;
      const { init } = await import("./init/init.ts");
      return init({ output, admin, tokenFile, apiRoot, force }, context);
    }
    case "pair": {
      const { pair } = await import("./pair.ts");
      return pair({ config }, context);
    }
    case "check": {
      const colours = process.stdout.isTTY === true && !env.NO_COLOR;
      const { check } = await import("./check/check.ts");
      return check({ config, json: invocation.json, colours }, context);
    }
    case "import": {
      const { from = [], "dry-run": dryRun = false } = invocation;
      const { importGoVersion } = await import("./import/import.ts");
      return importGoVersion({ config, from: [...from, ...files], dryRun }, context);
    }
    case "backup": {
      const { backup } = await import("./backup.ts");
      return backup({ config, to: files[0] ?? "" }, context);
    }
    case "add-server": {
      const { addServer } = await import("./add-server.ts");
      return addServer({ config, name: files[0] ?? "", address: invocation.address }, context);
    }
    case "downloader": {
      const { command, files: none, ...written } = invocation;
      const { downloader } = await import("./downloader.ts");
      return downloader(written, context);
    }
    case "conformance": {
      const { callOf } = await import("./calls-over-tls.ts");
      const { conformance } = await import("./conformance.ts");
      return conformance({ address: files[0] ?? "", ...callOf(invocation, context) }, context);
    }
    case "help":
      write(helpText(wordsFor(env).cli));
      return EXIT.stopped;
    case "version":
      write(`dwld-bot ${version}\n`);
      return EXIT.stopped;
    default:
      return run({ config, withDownloader: invocation["with-downloader"] });
  }
}
