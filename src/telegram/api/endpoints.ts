import type { ApiRoute } from "./bot-api.ts";
import { type SocksBridge, startSocksBridge } from "./socks-bridge.ts";

/** One endpoint of the Bot API: a root, directly or through a proxy. */
export interface Endpoint {
  /** For people; without user name, password and path. */
  readonly name: string;
  readonly root: string;
  readonly route: ApiRoute;
}

/** From the config: at least one root; proxies are `http`, `https`, `socks5` or `socks5h` URLs. */
export interface EndpointSettings {
  readonly roots: readonly string[];
  readonly proxies: readonly string[];
}

export interface Endpoints extends Disposable {
  /** In order of preference: each root directly, then through each proxy. */
  readonly all: readonly [Endpoint, ...Endpoint[]];
}

/** Every endpoint of the config, with a bridge for each SOCKS proxy; disposing closes the bridges. */
export function openEndpoints({ roots, proxies }: EndpointSettings): Endpoints {
  const bridges: SocksBridge[] = [];
  const through = proxies.map((proxy) => {
    const { protocol, host } = new URL(proxy);
    if (!protocol.startsWith("socks")) return { name: `${protocol}//${host}`, proxy };
    const bridge = startSocksBridge(proxy);
    bridges.push(bridge);
    return { name: `${protocol}//${host}`, proxy: bridge.url };
  });
  const endpoints = roots.flatMap((root) => {
    const host = URL.parse(root)?.host ?? root;
    const proxied = through.map(({ name, proxy }) => ({
      name: `${host} through ${name}`,
      root,
      route: { root, proxy },
    }));
    return [{ name: host, root, route: { root } }, ...proxied];
  });
  const [first, ...others] = distinct(endpoints);
  if (first === undefined) throw new Error("There is no root of the Bot API");
  return {
    all: [first, ...others],
    [Symbol.dispose]() {
      for (const bridge of bridges) bridge[Symbol.dispose]();
    },
  };
}

/** Numbers endpoints of the same name: two roots of one host, two users of one proxy. */
function distinct(endpoints: readonly Endpoint[]): Endpoint[] {
  return endpoints.map((endpoint, index) => {
    const before = endpoints.slice(0, index).filter(({ name }) => name === endpoint.name).length;
    return before === 0 ? endpoint : { ...endpoint, name: `${endpoint.name} (${before + 1})` };
  });
}
