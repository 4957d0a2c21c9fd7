import { isIP } from "node:net";
import { parseMagnet } from "./magnet.ts";
import { isNoSite } from "./network.ts";
import { videoPage } from "./same-video.ts";
import { withoutInvisibleEnds } from "./text.ts";

/** Why a text is not accepted as a link. */
export type LinkProblem = "not_http" | "magnet" | "credentials" | "private_address" | "too_long" | "malformed";

/**
 * `url` is what is stored and sent (`URL.href`, never the raw text); `key` is only for comparing: see `keyOf`. `name` is what the link
 * itself calls its target, as magnets do.
 */
export type ParsedLink =
  | { readonly ok: true; readonly url: string; readonly key: string; readonly name: string | null }
  | { readonly ok: false; readonly reason: LinkProblem };

/** What is accepted as a link, apart from its spelling. */
export interface LinkRules {
  /** The operator's `links.allow_private`. */
  readonly allowPrivate: boolean;
  /**
   * Whether a downloader takes an address that is not `http(s)`: a magnet, `ftp:`, `ftps:`. By default none does. It is not asked about
   * `http(s)`, because such a link may wait for a downloader that registers later.
   */
  readonly isTaken?: (url: string) => boolean;
}

const LONGEST_URL = 2048;
/** A magnet names trackers, and there may be many. */
const LONGEST_MAGNET = 8192;
const IS_MAGNET = /^magnet:/i;
/** `&` as the source of a page spells it; in a magnet it means nothing else. */
const ESCAPED_AMPERSAND = /&(?:amp;|#0*38;)+/gi;
const LONGEST_HOST = 253;
// After `URL`, every name is ASCII; underscores and outer hyphens occur in real host names.
const LABEL = /^[a-z0-9_-]{1,63}$/;
/** What networks call their own machines (RFC 6761, 6762 appendix G, 8375; Red Hat's /etc/hosts), clusters their services. */
const PRIVATE_SUFFIXES =
  `localhost localdomain localdomain4 localdomain6 localnet local internal intranet intra private priv corp home lan mail
  svc consul domain workgroup ip router easybox hotspot setup cpe jiofi`.split(/\s+/);
/** Domains without sites in the public DNS (RFC 3172, 6761, 7686, 9476); `example` leads nowhere at all. */
const NO_SITES = "arpa test invalid onion alt i2p".split(" ");
/** Public names that a home router, or a cloud machine, answers for itself. */
const ROUTERS =
  `fritz.box fritz.nas easy.box o2.box alice.box congstar.box vodafone.box vodafone.connect giga.cube hi.link
  routerlogin.net routerlogin.com tplinkwifi.net tplinklogin.net tplinkmodem.net tplinkextender.net tplinkrepeater.net
  tplinkap.net tplinkplclogin.net tplogin.cn mwlogin.net melogin.cn falogin.cn tendawifi.com miwifi.com netis.cc
  my.keenetic.net router.asus.com repeater.asus.com asusrouter.com mywifiext.net orbilogin.com orbilogin.net
  mynetworksettings.com attlocal.net mafreebox.freebox.fr mafreebox.free.fr mabbox.bytel.fr metadata.goog`.split(/\s+/);
/** Public names that lead to the address spelt in them, or home: no site needs them. */
const SPELT_ADDRESSES =
  `nip.io sslip.io xip.io traefik.me plex.direct direct.quickconnect.to backname.io localtest.me lvh.me vcap.me fuf.me
  lacolhost.com local.gd localho.st localhost.direct ddev.site lndo.site`.split(/\s+/);

/**
 * Characters that may break a line, or change its direction, and do not belong in an address (RFC 3987 §4.1): pages put them there, nobody
 * types them.
 */
const UNSEEN_WITHIN = /[\u00ad\u200b\u2060\ufeff\p{Bidi_Control}]/gu;
/** Pasted after a scheme that was already there. */
const SCHEME_BEFORE = /^(?:https?:\/\/)+(?=https?:\/\/)/i;

const TRACKING = new Set(
  `si feature pp ab_channel fbclid gclid gclsrc dclid gbraid wbraid srsltid yclid ysclid msclkid twclid ttclid
  igsh igshid mc_cid mc_eid mkt_tok ref_src ref_url _ga _gl _hsenc _hsmi _openstat spm_id_from vd_source
  is_from_webapp sender_device`.split(/\s+/),
);

/**
 * Accepts an address that may be handed to a downloader (reliability.md §5.2): `http(s)`, and others that a downloader takes. Addresses
 * are judged as written: what a name resolves to is the downloader's business.
 */
export function parseLink(text: string, rules: LinkRules): ParsedLink {
  const trimmed = withoutInvisibleEnds(text).replace(UNSEEN_WITHIN, "").replace(SCHEME_BEFORE, "");
  // `URL` would drop tabs and line breaks, and join two lines into one link.
  if (/\p{Cc}/u.test(trimmed)) return refused("malformed");
  if (IS_MAGNET.test(trimmed)) return parsedMagnet(trimmed, rules);
  if (trimmed.length > LONGEST_URL) return refused("too_long");
  const url = URL.parse(trimmed);
  if (url === null) return refused(/^(?!https?:)[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? "not_http" : "malformed");
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  if (!isWeb && !(isFtp(url) && rules.isTaken?.(url.href))) return refused("not_http");
  if (url.username !== "" || url.password !== "") return refused("credentials");
  // `URL` does not normalise the host of an ftps address: neither its capitals nor a number as an address.
  const read = URL.parse(url.href.replace(/^ftps:/, "ftp:")) ?? url;
  const host = withoutFinalDot(read.hostname);
  if (!isHost(host)) return refused("malformed");
  url.hostname = host;
  if (!rules.allowPrivate && isPrivate(host)) return refused("private_address");
  if (url.href.length > LONGEST_URL) return refused("too_long");
  return { ok: true, url: url.href, key: keyOf(url.href), name: null };
}

function parsedMagnet(text: string, { allowPrivate, isTaken }: LinkRules): ParsedLink {
  const url = URL.parse(text.replace(ESCAPED_AMPERSAND, "&"));
  if (url === null || !isTaken?.(url.href)) return refused("magnet");
  const magnet = parseMagnet(url);
  if (magnet === undefined) return refused("malformed");
  if (url.href.length > LONGEST_MAGNET) return refused("too_long");
  if (!allowPrivate && magnet.hosts.some((host) => isPrivate(withoutFinalDot(host)))) return refused("private_address");
  return { ok: true, url: url.href, key: magnet.key, name: magnet.name };
}

/**
 * The text by which two links are the same: the one address of a video that has several (`same-video.ts`); or else the link without
 * scheme, `www.`, default port, tracking parameters and empty parts, with everything else, including the fragment, unchanged. A magnet's
 * key is its torrent; an `ftp(s)` address never equals one of the web. Never throws: a text that is no link is its own key. When its
 * results change, raise `KEY_RULES`.
 */
export function keyOf(link: string): string {
  const url = URL.parse(link);
  if (url === null) return link;
  if (url.hostname === "") return parseMagnet(url)?.key ?? link;
  if (isFtp(url)) return url.href;
  const video = videoPage(bareHost(url.hostname), url);
  if (video !== undefined) return video;
  const port = url.port === "" ? "" : `:${url.port}`;
  const query = url.search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && !isTracking(pair))
    .join("&");
  return `${bareHost(url.hostname)}${port}${url.pathname}${query === "" ? "" : `?${query}`}${url.hash}`;
}

/** The key by the present rules of a link that had this key by older ones. */
export function renewedKey(key: string): string {
  const url = URL.parse(`https://${key}`);
  return (url && videoPage(bareHost(url.hostname), url)) ?? key;
}

/** A lowercase host name without `www.` and the final dot; `www.com` stays as it is. */
export function bareHost(hostname: string): string {
  return withoutFinalDot(hostname).replace(/^www\.(?=.+\.)/, "");
}

/** Whether a parsed `hostname` is an IP address or a name that DNS could hold (RFC 1123 lengths). */
export function isHost(hostname: string): boolean {
  if (hostname.startsWith("[")) return true;
  return hostname.length <= LONGEST_HOST && hostname.split(".").every((label) => LABEL.test(label));
}

function isFtp({ protocol }: URL): boolean {
  return protocol === "ftp:" || protocol === "ftps:";
}

function isPrivate(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) !== 0) return isNoSite(address);
  const isUnder = (suffix: string) => host.endsWith(`.${suffix}`) || host === suffix;
  return !host.includes(".") || [...PRIVATE_SUFFIXES, ...NO_SITES, ...ROUTERS, ...SPELT_ADDRESSES].some(isUnder);
}

function isTracking(pair: string): boolean {
  const name = pair.replace(/=.*/s, "").toLowerCase();
  return name.startsWith("utm_") || TRACKING.has(name);
}

function withoutFinalDot(hostname: string): string {
  return hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
}

function refused(reason: LinkProblem): ParsedLink {
  return { ok: false, reason };
}
