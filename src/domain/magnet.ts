/** What a magnet link says about itself (BEP 9, BEP 52). */
export interface Magnet {
  /** The torrent that it names: `magnet:btih:` or, if it is of version 2 only, `magnet:btmh:`, and the hash in lowercase hexadecimal. */
  readonly key: string;
  /** The torrent's name (`dn`); null if it is missing or empty. */
  readonly name: string | null;
  /** The hosts to which it sends a downloader, as written: trackers, web seeds, peers. */
  readonly hosts: readonly string[];
}

const BTIH = /^urn:btih:(?:([0-9a-f]{40})|([a-z2-7]{32}))$/i;
/** A multihash: SHA-256 (`12`), 32 bytes (`20`). */
const BTMH = /^urn:btmh:1220([0-9a-f]{64})$/i;
/** Parameters that contain an address; those that occur more than once may be numbered (`tr.1`). */
const ADDRESS = /^(?:tr|ws|as|xs)(?:\.\d+)?$/;
const TOPIC = /^xt(?:\.\d+)?$/;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** Reads a magnet link; undefined if it names no torrent, such as those of other networks (`urn:ed2k:`). */
export function parseMagnet({ protocol, searchParams }: URL): Magnet | undefined {
  if (protocol !== "magnet:") return undefined;
  const said = [...searchParams].map(([name, value]) => ({ name: name.toLowerCase(), value: value.trim() }));
  const topics = said.filter(({ name }) => TOPIC.test(name)).map(({ value }) => value);
  const key = keyAmong(topics, BTIH, "btih") ?? keyAmong(topics, BTMH, "btmh");
  if (key === undefined) return undefined;
  return {
    key,
    name: said.find(({ name, value }) => name === "dn" && value !== "")?.value ?? null,
    hosts: said.flatMap(({ name, value }) => {
      const host = hostIn(name === "x.pe" ? `peer://${value}` : ADDRESS.test(name) ? value : "");
      return host === "" ? [] : [host];
    }),
  };
}

/** For a torrent of both versions the hash of the first counts: a link with only that one means the same. */
function keyAmong(topics: readonly string[], pattern: RegExp, kind: string): string | undefined {
  for (const topic of topics) {
    const [, hex, base32 = ""] = pattern.exec(topic) ?? [];
    if (hex !== undefined) return `magnet:${kind}:${hex.toLowerCase()}`;
    if (base32 !== "") return `magnet:${kind}:${hexOf(base32.toLowerCase())}`;
  }
  return undefined;
}

function hexOf(base32: string): string {
  const bits = [...base32].map((digit) => BASE32.indexOf(digit).toString(2).padStart(5, "0")).join("");
  return [...bits.matchAll(/.{4}/g)].map(([four]) => Number.parseInt(four, 2).toString(16)).join("");
}

/** Read like a host in an HTTP address, so that numbers in other spellings (`0x7f.1`) are recognised as addresses. */
function hostIn(address: string): string {
  return URL.parse(address.replace(/^[a-z][a-z\d+.-]*:\/\//i, "http://"))?.hostname ?? "";
}
