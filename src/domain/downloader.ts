/** Where a downloader listens. Two addresses are the same when both parts are equal. */
export interface Address {
  /** An IP literal (without brackets) or a DNS name; never a gRPC target with a scheme. */
  readonly host: string;
  readonly port: number;
}

/** An address as a person writes it: `127.0.0.1:9999`, `[::1]:9999`. */
export function spellAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** A registered downloader, with its connection record. Keyed by `name`. */
export interface Downloader extends Address {
  readonly name: string;
  /** Roots as registered: stripped, lowercased, without duplicates; see `parseRoot`. */
  readonly roots: readonly string[];
  /** Epoch ms of the latest registration. */
  readonly registeredAt: number;
  /** Epoch ms of the latest exchange in which it answered; null until there was one. */
  readonly lastSeenAt: number | null;
  /** Failed exchanges in a row. */
  readonly failures: number;
  /** True while an admin holds it back: it gets no new links, and nothing is lost. */
  readonly paused: boolean;
}

/**
 * Why a downloader that answers is of no use: it does not let the bot in, does not know a method that the bot needs, cannot prove with
 * a certificate that it is the one of that name, or its TLS does not offer HTTP/2.
 */
export type Unusable = "not_let_in" | "no_method" | "not_trusted" | "no_http2";

/** What a registration says, after validation. */
export interface Registration extends Address {
  readonly name: string;
  readonly roots: readonly string[];
}

/** One entry of a downloader's own list (wire.md §1.2: `Task`). */
export interface Download {
  readonly url: string;
  readonly status: DownloadStatus;
  /** Most lines of picture, as the downloader spells it. */
  readonly quality: string;
  /** Undefined until the downloader has looked at it. */
  readonly name: string | undefined;
  readonly remark: Remark | undefined;
}

/** What a downloader says in words about a link: what it is doing, or what went wrong. Text of another machine. */
export interface Remark {
  readonly kind: "activity" | "trouble";
  readonly text: string;
}

/** The statuses of the existing downloader (wire.md §2.3); any other text is `UNKNOWN`. */
export type DownloadStatus = "NEW" | "WORK" | "TO_SEND" | "SENDING" | "DONE" | "UNKNOWN";

/** One running download (wire.md §1.2: `OnWork`). Sizes in MiB, never negative or NaN; `percentage` within 0…100. */
export interface Progress {
  readonly url: string;
  readonly filename: string;
  readonly quality: number;
  readonly percentage: number;
  readonly status: string;
  readonly currentSize: number;
  readonly totalSize: number;
  readonly remark: Remark | undefined;
}

export interface DownloaderStatus {
  readonly running: readonly Progress[];
  /** Free text of several lines. */
  readonly sensors: string;
}

/** What `SetToQueue` asks for. */
export interface Submission {
  readonly url: string;
  /** `[username] folder`; becomes a folder on the file server. */
  readonly userName: string;
  /** Most lines of picture; 10000 means the best there is (wire.md §3). */
  readonly maxQuality: number;
}

/**
 * How handing a link to one downloader ended (reliability.md §2.3).
 * `unknown` means it may or may not be there: only its `Queue` can tell.
 */
export type Outcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "never_sent"; readonly detail: string }
  /**
   * `says`: the downloader's own words, limited in length; "" if it gave none. Text of another machine. `mayHaveIt`: they may be about a
   * mishap after it took the link.
   */
  | { readonly kind: "refused"; readonly detail: string; readonly says: string; readonly mayHaveIt: boolean }
  | { readonly kind: "incompatible"; readonly detail: string }
  | { readonly kind: "unknown"; readonly detail: string };

/** The bot's side of `grpc.v1.Downloader`. Every call has a deadline and throws `DownloaderUnreachable` when it fails. */
export interface DownloaderClient {
  /** Never throws: every failure is an outcome. */
  submit(downloader: Target, submission: Submission): Promise<Outcome>;
  remove(downloader: Target, url: string): Promise<readonly Download[]>;
  cleanHistory(downloader: Target): Promise<readonly Download[]>;
  status(downloader: Target): Promise<DownloaderStatus>;
  queue(downloader: Target): Promise<readonly Download[]>;
  /** The downloader's own message, or "". */
  health(downloader: Target): Promise<string>;
  /** Closes the channel to a downloader that is gone or has moved. */
  forget(name: string): void;
}

/**
 * How a call ended, as far as the downloader's state is concerned (reliability.md §2.6): `answered`, even if with an error; `unanswered`
 * after it was sent; `unconnected`: it could not even be sent.
 */
export type Exchange = "answered" | "unanswered" | "unconnected";

/**
 * `unreachable` ones get only health checks, until they answer or register. `failing` ones answer, but with errors: they are left out for
 * a while if another one matches.
 */
export type DownloaderState = "reachable" | "failing" | "unreachable";

/** Enough of a downloader to call it: one channel is kept per name, replaced when the address changes. */
export type Target = Pick<Downloader, "name" | "host" | "port">;

/** A call that failed; `detail` is for operators (`DEADLINE_EXCEEDED after 10000 ms`), never for the chat. */
export class DownloaderUnreachable extends Error {
  override readonly name = "DownloaderUnreachable";
  readonly downloader: string;
  readonly detail: string;

  constructor(downloader: string, detail: string) {
    super(`Cannot reach "${downloader}": ${detail}`);
    this.downloader = downloader;
    this.detail = detail;
  }
}

/** The registry's table. Each function may throw `StoreUnavailable`. */
export interface Downloaders {
  all(): Downloader[];
  save(downloader: Downloader): void;
  remove(name: string): void;
  /** What was saved (or, undefined, removed) by name but is not in the table, including from the run before. Never throws. */
  unsaved?(): ReadonlyMap<string, Downloader | undefined>;
}
