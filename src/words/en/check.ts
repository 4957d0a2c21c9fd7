const RESTART = "Start or restart the bot: it moves the database aside and restores the newest good backup.";
const SET_CLOCK =
  "Set the clock, for a container that of its host, and let the system keep it right: timedatectl set-ntp true.";
const AS_ITS_USER = "Run check with sudo, or in the bot's container.";
/** What to do about a server whose TLS lacks HTTP/2. */
export const NO_HTTP2 =
  "Its TLS does not offer HTTP/2, which gRPC needs. If another program does TLS for it, let that offer h2 by ALPN (in nginx's stream: ssl_alpn h2).";
const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;

/** The results of `dwld-bot check`, in English. A text without a full stop is a finding; one with it is advice. */
export const check = {
  areas: {
    config: "config",
    clock: "clock",
    database: "database",
    access: "access",
    ports: "ports",
    telegram: "telegram",
    downloaders: "servers",
  },
  levels: { ok: "ok", note: "note", warn: "warn", fail: "fail" },
  sound: (warnings: number) => (warnings === 0 ? "All is well." : `No problems, but ${plural(warnings, "warning")}.`),
  unsound: (problems: number, warnings: number) =>
    `${plural(problems, "problem")}${warnings === 0 ? "" : `, ${plural(warnings, "warning")}`}.`,
  duration: {
    seconds: (n: number) => `${n} s`,
    minutes: (n: number) => `${n} min`,
    hours: (n: number) => `${n} h`,
    days: (n: number) => plural(n, "day"),
  },
  config: { fromEnvironment: "Everything is set in the environment" },
  certificates: {
    ended: (key: string, since: string) => `The certificate in ${key} expired ${since} ago`,
    notYet: (key: string, from: string) => `The certificate in ${key} becomes valid only in ${from}`,
    lasts: (key: string, left: string) => `The certificate in ${key} is valid for ${left}`,
    renew: "Make a new one, then restart the bot.",
    clock: SET_CLOCK,
  },
  clock: {
    agrees: "The clock agrees with Telegram's",
    ahead: (by: string) => `The clock is ${by} ahead of Telegram's`,
    behind: (by: string) => `The clock is ${by} behind Telegram's`,
    set: SET_CLOCK,
    future: (from: string) => `The database has rows from the future: ${from} from now`,
    futureAdvice: `Links may wait longer than they should. ${SET_CLOCK}`,
  },
  database: {
    forbidden: (folder: string) => `This user may not read ${folder}`,
    asItsUser: AS_ITS_USER,
    restart: RESTART,
    missing: (path: string) => `There is no ${path} yet: the first start creates it`,
    empty: (path: string) => `${path} is empty: the first start sets it up`,
    missingWithBackups: (path: string) => `There is no ${path}, but there are backups`,
    emptyWithBackups: (path: string) => `${path} is empty, but there are backups`,
    newer: (path: string) => `${path} was written by a newer dwld-bot`,
    newerAdvice: "Install that version again, or restore a backup made by this one.",
    /** `why`: SQLite's own words. */
    damaged: (path: string, why: string) => `${path} is damaged (${why})`,
    unreadable: (path: string, code: string) => `${path} cannot be read (${code})`,
    unreadableAdvice: `Does it belong to this user? ${AS_ITS_USER}`,
    noPlaceAdvice: "Check store.path and its directory.",
    notOurs: (path: string) => `${path} was not written by this dwld-bot`,
    notOursAdvice:
      "If it is the Go version's: import it with dwld-bot import --from, and give this one its own store.path.",
    sound: (path: string, links: number, isOld: boolean) =>
      `${path} is sound, ${plural(links, "link")} in the queue${isOld ? "; the next start backs it up and brings its schema up to date" : ""}`,
    room: (mebibytes: number, folder: string) => `${mebibytes} MB free in ${folder}`,
    littleRoom: (mebibytes: number, folder: string) => `Only ${mebibytes} MB free in ${folder}`,
    noRoomAdvice: "Make room: links cannot be stored, and are sent at once.",
    littleRoomAdvice: "Make room before it runs out.",
    readOnly: (folder: string, code: string) => `${folder} cannot be written to (${code})`,
    readOnlyAdvice: `${AS_ITS_USER} If that changes nothing, give the folder to the bot's user: chown, for a container on the host.`,
    noBackup: "There is no backup yet",
    noBackupAdvice: "The bot makes one when it starts, and each night.",
    backup: (age: string, path: string) => `The newest backup is ${age} old: ${path}`,
    oldBackup: (age: string) => `The newest backup is ${age} old`,
    oldBackupAdvice: "A running bot makes one each night: check its log.",
    aside: (path: string) => `${path} was damaged and moved aside`,
    asideAdvice: "Rescue what is in it, or remove it.",
  },
  /** For `dwld-bot downloader --check`. */
  downloader: {
    folder: (dir: string) => `${dir} can be written to`,
    newFolder: (dir: string) => `There is no ${dir} yet: the first start creates it`,
    readOnly: (dir: string, code: string) => `${dir} cannot be written to (${code})`,
    ownFolder: "Give it to the user that the server runs as: chown, for a container on the host.",
    ytDlp: (path: string) => `Downloads from pages use ${path}`,
    noYtDlp: "There is no yt-dlp: only direct links to files are downloaded, and nothing from sites such as YouTube",
    getYtDlp: "Install it: apt install yt-dlp, or pipx install 'yt-dlp[default,deno]' for the newest.",
    other: (kind: string, url: string) => `Something answers at ${url}; it may be ${kind}`,
    useOther: (kind: string) => `If it is, links can be handed to it: --backend ${kind}.`,
    joins: "It has not joined the bot yet: it will when it starts",
    botAnswers: (address: string) => `The bot answers at ${address}`,
    noBot: (address: string, why: string) => `The bot does not answer at ${address}: ${why}`,
    findBot: "Is it running, and does --bot name its grpc.listen?",
  },
  /** About a program that downloads. */
  program: {
    /** `what`: the program with its version. */
    answers: (what: string, url: string) => `${what} answers at ${url}, and lets the server in`,
    /** `key`: the key or option for the address. */
    absent: (url: string, key: string) => `Is it running, and is ${url} its address? That is set in ${key}.`,
    /** `key`: the key or option for its password or key. */
    shut: (user: string, key: string) =>
      `Its password or key is not the one in ${key}, or it needs a user name: ${user}.`,
    other: (url: string, key: string) =>
      `Another program answers at ${url}, or this one has another path, or it is not working: check ${key} and its log.`,
    untrusted:
      "Its certificate has expired, is for another name, or comes from an authority that is unknown here. For your own authority, start with NODE_EXTRA_CA_CERTS set to the file of its certificate.",
    folder: (name: string, path: string) => `${name} saves files in ${path}, and this machine has that folder`,
    notOurs: (name: string, path: string) => `${name} saves files in ${path}, where the server may not write`,
    elsewhere: (name: string, path: string) => `${name} saves files in ${path}, which this machine does not have`,
    partsStay:
      "Unfinished files of removed links stay there. Let the server's user write to that folder, or delete them yourself.",
    partsStayElsewhere:
      "Before the first file, on another machine or in a container that is normal; only unfinished files of removed links stay there. If the folder has the same path here, they are deleted.",
  },
  beside: {
    ytDlp: (path: string) => `The server beside the bot has yt-dlp: ${path}`,
    noYtDlp: "There is no yt-dlp: the server beside the bot only downloads direct links to files",
    noYtDlpAdvice:
      "Install it: apt install yt-dlp, or pipx install 'yt-dlp[default,deno]' for the newest; or set its path in downloader.yt_dlp.",
    noNamed: (program: string) => `There is no ${program}: the server beside the bot cannot start`,
    noNamedAdvice: "Change downloader.yt_dlp, or leave it out: then the yt-dlp on PATH is used, if there is one.",
    noCookies: (path: string) => `${path} cannot be read, or is empty: the server beside the bot cannot start`,
    noCookiesAdvice: "Change downloader.cookies, or leave it out.",
  },
  access: {
    /** `others`: the admins in the database, by name; "" if there are none. */
    admins: (configured: number, others: string) =>
      [
        ...(configured === 0 ? [] : [`Admins in the config: ${configured}`]),
        ...(others === "" ? [] : [`${configured === 0 ? "Admins" : "Others"}: ${others}`]),
      ].join(". "),
    nobody: "There is no admin",
    nobodyAdvice: "Run dwld-bot pair and send the bot the code that it shows, or add your id to telegram.admins.",
    pairing: (ago: string, left: number) => `A code for becoming an admin was created ${ago} ago; tries left: ${left}`,
    pairingAdvice: "It works once, within an hour. dwld-bot pair creates a new one.",
  },
  ports: {
    any: (host: string, key: string) => `${host}, any free port (${key})`,
    free: (where: string) => `${where} is free`,
    freeAlthough: (where: string) => `${where} is free, although the bot runs`,
    own: (where: string) => `${where} is used by the running bot`,
    /** `holder`: the program, if it can be seen. */
    taken: (where: string, holder: string | undefined) => `${where} is taken by ${holder ?? "another program"}`,
    takenAdvice: (port: number, key: string) => `sudo ss -ltnp 'sport = :${port}' shows which. Or change ${key}.`,
    failed: (where: string, code: string) => `Cannot listen on ${where}: ${code}`,
    noAddress: (host: string, key: string) => `This machine has no address ${host}: change ${key}.`,
    noName: (key: string) => `No such name: change ${key}.`,
    forbidden: "Ports below 1024 are reserved for root: choose a higher one.",
    change: (key: string) => `Change ${key}.`,
  },
  telegram: {
    works: (bot: string, way: string) => `@${bot} through ${way}`,
    /** `variable`: of the environment; `exception` as well. */
    proxied: (host: string, proxy: string, variable: string) =>
      `${host} is called through the proxy ${proxy}, which ${variable} sets in the environment`,
    excluded: (host: string, variable: string, exception: string) =>
      `${host} is called directly: ${variable} sets a proxy in the environment, but ${exception} excludes this address`,
    refused: (way: string) => `${way} refuses the token`,
    newToken: "Check telegram.token: @BotFather shows it with /token, and replaces it with /revoke.",
    unreachable: (way: string, why: string) => `${way} cannot be reached: ${why}`,
    anotherWay: "The bot uses another way.",
    noWay:
      "Check the network. If Telegram is blocked, set a proxy in telegram.proxies or another root in telegram.api_roots.",
    proxyRefuses:
      "The proxy answers but refuses: are its user name and password in telegram.proxies right, and does it let this machine reach that address?",
    notTheApi:
      "Something answers there, but it is not the Bot API: is telegram.api_roots right, and does the mirror or proxy reach Telegram?",
    webhook: "A webhook is set, so another program may use this bot",
    webhookAdvice: "This bot removes it when it starts.",
    unknownAdmin: (id: number) => `The bot does not know the admin ${id}`,
    unknownAdminAdvice: (bot: string) =>
      `They must send /start to @${bot}, because a bot cannot write first. Or the id is wrong.`,
  },
  downloaders: {
    none: "No server has registered yet",
    noneButBeside: "No server has registered yet: the one beside the bot will when it starts",
    restsBeside: (name: string, address: string) =>
      `"${name}" at ${address} is the one beside the bot, and starts with it; the bot is not running`,
    noneAdvice: "Start one and give it grpc.listen as the bot's address.",
    /** `says`: the server's own words, if any. */
    answers: (name: string, address: string, says: string) =>
      `"${name}" at ${address} answers${says === "" ? "" : `: ${says}`}`,
    /** `seen`: how long ago, undefined for never. */
    silent: (name: string, address: string, why: string, seen: string | undefined) =>
      `"${name}" at ${address} does not answer (${why}); ${seen === undefined ? "never seen" : `last seen ${seen} ago`}`,
    silentAdvice: "Is it running, and does its firewall let this machine in? It registers again when it restarts.",
    notTrustedAdvice:
      "The certificate is not trusted: is its ca in grpc.downloaders the authority that signed it, and is it issued to this name? A server that joined with a code has to join again: dwld-bot add-server.",
    notLetInAdvice:
      "It does not let the bot in: does it expect another certificate or token from the bot (grpc.downloaders)?",
    noHttp2Advice: NO_HTTP2,
    unknown: (what: "route" | "window", match: string | undefined, name: string) =>
      `The ${what}${match === undefined ? "" : ` ${match}`} names "${name}", which has not registered`,
    unknownAdvice: "Is this the name with which it registers?",
  },
};
