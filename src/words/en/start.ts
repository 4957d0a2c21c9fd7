/** Why the bot, or the built-in downloader, cannot start, in English. */
export const start = {
  running: (path: string) =>
    `Another dwld-bot already runs on ${path}. Stop it first, or give this one its own store.path.`,
  newer: (path: string) =>
    `${path} was written by a newer dwld-bot. Install that version again, or restore a backup made by this one, from the folder backups beside it.`,
  /** `code`: the system's; undefined if the file can be read but is not valid. */
  joined: (path: string, code: string | undefined) =>
    `Cannot read ${path}, which identifies a joined server: ${code ?? "its content has changed"}. Restore it, or remove it and have that server join again.`,
  folder: "store.path is a folder: give a file in it, such as dwld-bot.db.",
  database: (path: string, code: string) =>
    `The database ${path} cannot be used: ${code}. Check store.path and its directory.`,
  /** `code`: EACCES or the like. */
  forbidden: (path: string, code: string) =>
    `The database ${path} cannot be used: ${code}. Give its directory to the user that runs the bot, or change store.path.`,
  unauthorized:
    "Telegram refuses the token: check telegram.token, and ask @BotFather for a new one (/revoke) if it was revoked.",
  listen: {
    downloaders: (where: string) => `Cannot listen for downloaders on ${where}`,
    HTTP: (where: string) => `Cannot listen for HTTP on ${where}`,
    "the bot": (where: string) => `Cannot listen for the bot on ${where}`,
    /** The reason, after a colon. `key` is the key with the address; `holder` is a program, if it can be seen. */
    taken: (port: number, holder: string | undefined, key: string) =>
      holder === undefined
        ? `port ${port} is taken by another program (EADDRINUSE); sudo ss -ltnp 'sport = :${port}' shows which. Stop that one, or change ${key}.`
        : `port ${port} is taken by ${holder} (EADDRINUSE). Stop that one, or change ${key}.`,
    absent: (host: string, key: string) =>
      `this machine has no address ${host} now (EADDRNOTAVAIL). Wait until it does, or change ${key}.`,
    unknownName: (host: string, code: string, key: string) =>
      `the name ${host} is not known now (${code}). Check its spelling, or use an address for ${key}.`,
    low: (port: number, key: string) =>
      `port ${port} is not open to this user (EACCES): those below 1024 are reserved for root. Choose a higher one for ${key}.`,
    openToAll: (host: string) =>
      `${host} is open to everyone: set grpc.token or grpc.allowed_networks, or listen on a private address.`,
    failed: (code: string, key: string) => `${code}. Change ${key}.`,
  },
};
