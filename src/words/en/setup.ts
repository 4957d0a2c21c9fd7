/** `dwld-bot init`, `pair` and `backup`, and what every command says about files, in English. */
export const setup = {
  files: {
    exists: (path: string) => `${path} already exists, and is not overwritten.`,
    unwritten: (path: string, code: string) => `Cannot write ${path}: ${code}.`,
    unread: (path: string, code: string) => `Cannot read ${path}: ${code}.`,
    missing: (path: string) => `There is no ${path}.`,
  },
  init: {
    exists: (path: string) => `${path} already exists: --force overwrites it, --output FILE gives another name.`,
    needsToken: "There is no terminal to ask on: give a file that contains the token with --token-file FILE.",
    askToken: "The bot's token, from @BotFather (it is not shown): ",
    noToken: "This is not a token: one looks like 123456:ABC…",
    unknownToken: "Telegram does not know this token.",
    tokenAdvice: "@BotFather shows it with /token.",
    known: (bot: string) => `The token is right: the bot is @${bot}.`,
    write: (address: string) => `Now write anything to it: ${address}`,
    unreachable: (why: string) =>
      `Telegram cannot be reached (${why}). If it is blocked, set DWLD_BOT_TELEGRAM_PROXIES, or give another root with --api-root.`,
    goesOn: (why: string) => `Telegram does not answer (${why}); still trying.`,
    /** `known`: the name of the account, if it has one. */
    isItYou: (person: string, known: string | undefined, id: number) =>
      `${person} (${known === undefined ? "" : `@${known}, `}id ${id}) wrote to the bot. Is this you? [y/n] `,
    askFolder:
      "Download on this machine, with the built-in server? Type a folder for the files, or press Enter for no: ",
    /** Programs that were found, each with its number. */
    found: (programs: readonly { readonly name: string; readonly url: string }[]) =>
      ["Found on this machine:", ...programs.map(({ name, url }, at) => `  ${at + 1}  ${name}, ${url}`)].join("\n"),
    askProgramOrFolder:
      "Download on this machine? Type the number of a program, or a folder for the built-in server's files, or press Enter for no: ",
    /** `usual`: the user that Enter stands for, if there is one. */
    askUser: (name: string, usual: string | undefined) => `The user name for ${name} (Enter: ${usual ?? "none"}): `,
    askSecret: (name: string) => `The password or key for ${name} (it is not shown), or Enter to do without ${name}: `,
    /** `what`: the program with its version. */
    letsIn: (what: string) => `${what} lets the bot in.`,
    /** `what`: a folder, or a program. */
    askKeep: (what: string) => `What downloads on this machine so far: ${what}. Keep it? [y/n] (Enter: y) `,
    takenByAnother:
      "Another program receives this bot's messages. Stop it and try again, or give your id with --admin.",
    revoked: "Telegram no longer knows this token.",
    ended: "Nothing was written: the input has ended.",
    nothingWritten: "Nothing was written.",
    wrote: (path: string) => `Wrote ${path}. Next: dwld-bot check --config ${path}`,
  },
  pair: {
    send: "Send this code to the bot, in a private chat. Whoever sends it first becomes an admin:",
    sendTo: (bot: string) => `Send this code to @${bot}, in a private chat. Whoever sends it first becomes an admin:`,
    link: (address: string) => `Or open ${address} and press Start.`,
    ends: "It works once, within an hour, while the bot is running; five wrong tries cancel it, and so does a new code.",
    failed: (path: string, code: string) =>
      `No code was created: ${path} cannot be written (${code}). Run this as the bot's user, with sudo, or in the bot's container, and check that there is room on the disk.`,
    nobody:
      "This bot has no admin, so nobody could let anybody in. Run dwld-bot pair with the same config (with sudo if the bot is a service, in its container if it has one) and start the bot: whoever sends it the code becomes an admin. Or add your id to telegram.admins.",
  },
  backup: {
    noDatabase: (path: string) => `There is no database at ${path}. Give the bot's config with --config.`,
    done: (from: string, to: string, bytes: number) => `Backed up ${from} to ${to}: ${bytes} bytes, checked.`,
    damaged: (from: string, to: string) =>
      `Cannot back up ${from} to ${to}: it is damaged. Start the bot: it moves it aside and restores the newest good backup.`,
    failed: (from: string, to: string, code: string) =>
      `Cannot back up ${from} to ${to}: SQLite says ${code}. Is there room on the disk, and may this user read the one and write the other?`,
    noRoom: (from: string, to: string) =>
      `Cannot back up ${from} to ${to}: there is no room for it. Free some space, or name a file on another disk.`,
    exists: (to: string) => `${to} already exists, and is not overwritten. Give another file.`,
    noFolder: (to: string, folder: string) => `Cannot write ${to}: there is no folder ${folder}.`,
  },
  /** The comments above the values in a config that a command writes. */
  config: {
    comments: {
      "telegram.token": "From @BotFather. Whoever has it controls the bot: keep this file secret.",
      "telegram.token_file": "The file with the token from @BotFather.",
      "telegram.admins": "Ids of people or groups that manage everything.",
      "telegram.users": "Ids of people or groups that may use the bot; admins can let in more at any time.",
      "telegram.api_roots": "Addresses of the Bot API, tried in order.",
      "telegram.proxies": "Proxies tried in order besides a direct connection.",
      folders: "Folders on the file server that the prompt offers; the first is the default.",
      "downloader.dir": "The built-in server beside the bot downloads into this folder.",
      "downloader.name": "Its name in the chat.",
      "downloader.backend": "The program that downloads; it saves files where it is set to.",
      "grpc.listen": "Where servers register.",
      "store.path": "The queue.",
      "http.listen": "Where POST /links, /healthz, /readyz and /metrics are served.",
    },
    others: "Every other key has its default; all keys are explained in config.example.yaml.",
    paired: "No admin is named here: whoever first sends the bot the code from dwld-bot pair becomes one.",
    handedOver: (path: string) => `systemd passes on the token in ${path}.`,
    imported: (path: string) => `From the Go version's ${path}.`,
  },
};
