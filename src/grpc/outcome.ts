import { status } from "@grpc/grpc-js";
import type { Exchange, Outcome, Unusable } from "../domain/downloader.ts";
import { plain } from "../domain/text.ts";
import type { CallFailure } from "./call-failure.ts";
import type { DownloaderMethod } from "./proto.ts";

const MAX_DETAIL = 300;
/** A sentence's worth of what a downloader says about a link: it is stored with the link and shown in the chat. */
const MAX_SAYS = 200;

// The texts are grpc-js internals, which is why its version is pinned. They are matched narrowly: a downloader may answer with the same
// codes (grpc-go sends DEADLINE_EXCEEDED "context deadline exceeded" if its handler ran out of time), and such an answer must not read as
// "never sent".
const NO_CONNECTION = /^(No connection established|Name resolution failed|Channel closed before call started)/;
/** Details of an `UNAVAILABLE` that say so; our own downloader uses them if the program behind it is away (reliability.md §2.3). */
export const neverSent = (why: string) => `No connection established: ${why}`;
/** For a call that was not started, for this reason. */
export const notStarted = (reason: string): { readonly failure: CallFailure } => ({
  failure: { code: status.UNAVAILABLE, details: neverSent(reason) },
});
const WAITED_TO_START =
  /^Deadline exceeded after .*(waiting for name resolution|waiting for metadata filters|Waiting for LB pick)$/;
/** grpc-js: an HTTP response without a gRPC status comes from something in front of the downloader, not from it. */
const NOT_GRPC = /^Received HTTP status code /;
/**
 * Answers that libraries give by themselves if the program throws, or lists more than they may send: it may have taken the link before
 * that.
 */
const MISHAPS: readonly number[] = [status.UNKNOWN, status.OUT_OF_RANGE];
const ALREADY_THERE = "UNIQUE constraint failed";

/** What a failed or successful `SetToQueue` means (reliability.md §2.3); an unknown text is `unknown`, which is the safe side. */
export function classify(failure: CallFailure | undefined): Outcome {
  if (failure === undefined) return { kind: "accepted" };
  const { code, details } = failure;
  if (code === status.ALREADY_EXISTS || details.includes(ALREADY_THERE)) return { kind: "accepted" };
  const kind = failureKind(code, details);
  const detail = describe(failure);
  if (kind !== "refused") return { kind, detail };
  return { kind, detail, says: plain(inOneLine(details), MAX_SAYS), mayHaveIt: MISHAPS.includes(code) };
}

function failureKind(code: number, details: string): "never_sent" | "refused" | "incompatible" | "unknown" {
  switch (code) {
    case status.UNAVAILABLE:
      return NO_CONNECTION.test(details) ? "never_sent" : "unknown";
    case status.DEADLINE_EXCEEDED:
      return WAITED_TO_START.test(details) ? "never_sent" : "unknown";
    case status.UNIMPLEMENTED:
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return "incompatible";
    case status.UNKNOWN:
      return NOT_GRPC.test(details) ? "unknown" : "refused";
    case status.INVALID_ARGUMENT:
    case status.FAILED_PRECONDITION:
    case status.OUT_OF_RANGE:
      return "refused";
    default:
      return "unknown";
  }
}

/**
 * Whether the downloader itself answered, even if with an error (rule 12). `UNAVAILABLE`, `DEADLINE_EXCEEDED` and `CANCELLED` are not
 * answers, whoever made them: the downloader is of no use now.
 */
export function exchangeOf(failure: CallFailure | undefined): Exchange {
  if (failure === undefined) return "answered";
  const { code, details } = failure;
  if (failureKind(code, details) === "never_sent") return "unconnected";
  if (NOT_GRPC.test(details)) return "unanswered";
  const isSilence = [status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED].includes(code);
  return isSilence ? "unanswered" : "answered";
}

/** Texts about a message, and grpc-js's words for ENHANCE_YOUR_CALM of HTTP/2: the downloader may have carried out the call. */
const NOT_BEFOREHAND = /larger than|exceeds (?:the )?maximum|^Bandwidth exhausted or memory limit exceeded$/;

/** Whether a call was turned away, as libraries do while all their threads are busy: another call has to end first. */
export function lacksRoom(failure: CallFailure | undefined): boolean {
  return failure?.code === status.RESOURCE_EXHAUSTED && !NOT_BEFOREHAND.test(failure.details);
}

/** Methods without which nothing can be handed over. */
const NEEDED: readonly DownloaderMethod[] = ["SetToQueue", "Queue"];

/** Why the downloader is of no use, according to the answer of one of its methods; undefined if that is not in the way. */
export function unusable(method: DownloaderMethod, failure: CallFailure | undefined): Unusable | undefined {
  switch (failure?.code) {
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return "not_let_in";
    case status.UNIMPLEMENTED:
      return NEEDED.includes(method) ? "no_method" : undefined;
    default:
      return undefined;
  }
}

/**
 * What the other side's TLS says if it does not accept our certificate, or lacks one; grpc-java calls an unknown authority an internal
 * error, and until TLS 1.3 a missing certificate is a failed handshake. Bun and gRPC's C core, and so Python as well, say nothing: the
 * handshake is over, and the connection is gone.
 */
const NOT_LET_IN =
  /_ALERT_((NO|BAD)_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE|INTERNAL_ERROR)|: Failed to connect \(/;
/** nginx takes such a connection, and says it over HTTP. */
const BAD_REQUEST = "Received HTTP status code 400";
/** Texts of OpenSSL, Bun, and `connections.ts`; the last one is about a peer without TLS. */
const NOT_TRUSTED = /certificate|WRONG_VERSION_NUMBER/;
/** Texts of Bun, for a peer that names no protocol, and of OpenSSL, for one that names others only: gRPC needs HTTP/2. */
const NO_HTTP2 = /: h2 is not supported \(|_ALERT_NO_APPLICATION_PROTOCOL/;

/** Why there is no TLS with the other side, according to a failed call over TLS; undefined if that is not in the way. */
export function mistrust(failure: CallFailure | undefined): Unusable | undefined {
  if (failure?.details === BAD_REQUEST) return "not_let_in";
  // Other texts contain a host, which may have any name.
  if (failure?.code !== status.UNAVAILABLE || !failure.details.startsWith("No connection established"))
    return undefined;
  if (NO_HTTP2.test(failure.details)) return "no_http2";
  if (NOT_LET_IN.test(failure.details)) return "not_let_in";
  return NOT_TRUSTED.test(failure.details) ? "not_trusted" : undefined;
}

/** For operators, on one line: `DEADLINE_EXCEEDED after 10000 ms: Deadline exceeded after 10.000s,…`. */
export function describe({ code, details, afterMs }: CallFailure): string {
  const head = `${status[code] ?? `status ${code}`}${afterMs === undefined ? "" : ` after ${afterMs} ms`}`;
  const reason = inOneLine(details);
  if (reason === "") return head;
  return `${head}: ${reason.length > MAX_DETAIL ? `${reason.slice(0, MAX_DETAIL)}…`.toWellFormed() : reason}`;
}

/** The message of a failed call, without grpc-js's heading for a note that is missing. */
export function inOneLine(details: string): string {
  return details
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replace(/ Resolution note:$/, "");
}
