/** What the environment says about calls to an address. */
export interface EnvironmentProxy {
  /** The variable that names a proxy for the address. */
  readonly variable: string;
  /** `HOST:PORT`, without the name and password that may come before it. */
  readonly proxy: string;
  /** The variable that excludes this address, so that it is called directly. */
  readonly exception: string | undefined;
}

/** As Bun's `fetch` reads it (runtime.md §3.6), with lower-case names first; undefined if no proxy is named. */
export function environmentProxy(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): EnvironmentProxy | undefined {
  const { protocol, hostname, port } = new URL(root);
  const named = (name: string) => [name, name.toUpperCase()].find((one) => env[one]);
  const own = named(`${protocol.slice(0, -1)}_proxy`);
  const variable = own ?? named("all_proxy");
  if (variable === undefined) return undefined;
  // Only in ALL_PROXY, anything but an HTTP proxy is ignored, such as a SOCKS one.
  if (own === undefined && /^(?!https?:)[a-z][a-z\d+.-]*:\/\//i.test(env[variable] ?? "")) return undefined;
  const proxy = (env[variable] ?? "")
    .replace(/^.*@/s, "")
    .replace(/^\w+:\/\//, "")
    .replace(/[/?#].*$/s, "");
  const exception = named("no_proxy");
  const excluded = (exception === undefined ? "" : (env[exception] ?? "")).toLowerCase().split(/[\s,]+/);
  // The default port may be written in a list even if the address does not have it.
  const addresses = [hostname, `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`];
  const isExcluded = excluded
    .map((entry) => entry.replace(/^\*?\./, "").replace(/\.$/, ""))
    .filter((entry) => entry !== "")
    .some((entry) => entry === "*" || addresses.some((one) => one === entry || one.endsWith(`.${entry}`)));
  return { variable, proxy, exception: isExcluded ? exception : undefined };
}
