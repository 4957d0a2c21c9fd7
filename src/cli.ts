import { parseArgs } from "node:util";
import { nearest } from "./config/nearest.ts";
import type { CommandWords } from "./words/words.ts";

/** The subcommands, each with the operand it takes; the operator's words say what they do. */
const commands = {
  run: "",
  init: "",
  pair: "",
  check: "",
  import: "FILE…",
  backup: "FILE",
  "add-server": "NAME",
  downloader: "",
  conformance: "ADDRESS",
  help: "COMMAND",
  version: "",
} as const;

type Command = keyof typeof commands;

interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for its value in the help. */
  readonly value?: string;
  /** The commands that take it; the help lists it with the first of them. A run without a command is `run`. */
  readonly of: readonly Command[];
}

const options = {
  config: { type: "string", short: "c", value: "FILE", of: ["run", "pair", "check", "import", "backup", "add-server"] },
  "with-downloader": { type: "string", value: "DIR", of: ["run"] },
  help: { type: "boolean", short: "h", of: ["run"] },
  version: { type: "boolean", short: "V", of: ["run"] },
  output: { type: "string", short: "o", value: "FILE", of: ["init"] },
  admin: { type: "string", multiple: true, value: "ID", of: ["init"] },
  "token-file": { type: "string", value: "FILE", of: ["init", "downloader", "conformance"] },
  "api-root": { type: "string", value: "URL", of: ["init"] },
  force: { type: "boolean", of: ["init"] },
  json: { type: "boolean", of: ["check", "downloader"] },
  from: { type: "string", multiple: true, value: "DIR|FILE", of: ["import"] },
  "dry-run": { type: "boolean", short: "n", of: ["import"] },
  address: { type: "string", value: "ADDRESS", of: ["add-server"] },
  dir: { type: "string", value: "DIR", of: ["downloader"] },
  name: { type: "string", value: "NAME", of: ["downloader", "conformance"] },
  roots: { type: "string", value: "SITES", of: ["downloader"] },
  bot: { type: "string", value: "ADDRESS", of: ["downloader"] },
  listen: { type: "string", value: "ADDRESS", of: ["downloader"] },
  "tls-cert": { type: "string", value: "FILE", of: ["downloader", "conformance"] },
  "tls-key": { type: "string", value: "FILE", of: ["downloader", "conformance"] },
  "bot-ca": { type: "string", value: "FILE", of: ["downloader"] },
  join: { type: "string", value: "CODE", of: ["downloader"] },
  "join-file": { type: "string", value: "FILE", of: ["downloader"] },
  "plain-token": { type: "boolean", of: ["downloader"] },
  concurrency: { type: "string", value: "N", of: ["downloader"] },
  rate: { type: "string", value: "SIZE", of: ["downloader"] },
  "min-free": { type: "string", value: "SIZE", of: ["downloader"] },
  "yt-dlp": { type: "string", value: "FILE", of: ["downloader"] },
  "yt-dlp-arg": { type: "string", multiple: true, value: "ARG", of: ["downloader"] },
  cookies: { type: "string", value: "FILE", of: ["downloader"] },
  "allow-private": { type: "boolean", of: ["downloader"] },
  backend: { type: "string", value: "NAME", of: ["downloader"] },
  "backend-url": { type: "string", value: "URL", of: ["downloader"] },
  "backend-user": { type: "string", value: "NAME", of: ["downloader"] },
  "backend-secret-file": { type: "string", value: "FILE", of: ["downloader"] },
  "backend-dir": { type: "string", value: "DIR", of: ["downloader"] },
  "backend-option": { type: "string", multiple: true, value: "KEY=VALUE", of: ["downloader"] },
  check: { type: "boolean", of: ["downloader"] },
  search: { type: "boolean", of: ["downloader"] },
  language: { type: "string", value: "LANG", of: ["downloader"] },
  ca: { type: "string", value: "FILE", of: ["conformance"] },
  link: { type: "string", value: "URL", of: ["conformance"] },
} as const satisfies Record<string, Option>;

type Given = typeof options;
type ValueOf<O> = O extends { type: "boolean" } ? boolean : O extends { multiple: true } ? readonly string[] : string;

/** The values of the options, under their names. */
export type Options = { readonly [Name in Exclude<keyof Given, "help" | "version">]?: ValueOf<Given[Name]> };

/** What the command line asks for. */
export interface Invocation extends Options {
  readonly command: Command;
  /** What followed the command without a flag; only if the command takes it. */
  readonly files?: readonly string[];
}

/** A sentence on what is wrong with the command line; the caller exits with 64. */
export interface UsageProblem {
  readonly usage: string;
}

/** Reads the arguments after the program's name. `--help` and `--version` win over any subcommand. */
export function parseCli(argv: readonly string[], words: CommandWords["cli"]): Invocation | UsageProblem {
  const problem = (sentence: string): UsageProblem => ({ usage: `${sentence} ${words.tryHelp}` });
  try {
    const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options });
    const { help, version, ...given } = values;
    if (help) return { command: "help" };
    if (version) return { command: "version" };
    const [name = "run", ...files] = positionals;
    if (!isCommand(name)) return problem(unknownCommand(name, words));
    const wrong = operandProblem(name, files, words) ?? optionProblem(name, given, words);
    return wrong === undefined ? { command: name, ...given, ...some(files) } : problem(wrong);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return problem(flagProblem(error, words));
  }
}

function unknownCommand(name: string, words: CommandWords["cli"]): string {
  return words.unknownCommand(name, nearest(name, Object.keys(commands)));
}

function operandProblem(name: Command, files: readonly string[], words: CommandWords["cli"]): string | undefined {
  const most = { "": 0, FILE: 1, ADDRESS: 1, NAME: 1, COMMAND: 1, "FILE…": Number.POSITIVE_INFINITY }[commands[name]];
  const extra = files[most];
  if (extra !== undefined) return words.unexpected(extra, name);
  const [file] = files;
  if (commands[name] === "COMMAND" && file !== undefined && !isCommand(file)) return unknownCommand(file, words);
  if (file) return undefined;
  if (commands[name] === "ADDRESS") return words.needsAddress(name);
  if (commands[name] === "NAME") return words.needsName(name);
  return commands[name] === "FILE" ? words.needsFile(name) : undefined;
}

function optionProblem(name: Command, given: Options, words: CommandWords["cli"]): string | undefined {
  for (const [flag, value] of Object.entries(given)) {
    const option: Option | undefined = isOption(flag) ? options[flag] : undefined;
    if (!option?.of.includes(name)) return words.notOf(name, `--${flag}`);
    if ([value].flat().includes("")) return words.emptyValue(`--${flag}`, option.value ?? "");
  }
  return undefined;
}

/** What `parseArgs` throws names the flag in quotes, and says in English what is wrong with it. */
function flagProblem({ message }: TypeError, words: CommandWords["cli"]): string {
  const [, flag = ""] = /'([^']*)'/.exec(message) ?? [];
  if (message.startsWith("Unknown")) return words.unknownOption(flag);
  return message.includes("does not take") ? words.takesNoValue(flag) : words.needsValue(flag);
}

/** What `--help` prints. */
export function helpText(words: CommandWords["cli"]): string {
  const names = Object.keys(commands).filter(isCommand);
  return words.help({
    commands: names.map((name) => `  ${name.padEnd(13)}${words.commands[name]}`).join("\n"),
    general: optionLines("run", words),
    init: optionLines("init", words),
    check: optionLines("check", words),
    imported: optionLines("import", words),
    addServer: optionLines("add-server", words),
    downloader: optionLines("downloader", words),
    conformance: optionLines("conformance", words),
  });
}

/**
 * The lines of a command's options. An option that several commands share is listed with the first, and again with another if it means
 * something else there.
 */
function optionLines(name: Command, words: CommandWords["cli"]): string {
  const elsewhere: Partial<Record<Command, Readonly<Record<string, string>>>> = words.elsewhere;
  const meant = elsewhere[name] ?? {};
  const mine = Object.keys(options)
    .filter(isOption)
    .filter((flag) => options[flag].of[0] === name || flag in meant);
  return mine
    .map((flag) => {
      const { short, value }: Option = options[flag];
      const spelt = `${short === undefined ? "    " : `-${short}, `}--${flag}${value === undefined ? "" : ` ${value}`}`;
      return `  ${spelt.padEnd(32)}${meant[flag] ?? words.options[flag]}`;
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
