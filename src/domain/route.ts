import { bareHost, isHost } from "./url.ts";

/**
 * A part of a link's address, ready to compare: `host` without `www.` and port, `path` decoded, lowercase, without a final
 * slash.
 */
export type Root = "everything" | { readonly host: string; readonly path: string };

/** The operator's word on who gets a part of an address (rules.md §3.1). */
export interface Route {
  /** Written like a root. */
  readonly match: string;
  /** Names of downloaders. */
  readonly downloaders: readonly string[];
}

interface RoutedUrl {
  readonly url: string;
  readonly downloaders: readonly { readonly name: string; readonly roots: readonly string[] }[];
  readonly routes: readonly Route[];
}

interface Routing extends RoutedUrl {
  /** The server that the link's owner picked, if any. */
  readonly chosen?: string | null | undefined;
  readonly downloaders: readonly {
    readonly name: string;
    readonly roots: readonly string[];
    readonly paused: boolean;
  }[];
}

/** A downloader that takes a link, and by which of its roots; null where a route names it. */
export interface Match {
  readonly name: string;
  readonly root: string | null;
}

/**
 * Reads a root as downloaders and operators write it (`youtube.com`, `https://www.VK.com:443/video/`, `*.example.org`, `any`).
 * Undefined when it is empty or no address. A query or fragment is ignored.
 */
export function parseRoot(text: string): Root | undefined {
  const address = text.trim().replace(/^(?:[a-z][a-z\d+.-]*:)?\/\//i, "");
  if (/^(?:\*|any|all)$/i.test(address)) return "everything";
  const url = URL.parse(`http://${address.replace(/^\*?\./, "").replace(/\/\*$/, "")}`);
  if (url === null || /^[/\\]/.test(address) || url.username !== "" || url.password !== "") return undefined;
  const host = bareHost(url.hostname);
  return isHost(host) ? { host, path: comparable(url.pathname) } : undefined;
}

/**
 * Whether a link lies under a root: its host is equal or a subdomain, and the root's path is a prefix at a `/` boundary.
 * Case, `www.`, port and the spelling of percent-encoding do not count, in the path either (rules.md §3.1); an encoded slash is
 * no boundary.
 */
export function rootMatches(root: Root, url: URL): boolean {
  if (root === "everything") return true;
  const host = bareHost(url.hostname);
  if (host !== root.host && !host.endsWith(`.${root.host}`)) return false;
  return root.path === "" || `${comparable(url.pathname)}/`.startsWith(`${root.path}/`);
}

/** Who takes an address, paused or not, in the order given: the first matching route decides alone, else the roots do. */
export function matchesOf({ url, downloaders, routes }: RoutedUrl): { route: Route | undefined; matches: Match[] } {
  const parsed = URL.parse(url);
  if (parsed === null) return { route: undefined, matches: [] };
  const isUnder = (root: Root | undefined) => root !== undefined && rootMatches(root, parsed);
  const route = routes.find((candidate) => isUnder(parsedOnce(candidate, () => [parseRoot(candidate.match)])[0]));
  const matches = downloaders.flatMap(({ name, roots }): Match[] => {
    if (route !== undefined) return route.downloaders.includes(name) ? [{ name, root: null }] : [];
    const place = parsedOnce(roots, () => roots.map(parseRoot)).findIndex(isUnder);
    const root = roots[place];
    return root === undefined ? [] : [{ name, root }];
  });
  return { route, matches };
}

/** What a registration or a route says is parsed once, not for each link: there may be hundreds of either. */
const parsedRoots = new WeakMap<object, readonly (Root | undefined)[]>();

function parsedOnce(said: object, parse: () => readonly (Root | undefined)[]): readonly (Root | undefined)[] {
  const known = parsedRoots.get(said) ?? parse();
  parsedRoots.set(said, known);
  return known;
}

/**
 * Names of the downloaders that may get a link, in the order given (rule 14). The first matching route decides
 * alone, even when none of its servers is there. A chosen server is the only candidate while it matches: when it is paused
 * the link waits for it, when it is gone or no longer matches the others may have the link. Paused ones are left out.
 */
export function candidatesFor({ url, chosen, downloaders, routes }: Routing): string[] {
  const taking = new Set(matchesOf({ url, downloaders, routes }).matches.map(({ name }) => name));
  const matching = downloaders.filter(({ name }) => taking.has(name));
  const picked = matching.filter(({ name }) => name === chosen);
  return (picked.length > 0 ? picked : matching).filter(({ paused }) => !paused).map(({ name }) => name);
}

/** The names in an order in which every permutation is equally likely (rule 16; Fisher–Yates). `random` is in [0, 1). */
export function drawOrder(names: readonly string[], random: () => number): string[] {
  const order: string[] = [];
  for (const [drawn, name] of names.entries()) {
    const place = Math.floor(random() * (drawn + 1));
    order.push(order[place] ?? name);
    order[place] = name;
  }
  return order;
}

function comparable(pathname: string): string {
  return decoded(pathname).toLowerCase().replace(/\/+$/, "");
}

function decoded(pathname: string): string {
  try {
    return decodeURI(pathname);
  } catch {
    return pathname;
  }
}
