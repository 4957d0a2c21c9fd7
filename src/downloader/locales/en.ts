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
        return "nothing was found to download: a live stream, perhaps";
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
    isThere: (name: string) => `${name} has this link already, from elsewhere`,
    failed: (name: string) => `${name} could not download it`,
    /** About a list of videos. */
    missing: (name: string, count: number) => `videos of this list of which ${name} knows nothing: ${count}`,
    isOld: (name: string) => `a file of this name was there already: ${name} downloaded nothing`,
    needed: "--backend as well",
    /** `option`: without its dashes; `name`: for `--backend`. */
    withoutMeaning: (option: string, name: string) =>
      `--${option} has no effect: ${name} downloads, and has settings of its own.`,
    noUsers: (option: string, name: string) => `--${option} has no effect: ${name} knows no users, only a secret.`,
    secretFile: "a file with the password or key on one line",
    url: (example: string) => `an address without a password in it, such as ${example}`,
    settings: (names: string) => names || "nothing: it has no settings",
    vanished: (name: string) => `the link is not in ${name} any more: it was removed there, or nobody saw how it ended`,
  },
  full: "too many links wait here already",
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
    rate: "bytes a second, such as 500K or 2M",
    language: "en or ru",
    certificate: "a certificate in a PEM file that can be read",
    key: "a private key without a password in a PEM file that can be read",
    ownKey: "the key that --tls-cert was made for",
    file: "a file that can be read",
    token: "a readable file with the bot's grpc.token and nothing else: one line without spaces",
    writtenPipe: "a plain file, or a pipe that something writes into",
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
      `Cannot read ${path}, by which this server and the bot know each other. Remove it, and join with a new code.`,
    refused: {
      unknown:
        "The bot does not know this code: a later one was made for the name, or it was tried too often. Make a new one with dwld-bot add-server.",
      expired: "The code is too old: it is good for an hour. Make a new one with dwld-bot add-server.",
      used: "Another machine has used this code already. If that was not you, remove that server with /servers; then make a new code with dwld-bot add-server.",
      unfit: "The bot does not take the certificate of this machine. Make a new code with dwld-bot add-server.",
    },
    anotherCertificate: (addresses: readonly string[]) =>
      `Nothing was sent: at ${addresses.join(", ")} is another certificate than that of the bot from which the code comes. Either the address leads to another program, or somebody is in between.`,
    unreachable: (addresses: readonly string[]) =>
      `The bot cannot be reached at ${addresses.join(", ")}. Is it running, does its firewall let this machine in, is the address right? Another one is named with dwld-bot add-server NAME --address ADDRESS.`,
  },
  /** The token could be read on its way to this host. */
  plainToken: {
    network: (host: string) =>
      `The token goes to ${host} unencrypted: whoever listens in on that network can read it. With --bot-ca nobody can.`,
    internet: (host: string) =>
      `The token would go to ${host} unencrypted, for everybody on the way to read. Use --bot-ca, or a tunnel; --plain-token allows it all the same.`,
  },
  runsAlready: (dir: string) => `Another one runs in ${dir}. Stop it first, or name another folder: --dir.`,
  cannotWrite: (dir: string, code: string) =>
    `Cannot write in ${dir}: ${code}. Is there room on the disk, and may the user that runs this write there (sudo chown)? Or name another folder: --dir.`,
  sensors: {
    space: (free: string, total: string) => `Free space: ${free} of ${total}`,
    load: (load: string, cores: number) => `Load: ${load} (${cores} cores)`,
    gigabytes: (gigabytes: string) => `${gigabytes} GB`,
  },
  health: (waiting: number, running: number) => `downloading: ${running}, waiting: ${waiting}`,
};

export type DownloaderTexts = typeof en;
