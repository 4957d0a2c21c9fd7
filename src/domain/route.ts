import { comparablePath } from "./comparable-path.ts";
import { foldedName } from "./downloader-name.ts";
import { bareHost, isHost } from "./url.ts";

/** What kind of address a root is for: those of the web (`http:`, `https:`), or those of one other scheme, each of which must be named. */
const SCHEMES = ["web", "magnet:", "ftp:", "ftps:"] as const;

/**
 * A part of a link's address, ready for comparing: `host` without `www.` and port, empty if any will do; `path` decoded, lowercase,
 * without a final slash.
 */
export interface Root {
  readonly scheme: (typeof SCHEMES)[number];
  readonly host: string;
  readonly path: string;
}

/** The operator's decision on who gets a part of the web (rules.md §3.1). */
export interface Route {
  /** Written like a root. */
  readonly match: string;
  /** Names of downloaders, in any spelling (`Home` is `home`). */
  readonly downloaders: readonly string[];
}

/** The part of a downloader that decides whether it takes a link. */
type Taker = { readonly name: string; readonly roots: readonly string[] };

/** A downloader that takes a link, and by which of its roots; null if a route names it. */
export interface Match {
  readonly name: string;
  readonly root: string | null;
}

/**
 * Reads a root as downloaders and operators write it (`youtube.com`, `https://www.VK.com:443/video/`, `*.example.org`, `any`; `magnet:`,
 * `ftp:`, `ftp://example.org/pub`). Undefined if it is empty or not an address. A query or fragment is ignored.
 */
export function parseRoot(text: string): Root | undefined {
  const root = text.trim();
  const [, other, rest = root] = /^(magnet|ftps?):(.*)$/i.exec(root) ?? [];
  const scheme = SCHEMES.find((one) => one === `${other?.toLowerCase()}:`) ?? "web";
  const address = rest.replace(/^(?:[a-z][a-z\d+.-]*:)?\/\//i, "");
  if (/^(?:\*|any|all)$/i.test(address) || (scheme !== "web" && /^\??$/.test(address)))
    return { scheme, host: "", path: "" };
  const url = URL.parse(`http://${address.replace(/^\*?\./, "").replace(/\/\*$/, "")}`);
  if (scheme === "magnet:" || url === null || /^[/\\]/.test(address) || url.username !== "" || url.password !== "") {
    return undefined;
  }
  const host = bareHost(url.hostname);
  return isHost(host) ? { scheme, host, path: comparablePath(url.pathname) } : undefined;
}

/** In characters, for registered roots. */
export const MAX_ROOT_LENGTH = 255;
/** As many as the largest fleet has; anything longer than a root may be is not remembered. */
const MOST_KNOWN = 20_000;

/** A parser like `parseRoot` that reads each root only once: in a fleet, most downloaders take the same sites. */
export function createRootParser(): typeof parseRoot {
  const known = new Map<string, Root | undefined>();
  return (text) => {
    if (text.length > MAX_ROOT_LENGTH) return parseRoot(text);
    const before = known.get(text);
    if (before !== undefined || known.has(text)) return before;
    const root = parseRoot(text);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, root);
    return root;
  };
}

/**
 * Whether a link lies under a root: its host is equal or a subdomain, and the root's path is a prefix at a `/` boundary. Case, `www.`,
 * port and the spelling of percent-encoding are ignored, in the path too (rules.md §3.1); an encoded slash is no boundary.
 */
export function rootMatches(root: Root, url: URL): boolean {
  if (root.scheme !== schemeOf(url)) return false;
  const host = bareHost(url.hostname);
  if (root.host !== "" && host !== root.host && !host.endsWith(`.${root.host}`)) return false;
  return root.path === "" || `${comparablePath(url.pathname)}/`.startsWith(`${root.path}/`);
}

function schemeOf({ protocol }: URL): string {
  return protocol === "http:" || protocol === "https:" ? "web" : protocol;
}

/** Which downloaders take which address: see `createRouting`. */
export interface Routing {
  /**
   * Paused or not, in the order given: the first route that matches decides on its own, otherwise the roots do. Nothing takes a text that
   * is no link.
   */
  matchesOf(url: string): { readonly route: Route | undefined; readonly matches: readonly Match[] };
}

/** A routing for a fleet that changes. */
export interface ChangingRouting extends Routing {
  /** These, of different names, are the downloaders now. Only the roots of those whose `roots` is another array are indexed again. */
  update(downloaders: readonly Taker[]): void;
}

/** A root that is indexed by its host: which downloader's it is, and which of its roots. */
interface Place {
  readonly taker: string;
  readonly nth: number;
  readonly path: string;
}

/**
 * Indexes the roots by host, so that a look-up costs only the labels of the link's own host and not every root of every downloader: there
 * may be hundreds of downloaders, and thousands of links to look up (reliability.md D15). At first nothing takes anything.
 */
export function createRouting(routes: readonly Route[]): ChangingRouting {
  const parse = createRootParser();
  const byRoute = routes.map((route) => ({
    route,
    root: parseRoot(route.match),
    names: new Set(route.downloaders.map(foldedName)),
    matches: [] as readonly Match[],
  }));
  /** With its place in the order. */
  let takers = new Map<string, Taker & { readonly at: number }>();
  /** By scheme, then by host. */
  const places = new Map<string, Map<string, Place[]>>(SCHEMES.map((scheme) => [scheme, new Map()]));

  function add({ name, roots }: Taker): void {
    for (const [nth, root] of roots.map(parse).entries()) {
      if (root === undefined) continue;
      const { scheme, host, path } = root;
      const ofScheme = places.get(scheme);
      const known = ofScheme?.get(host);
      if (known === undefined) ofScheme?.set(host, [{ taker: name, nth, path }]);
      else known.push({ taker: name, nth, path });
    }
  }

  function remove({ name, roots }: Taker): void {
    for (const root of roots.map(parse)) {
      if (root === undefined) continue;
      const ofScheme = places.get(root.scheme);
      const others = ofScheme?.get(root.host)?.filter(({ taker }) => taker !== name) ?? [];
      if (others.length > 0) ofScheme?.set(root.host, others);
      else ofScheme?.delete(root.host);
    }
  }

  function byRoots(url: URL): Match[] {
    const path = `${comparablePath(url.pathname)}/`;
    const ofScheme = places.get(schemeOf(url));
    const first = new Map<string, number>();
    for (const host of ["", ...domainsOf(bareHost(url.hostname))]) {
      for (const place of ofScheme?.get(host) ?? []) {
        if (place.path !== "" && !path.startsWith(`${place.path}/`)) continue;
        first.set(place.taker, Math.min(place.nth, first.get(place.taker) ?? place.nth));
      }
    }
    const orderOf = (taker: string) => takers.get(taker)?.at ?? 0;
    return [...first]
      .sort(([one], [other]) => orderOf(one) - orderOf(other))
      .flatMap(([name, nth]) => {
        const root = takers.get(name)?.roots[nth];
        return root === undefined ? [] : [{ name, root }];
      });
  }

  return {
    update(downloaders) {
      const before = takers;
      takers = new Map(downloaders.map(({ name, roots }, at) => [name, { name, roots, at }]));
      for (const taker of before.values()) if (takers.get(taker.name)?.roots !== taker.roots) remove(taker);
      for (const taker of takers.values()) if (before.get(taker.name)?.roots !== taker.roots) add(taker);
      if (byRoute.length === 0) return;
      const folded = downloaders.map(({ name }) => foldedName(name));
      for (const one of byRoute)
        one.matches = downloaders.filter((_, nth) => one.names.has(folded[nth] ?? "")).map(byName);
    },
    matchesOf(text) {
      const url = URL.parse(text);
      if (url === null) return { route: undefined, matches: [] };
      const found = byRoute.find(({ root }) => root !== undefined && rootMatches(root, url));
      return found === undefined
        ? { route: undefined, matches: byRoots(url) }
        : { route: found.route, matches: found.matches };
    },
  };
}

const byName = ({ name }: Taker): Match => ({ name, root: null });

/** A host and everything that it is a subdomain of. */
function domainsOf(host: string): string[] {
  const domains = [host];
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) domains.push(host.slice(dot + 1));
  return domains;
}

/**
 * Those that may get a link, among those that take it (rule 14). A chosen server is the only candidate while it matches: if it is paused
 * the link waits for it; if it is gone or no longer matches, the others may have the link. Paused ones are left out.
 */
export function candidatesAmong(
  matching: readonly { readonly name: string; readonly paused: boolean }[],
  chosen: string | null,
): string[] {
  const picked = matching.filter(({ name }) => name === chosen);
  return (picked.length > 0 ? picked : matching).filter(({ paused }) => !paused).map(({ name }) => name);
}

/** The names in random order, with every permutation equally likely (rule 16; Fisher–Yates). `random` is in [0, 1). */
export function drawOrder(names: readonly string[], random: () => number): string[] {
  const order: string[] = [];
  for (const [drawn, name] of names.entries()) {
    const place = Math.floor(random() * (drawn + 1));
    order.push(order[place] ?? name);
    order[place] = name;
  }
  return order;
}
