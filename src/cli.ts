import { parseArgs } from "node:util";
import { nearest } from "./config/nearest.ts";

/** The subcommands; each is one entry here and one file in `commands/`. */
const summaries = {
  run: "serve until stopped (the default)",
  help: "print this",
  version: "print the version",
} as const;

/** What the command line asks for. */
export interface Invocation {
  readonly command: keyof typeof summaries;
  /** The value of `--config`, as given. */
  readonly config?: string;
}

/** A sentence on what is wrong with the command line; the caller exits with 64. */
export interface UsageProblem {
  readonly usage: string;
}

/** Reads the arguments after the program's name. `--help` and `--version` win over any subcommand. */
export function parseCli(argv: readonly string[]): Invocation | UsageProblem {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        config: { type: "string", short: "c" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "V" },
      },
    });
    if (values.help) return { command: "help" };
    if (values.version) return { command: "version" };
    const [name = "run", ...more] = positionals;
    if (!isCommand(name)) {
      const meant = nearest(name, Object.keys(summaries));
      return problem(`Unknown command "${name}".${meant === undefined ? "" : ` Did you mean ${meant}?`}`);
    }
    if (more[0] !== undefined) return problem(`Unexpected argument "${more[0]}" after ${name}.`);
    if (values.config === "") return problem("--config needs the name of a file.");
    return values.config === undefined ? { command: name } : { command: name, config: values.config };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The first sentence names the flag; the rest is advice about `--` that does not apply.
    return problem(`${error.message.split(/\.\s|\.?$|\n/)[0]}.`);
  }
}

/** What `--help` prints. */
export function helpText(): string {
  const commands = Object.entries(summaries).map(([name, summary]) => `  ${name.padEnd(10)}${summary}`);
  return `dwld-bot takes links in Telegram chats and hands them to a fleet of downloaders.

Usage: dwld-bot [COMMAND] [--config FILE]

Commands:
${commands.join("\n")}

Options:
  -c, --config FILE   read this config
  -h, --help          print this
  -V, --version       print the version

Without --config the config is $DWLD_BOT_CONFIG, ./config.yaml or /etc/dwld-bot/config.yaml. Every value can
also come from the environment: DWLD_BOT_TELEGRAM_TOKEN, DWLD_BOT_TELEGRAM_ADMINS and so on.

Exit codes: 0 stopped, 64 wrong usage, 70 a bug, 75 another instance runs, 78 wrong config or token.
`;
}

function isCommand(name: string): name is Invocation["command"] {
  return Object.hasOwn(summaries, name);
}

function problem(sentence: string): UsageProblem {
  return { usage: `${sentence} Try dwld-bot --help.` };
}
