import { parseArgs } from "node:util";
import { nearest } from "./config/nearest.ts";

/** The subcommands; each is one entry here and one file in `commands/`. `operands` are what may follow it without a flag. */
const commands = {
  run: { does: "serve until stopped (the default)", operands: "" },
  init: { does: "set up: ask for the token, learn your id from your first message, write the config", operands: "" },
  check: { does: "look at everything and say what is wrong, and what to do", operands: "" },
  import: { does: "take over the Go version's config and queue; its files stay as they are", operands: "FILE…" },
  backup: { does: "copy the database to FILE, also while the bot runs", operands: "FILE" },
  help: { does: "print this", operands: "" },
  version: { does: "print the version", operands: "" },
} as const;

type Command = keyof typeof commands;

interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for its value in the help. */
  readonly value?: string;
  readonly does: string;
  /** Whom it belongs to; a run without a command is `run`. */
  readonly of: readonly Command[];
}

const options = {
  config: {
    type: "string",
    short: "c",
    value: "FILE",
    does: "read this config",
    of: ["run", "check", "import", "backup"],
  },
  output: { type: "string", short: "o", value: "FILE", does: "the config to write (config.yaml)", of: ["init"] },
  admin: { type: "string", multiple: true, value: "ID", does: "an admin's id, instead of asking", of: ["init"] },
  "token-file": {
    type: "string",
    value: "FILE",
    does: "keep the token in FILE: read from it, or written to it when it is not there",
    of: ["init"],
  },
  "api-root": { type: "string", value: "URL", does: "where the Bot API is (https://api.telegram.org)", of: ["init"] },
  force: { type: "boolean", does: "write over a config that is there", of: ["init"] },
  json: { type: "boolean", does: "print the findings as JSON", of: ["check"] },
  from: {
    type: "string",
    multiple: true,
    value: "DIR|FILE",
    does: "where its YAML and its links.db are (may be given several times)",
    of: ["import"],
  },
  "dry-run": { type: "boolean", short: "n", does: "say what would be taken, and change nothing", of: ["import"] },
  help: { type: "boolean", short: "h", does: "print this", of: [] },
  version: { type: "boolean", short: "V", does: "print the version", of: [] },
} as const satisfies Record<string, Option>;

/** The values of the options, under their names. */
export interface Options {
  readonly config?: string;
  readonly output?: string;
  readonly admin?: readonly string[];
  readonly "token-file"?: string;
  readonly "api-root"?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly from?: readonly string[];
  readonly "dry-run"?: boolean;
}

/** What the command line asks for. */
export interface Invocation extends Options {
  readonly command: Command;
  /** What followed the command without a flag; only where the command takes it. */
  readonly files?: readonly string[];
}

/** A sentence on what is wrong with the command line; the caller exits with 64. */
export interface UsageProblem {
  readonly usage: string;
}

/** Reads the arguments after the program's name. `--help` and `--version` win over any subcommand. */
export function parseCli(argv: readonly string[]): Invocation | UsageProblem {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options });
    const { help, version, ...given } = values;
    if (help) return { command: "help" };
    if (version) return { command: "version" };
    const [name = "run", ...files] = positionals;
    if (!isCommand(name)) {
      const meant = nearest(name, Object.keys(commands));
      return problem(`Unknown command "${name}".${meant === undefined ? "" : ` Did you mean ${meant}?`}`);
    }
    return operandProblem(name, files) ?? optionProblem(name, given) ?? { command: name, ...given, ...some(files) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The first sentence names the flag; the rest is advice about `--` that does not apply.
    return problem(`${error.message.split(/\.\s|\.?$|\n/)[0]}.`);
  }
}

function operandProblem(name: Command, files: readonly string[]): UsageProblem | undefined {
  const most = { "": 0, FILE: 1, "FILE…": Number.POSITIVE_INFINITY }[commands[name].operands];
  const extra = files[most];
  if (extra !== undefined) return problem(`Unexpected argument "${extra}" after ${name}.`);
  return commands[name].operands === "FILE" && !files[0] ? problem(`${name} needs the name of a file.`) : undefined;
}

function optionProblem(name: Command, given: Options): UsageProblem | undefined {
  for (const [flag, value] of Object.entries(given)) {
    const option: Option | undefined = isOption(flag) ? options[flag] : undefined;
    if (!option?.of.includes(name)) return problem(`${name} does not know --${flag}.`);
    if ([value].flat().includes("")) return problem(`--${flag} needs ${nameOf(option.value ?? "")}.`);
  }
  return undefined;
}

const nameOf = (value: string) =>
  ({ FILE: "the name of a file", "DIR|FILE": "the name of a folder or a file", ID: "an id" })[value] ?? "an address";

/** What `--help` prints. */
export function helpText(): string {
  const listed = Object.entries(commands).map(([name, { does }]) => `  ${name.padEnd(10)}${does}`);
  return `dwld-bot takes links in Telegram chats and hands them to a fleet of downloaders.

Usage: dwld-bot [COMMAND] [OPTION…]
       dwld-bot backup FILE
       dwld-bot import --from DIR [--dry-run]

Commands:
${listed.join("\n")}

Options:
${optionLines("run")}
  -h, --help              print this
  -V, --version           print the version

Options of init:
${optionLines("init")}

Options of check:
${optionLines("check")}

Options of import:
${optionLines("import")}

Without --config the config is $DWLD_BOT_CONFIG, ./config.yaml or /etc/dwld-bot/config.yaml. Every value can
also come from the environment: DWLD_BOT_TELEGRAM_TOKEN, DWLD_BOT_TELEGRAM_ADMINS and so on.

To restore a backup: stop the bot, move the database away with its -wal and -shm, copy the backup to its
place, start the bot.

Exit codes: 0 stopped, or done; 64 wrong usage; 70 a bug; 75 not now: another instance runs, the database is
locked or the disk full, an address is not there yet; 78 wrong config or token, something that cannot be read
or written, or what check has found.
`;
}

/** The lines of a command's options; what several share is told of the first. */
function optionLines(name: Command): string {
  const mine = Object.entries<Option>(options).filter(([, { of }]) => of[0] === name);
  return mine
    .map(([flag, { short, value, does }]) => {
      const spelt = `${short === undefined ? "    " : `-${short}, `}--${flag}${value === undefined ? "" : ` ${value}`}`;
      return `  ${spelt.padEnd(24)}${does}`;
    })
    .join("\n");
}

function some(files: readonly string[]): Pick<Invocation, "files"> {
  return files.length === 0 ? {} : { files };
}

function isCommand(name: string): name is Command {
  return Object.hasOwn(commands, name);
}

function isOption(flag: string): flag is keyof typeof options {
  return Object.hasOwn(options, flag);
}

function problem(sentence: string): UsageProblem {
  return { usage: `${sentence} Try dwld-bot --help.` };
}
