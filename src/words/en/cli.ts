/** What must follow an option, by the word for it in the help. */
const VALUES: Readonly<Record<string, string>> = {
  FILE: "the name of a file",
  "DIR|FILE": "the name of a folder or a file",
  ID: "an id",
  ARG: "an argument",
  DIR: "the name of a folder",
  NAME: "a name",
  SITES: "sites, separated by commas",
  N: "a number",
  "KEY=VALUE": "a name and a value",
  SIZE: "a size",
  LANG: "a language",
  CODE: "a code",
};

/** The command line, in English: what is wrong with it, and `--help`. */
export const cli = {
  commands: {
    run: "run the bot until it is stopped (the default)",
    init: "set up: ask for the token, learn your id from your first message, write the config",
    pair: "show a one-time code: whoever sends it to the bot first becomes an admin",
    check: "check everything, and say what is wrong and how to fix it",
    import: "import the Go version's config and queue; its files are not changed",
    backup: "copy the database to FILE, even while the bot runs",
    "add-server": "print a code that makes another machine the server NAME",
    downloader: "download links for the bot, as a separate process",
    conformance: "test whether the server at ADDRESS does what the bot expects",
    help: "print this help",
    version: "print the version",
  },
  options: {
    config: "use this config file",
    output: "the config to write (config.yaml)",
    admin: "an admin's id; without it and without a terminal, show a code, as pair does",
    "token-file": "keep the token in FILE: read from it, or written to it if it does not exist",
    "api-root": "the address of the Bot API (https://api.telegram.org)",
    force: "overwrite an existing config",
    json: "print the findings as JSON",
    from: "where its YAML and its links.db are (repeatable)",
    "dry-run": "show what would be imported, and change nothing",
    address: "where other machines reach this one: HOST or HOST:PORT (its own addresses)",
    dir: "the folder for the files (required)",
    name: "its name in the chat (this machine's name)",
    roots: "the sites that it takes: youtube.com,vk.com/video (*)",
    bot: "where the bot listens for servers (127.0.0.1:9999)",
    listen: "where it listens for the bot (127.0.0.1:50051)",
    "tls-cert": "its certificate, PEM: the bot calls it over TLS",
    "tls-key": "the key of that certificate, PEM",
    "bot-ca": "the authority of the bot's certificate, PEM: it calls the bot over TLS",
    join: "join the bot with the CODE from add-server (- reads it from standard input)",
    "join-file": "the same, with the code in FILE",
    "plain-token": "send the token to a bot on the Internet unencrypted",
    concurrency: "downloads at a time (2)",
    rate: "bytes per second for each download: 500K, 2M",
    "min-free": "how much of the disk stays free (1G)",
    "yt-dlp": "the path of yt-dlp, if it is not on PATH",
    "yt-dlp-arg": "an extra argument for yt-dlp (repeatable)",
    cookies: "cookies for yt-dlp",
    "allow-private": "allow links into private networks",
    backend: "the program that downloads (auto: the server itself)",
    "backend-url": "the address of that program",
    "backend-user": "the user name for it",
    "backend-secret-file": "a file with its password or key",
    "backend-dir": "where it saves files, as it sees the path",
    "backend-option": "a setting of that program (repeatable)",
    check: "check its folder, that program and the bot, and say what is wrong",
    search: "list the supported programs found on this machine",
    language: "the language of its messages: en or ru (this machine's)",
    ca: "call it over TLS: its certificate or the authority's, PEM",
    link: "a link to test with; it is downloaded completely",
    "with-downloader": "also download into DIR, with the built-in server",
    help: "print this help",
    version: "print the version",
  },
  /** What an option means for another command than the first that has it. */
  elsewhere: {
    downloader: {
      "token-file": "a file with the bot's grpc.token",
      json: "with --check: print the findings as JSON",
    },
    conformance: {
      "token-file": "a file with the token that the server requires",
      name: "the server's name in its certificate",
      "tls-cert": "the bot's certificate, PEM, if the server requires it",
      "tls-key": "the key of that certificate, PEM",
    },
  },
  /** `meant` is the command that looks most like it, if any does. */
  unknownCommand: (name: string, meant: string | undefined) =>
    `Unknown command "${name}".${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
  unexpected: (argument: string, command: string) => `Unexpected argument "${argument}" after ${command}.`,
  needsAddress: (command: string) => `${command} needs an address with a port, such as 127.0.0.1:50051.`,
  needsName: (command: string) => `${command} needs the name of a server.`,
  needsFile: (command: string) => `${command} needs the name of a file.`,
  otherFile: (path: string) => `${path} cannot be read, or contains something else.`,
  needsOther: (option: string, other: string) => `${option} needs ${other} as well.`,
  /** `option` as it was spelt. */
  unknownOption: (option: string) => `Unknown option ${option}.`,
  needsValue: (option: string) => `${option} needs a value.`,
  takesNoValue: (option: string) => `${option} takes no value.`,
  notOf: (command: string, option: string) => `${command} has no option ${option}.`,
  /** `value` is what stands for it in the help. */
  emptyValue: (option: string, value: string) => `${option} needs ${VALUES[value] ?? "an address"}.`,
  tryHelp: "Try dwld-bot --help.",
  help: (lines: {
    readonly commands: string;
    readonly general: string;
    readonly init: string;
    readonly check: string;
    readonly imported: string;
    readonly addServer: string;
    readonly downloader: string;
    readonly conformance: string;
  }) => `dwld-bot takes links in Telegram chats and hands them to a fleet of servers that download them.

Usage: dwld-bot [COMMAND] [OPTION…]
       dwld-bot backup FILE
       dwld-bot import --from DIR [--dry-run]
       dwld-bot add-server NAME [--address ADDRESS]
       dwld-bot downloader --dir DIR [--bot ADDRESS | --join CODE]
       dwld-bot conformance ADDRESS [--link URL]

Commands:
${lines.commands}

Options:
${lines.general}

Options of init:
${lines.init}

Options of check:
${lines.check}

Options of import:
${lines.imported}

Options of add-server:
${lines.addServer}

Options of downloader:
${lines.downloader}

Options of conformance:
${lines.conformance}

Without --config the config is $DWLD_BOT_CONFIG, ./config.yaml or /etc/dwld-bot/config.yaml. Every key can
also be set in the environment: DWLD_BOT_TELEGRAM_TOKEN, DWLD_BOT_TELEGRAM_ADMINS and so on.

To restore a backup: stop the bot, move the database away together with its -wal and -shm, copy the
backup into its place, and start the bot.

Exit codes: 0 stopped, or done; 64 wrong usage; 70 a bug; 75 try later: another instance is running, the
database is locked or the disk is full, an address is taken or not there yet; 78 wrong config or token,
something that cannot be read or written, or problems that check has found.
`,
};
