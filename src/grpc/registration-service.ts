import { isIP } from "node:net";
import { type ServerUnaryCall, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Registration } from "../domain/downloader.ts";
import { foldedName } from "../domain/downloader-name.ts";
import type { JoinedServers } from "../domain/joining.ts";
import type { Log } from "../domain/log.ts";
import {
  createRegistrationReader,
  MAX_ROOTS,
  type RegistrationClaim,
  RegistrationRefused,
} from "../domain/registration.ts";
import { oneLine } from "../domain/text.ts";
import { createBearerCheck } from "../domain/token.ts";
import { answering, type UnaryReply } from "./answer.ts";
import { authorizationOf, parsePeer } from "./caller.ts";
import type { NetworkRules } from "./networks.ts";
import type { Services } from "./proto.ts";
import { readingRepeatedOnce } from "./repeated-messages.ts";
import { fromRegisterRequest } from "./wire.ts";

export interface RegistrationServiceOptions {
  /**
   * Stores the registration; the downloader gets OK when it returns. `RegistrationRefused` becomes FAILED_PRECONDITION with its message,
   * anything else INTERNAL.
   */
  readonly register: (registration: Registration) => void | Promise<void>;
  /** The token that downloaders must send as `authorization: Bearer …`; undefined or "" for none. */
  readonly token?: string | undefined;
  readonly networks: NetworkRules;
  /** Every caller has presented a certificate: the name that it registers must be the certificate's common name. */
  readonly bindsNames: boolean;
  /** The servers that have joined: nobody else may register under their names. */
  readonly joined?: Pick<JoinedServers, "has" | "isShownBy"> | undefined;
  /** Only they may register. */
  readonly onlyJoined?: boolean;
  /** The server's own port, if it is reached over loopback; undefined otherwise. Called for each registration. */
  readonly ownPort: () => number | undefined;
  readonly log: Log;
}

const LONGEST_NAME = 64;

/** Stands for a request that cannot be read: grpc-js would answer it without a word about what is wrong, and log nothing. */
const UNREADABLE: RegistrationClaim = { name: "", roots: [], host: "", port: 0 };

/** `grpc.v1.Bot` with requests that arrive as claims. A fleet repeats its registrations, so the same bytes are read only once. */
export function withClaims({ RegisterDownloader }: Services["bot"]): Services["bot"] {
  const { requestDeserialize } = RegisterDownloader;
  const claimIn = (bytes: Buffer): RegistrationClaim => {
    try {
      return fromRegisterRequest(requestDeserialize(bytes));
    } catch {
      return UNREADABLE;
    }
  };
  const read = readingRepeatedOnce(claimIn, ({ roots }) => roots.length <= MAX_ROOTS);
  return { RegisterDownloader: { ...RegisterDownloader, requestDeserialize: read } };
}

/** `grpc.v1.Bot` (wire.md §1.1), for the definition made by `withClaims`. */
export function createRegistrationService(options: RegistrationServiceOptions): UntypedServiceImplementation {
  const { register, token, networks, bindsNames, joined, onlyJoined = false, ownPort, log } = options;
  const read = createRegistrationReader();
  const hasToken = token ? createBearerCheck(token) : () => true;

  /** The latest one in progress for each name. */
  const latest = new Map<string, Promise<unknown>>();

  /** Why a name does not belong to the caller; undefined if it may. */
  function notItsName(name: string, authorization: string | undefined): string | undefined {
    if (joined?.has(name) !== true) return onlyJoined ? "Only servers that have joined may register here" : undefined;
    if (!onlyJoined)
      return "server_name belongs to a server that has joined; that one must register over TLS with its own token";
    return joined.isShownBy(authorization, name) ? undefined : "This is not the token of the server with this name";
  }

  /**
   * Why nobody can be called at its address; undefined if somebody may be. Registrations of one name are answered in the order in which
   * they came, although the look-up of an earlier one may take longer: the latest is what counts.
   */
  async function notAnAddress(
    { name, host, port }: Registration,
    own: number | undefined,
  ): Promise<string | undefined> {
    const looking = networks.refuseTarget(host, port === own);
    // Nobody is being looked up, and an address need not be: there is nothing to wait for.
    if (latest.size === 0 && isIP(host) !== 0) return looking;
    const key = foldedName(name);
    const turn = Promise.allSettled([looking, latest.get(key)]);
    latest.set(key, turn);
    await turn;
    if (latest.get(key) === turn) latest.delete(key);
    return looking;
  }

  async function registerDownloader(call: ServerUnaryCall<RegistrationClaim, object>): Promise<UnaryReply> {
    const callerHost = parsePeer(call.getPeer());
    const refuse = (code: number, details: string): UnaryReply => {
      // Trying tokens does not fill the log, because the same words are written once a minute, and hides no other refusal.
      const what =
        code === status.UNAUTHENTICATED ? "Refused a registration without the token" : "Refused a registration";
      log.warn(what, { caller: callerHost, problem: details });
      return { ok: false, code, details };
    };
    const notFromThere = networks.refuseCaller(callerHost);
    if (notFromThere !== undefined) return refuse(status.PERMISSION_DENIED, notFromThere);
    if (!hasToken(authorizationOf(call)))
      return refuse(status.UNAUTHENTICATED, "The registration token is missing or wrong");

    if (call.request === UNREADABLE)
      return refuse(status.INVALID_ARGUMENT, "This is not a RegisterDownloaderRequest as in proto/bot.proto");

    const port = ownPort();
    const parsed = read(call.request, { callerHost, ...(port === undefined ? {} : { ownPort: port }) });
    if (!parsed.ok) return refuse(status.INVALID_ARGUMENT, parsed.problem);

    const { registration, ignored } = parsed;
    const commonName = bindsNames ? commonNameOf(call) : undefined;
    if (bindsNames && commonName?.normalize("NFC") !== registration.name) {
      const issuedTo = oneLine(commonName ?? "", LONGEST_NAME);
      const why = `server_name must be the common name of the certificate, which is "${issuedTo}"`;
      return refuse(status.PERMISSION_DENIED, why);
    }
    // Checked before a host name is looked up for a stranger, and again afterwards: somebody may have joined by that name in the meantime.
    const ofAnother = () => notItsName(registration.name, authorizationOf(call));
    const before = ofAnother();
    if (before !== undefined) return refuse(status.PERMISSION_DENIED, before);
    const notThere = await notAnAddress(registration, port);
    if (notThere !== undefined) return refuse(status.INVALID_ARGUMENT, notThere);
    const meanwhile = ofAnother();
    if (meanwhile !== undefined) return refuse(status.PERMISSION_DENIED, meanwhile);
    try {
      await register(registration);
    } catch (error) {
      if (error instanceof RegistrationRefused) return refuse(status.FAILED_PRECONDITION, error.message);
      throw error;
    }
    if (ignored.length > 0) log.warn(`Some roots of "${registration.name}" are not addresses`, { ignored });
    return { ok: true, reply: {} };
  }

  return { RegisterDownloader: answering(registerDownloader, log) };
}

/** The common name of the certificate that the caller has presented. */
function commonNameOf(call: Pick<ServerUnaryCall<unknown, object>, "getAuthContext">): string | undefined {
  return [call.getAuthContext()?.sslPeerCertificate?.subject.CN].flat()[0];
}
