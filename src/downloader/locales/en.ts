import type { FetchFailure } from "../fetcher.ts";

/** Everything a person reads of the downloader, in English; `ru` says the same. */
export const en = {
  failure(failure: FetchFailure): string {
    switch (failure.kind) {
      case "refused":
        return `the site answered with error ${failure.status}${{ 403: " (access denied)", 404: " (not found)", 410: " (removed)", 429: " (too many requests)" }[failure.status] ?? ""}`;
      case "forbidden":
        return `the link leads to ${failure.host}, which is not a public address`;
      case "unknown_host":
        return `the site ${failure.host} was not found`;
      case "too_many_redirects":
        return "the site redirects in circles";
      case "stalled":
        return "the site stopped sending";
      case "cut_short":
        return "the connection broke before the end of the file";
      case "page":
        return "this is a web page, and yt-dlp is not installed on this server";
      case "bare_page":
        return "this is a web page on which yt-dlp finds nothing to download";
      case "nothing":
        return "nothing to download was found; perhaps it is a live stream";
      case "no_space":
        return "not enough space on the disk";
      case "connection":
        return `the connection to the site failed (${failure.detail})`;
      case "disk":
        return `could not write the file (${failure.detail})`;
      case "surprise":
        return `something unexpected went wrong (${failure.detail})`;
      case "program":
        return failure.detail;
    }
  },
  /** About a program that downloads for this one; `name` is its name. */
  backEnd: {
    noAnswer: (name: string, detail: string) => `${name} does not answer: ${detail}`,
    notTaken: (name: string) => `${name} did not take the link`,
    isThere: (name: string) => `${name} already has this link, from elsewhere`,
    failed: (name: string) => `${name} could not download it`,
    noFiles: (name: string) => `${name} no longer finds the files: perhaps the disk is not connected`,
    /** Of a list of videos. */
    missing: (name: string, count: number) => `videos of this list that are not in ${name}: ${count}`,
    isOld: (name: string) => `a file of this name already existed: ${name} downloaded nothing`,
    needed: "--backend as well",
    /** `option`: without its dashes; `name`: for `--backend`. */
    withoutMeaning: (option: string, name: string) =>
      `--${option} has no effect: ${name} downloads, and has its own settings.`,
    noUsers: (option: string, name: string) => `--${option} has no effect: ${name} has no users, only a secret.`,
    secretFile: "a file with the password or key on one line",
    url: (example: string) => `an address without a password in it, such as ${example}`,
    settings: (names: string) => names || "nothing: it has no settings",
    vanished: (name: string) => `the link is no longer in ${name}: it was removed there, or its end was missed`,
  },
  full: "too many links are already waiting here",
  willRetry: (trouble: string) => `will try again: ${trouble}`,
  /** About a playlist. */
  nthOf: (nth: number, of: number) => `${nth} of ${of}`,
  /** What each option should be. */
  expected: {
    name: "1 to 64 printable characters",
    roots: "parts of addresses with commas, such as youtube.com,vk.com/video, or *",
    address: "HOST:PORT, such as 127.0.0.1:9999 or [::1]:9999",
    dir: "the folder for the files, such as --dir downloads",
    count: "a number from 1 to 64",
    size: "a size such as 500M or 2G",
    rate: "bytes per second, such as 500K or 2M",
    language: "en or ru",
    certificate: "a certificate in a PEM file that can be read",
    key: "a private key without a password in a PEM file that can be read",
    ownKey: "the key that belongs to --tls-cert",
    file: "a file that can be read",
    token: "a readable file with the bot's grpc.token and nothing else: one line without spaces",
    writtenPipe: "a regular file, or a pipe with data",
    program: "a program that can be started",
  },
  problem: (of: { readonly key: string; readonly found: string | undefined; readonly expected: string }) =>
    of.found === undefined
      ? `--${of.key} is missing: ${of.expected}`
      : `--${of.key}: found "${of.found}", expected ${of.expected}`,
  joining: {
    /** `option`: without its dashes. */
    mistyped: (option: string) =>
      `--${option}: this is not the whole code. Copy everything that dwld-bot add-server has printed.`,
    newer: (option: string) =>
      `--${option}: the code comes from a newer dwld-bot. Install the same version on this machine.`,
    superfluous: (options: readonly string[]) => `This server joins with a code: leave out ${options.join(", ")}.`,
    /** About the file. */
    unreadable: (path: string) =>
      `Cannot read ${path}, which identifies this server and the bot to each other. Remove it, and join with a new code.`,
    refused: {
      unknown:
        "The bot does not know this code: a newer one was created for this name, or there were too many tries. Create a new one with dwld-bot add-server.",
      expired: "The code is too old: it is valid for an hour. Create a new one with dwld-bot add-server.",
      used: "Another machine has already used this code. If that was not you, remove that server with /servers; then create a new code with dwld-bot add-server.",
      unfit: "The bot does not accept the certificate of this machine. Create a new code with dwld-bot add-server.",
    },
    anotherCertificate: (addresses: readonly string[]) =>
      `Nothing was sent: the certificate at ${addresses.join(", ")} is not that of the bot that issued the code. Either the address leads to another program, or somebody intercepts the connection.`,
    unreachable: (addresses: readonly string[]) =>
      `The bot cannot be reached at ${addresses.join(", ")}. Is it running, does its firewall let this machine in, is the address right? For another one, run dwld-bot add-server NAME --address ADDRESS.`,
  },
  /** The token could be read on its way to this host. */
  plainToken: {
    network: (host: string) =>
      `The token is sent to ${host} unencrypted: anybody who listens on that network can read it. With --bot-ca nobody can.`,
    internet: (host: string) =>
      `The token would be sent to ${host} unencrypted, and anybody on the way could read it. Use --bot-ca, or a tunnel; --plain-token allows it anyway.`,
  },
  runsAlready: (dir: string) => `Another server is running in ${dir}. Stop it first, or give another folder: --dir.`,
  cannotWrite: (dir: string, code: string) =>
    `Cannot write in ${dir}: ${code}. Is there room on the disk, and may the user that runs this write there and enter the folders above it (chown, chmod; for a container on the host)? Or give another folder: --dir.`,
  /** A folder that is a symbolic link. */
  linkTo: (dir: string, target: string) => `${dir}, a symbolic link to ${target}`,
  sensors: {
    space: (free: string, total: string) => `Free space: ${free} of ${total}`,
    load: (load: string, cores: number) => `Load: ${load} (${cores} cores)`,
    gigabytes: (gigabytes: string) => `${gigabytes} GB`,
  },
  health: (waiting: number, running: number) => `downloading: ${running}, waiting: ${waiting}`,
};

export type DownloaderTexts = typeof en;
