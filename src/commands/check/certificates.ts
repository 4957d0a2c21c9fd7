import type { X509Certificate } from "node:crypto";
import type { Config } from "../../config/config.ts";
import { certificatesIn } from "../../config/tls-files.ts";
import type { ServerTls, TlsOf } from "../../domain/tls.ts";
import type { CommandWords } from "../../words/words.ts";
import { findingsOf } from "../finding.ts";
import { type BotFinding, spoken } from "./finding.ts";

const { ok, warn, fail } = findingsOf("config");

/** Somebody who renews by hand needs a while. */
const SOON_MS = 30 * 24 * 3_600_000;

/** A certificate that a key of the config names. */
export interface NamedCertificate {
  readonly key: string;
  /**
   * PEM. For the bot's own, the first one counts, followed by those that have signed it; for authorities, the one that is valid longest.
   */
  readonly pem: Buffer;
  readonly isAuthority: boolean;
}

/** All certificates of `grpc`: the bot's `own`, and the authorities of both sides. */
export function certificatesOf(
  { downloaders }: Pick<Config["grpc"], "downloaders">,
  own: ServerTls | undefined,
  tlsOf: TlsOf,
): NamedCertificate[] {
  const named = (key: string, pem: Buffer | undefined, isAuthority = true) =>
    pem === undefined ? [] : [{ key, pem, isAuthority }];
  return [
    ...named("grpc.tls.cert", own?.cert, false),
    ...named("grpc.tls.client_ca", own?.clientCa),
    ...downloaders.flatMap(({ name }, index) => named(`grpc.downloaders[${index}].ca`, tlsOf(name)?.ca)),
  ];
}

/** Says how long certificates are valid, once for each, however many keys name it. `now` in epoch ms. */
export function checkCertificates(of: {
  readonly certificates: readonly NamedCertificate[];
  readonly now: number;
  readonly words: CommandWords["check"];
}): BotFinding[] {
  const { certificates, now, words } = of;
  const { certificates: says } = words;
  const ofEach = new Map(certificates.toReversed().map((one) => [one.pem.toString(), one]));
  return [...ofEach.values()].toReversed().map((one): BotFinding => {
    const { key } = one;
    const { from, to } = validityOf(one);
    if (to < now) return fail(says.ended(key, spoken(now - to, words)), says.renew);
    if (from > now) return fail(says.notYet(key, spoken(from - now, words)), says.clock);
    const left = says.lasts(key, spoken(to - now, words));
    return to - now < SOON_MS ? warn(left, says.renew) : ok(left);
  });
}

/** In epoch ms. */
function validityOf({ pem, isAuthority }: NamedCertificate): { readonly from: number; readonly to: number } {
  const [first, ...others] = certificatesIn(pem.toString());
  const lasting = isAuthority ? others.reduce((one, next) => (endOf(next) > endOf(one) ? next : one), first) : first;
  return { from: Date.parse(lasting.validFrom), to: endOf(lasting) };
}

const endOf = ({ validTo }: X509Certificate) => Date.parse(validTo);
