import { createServer } from "node:http";

type Bencoded = string | number | Buffer | readonly Bencoded[] | { readonly [key: string]: Bencoded };

/** BEP 3: the encoding of torrents and trackers; the keys of a dictionary are sorted. */
export function bencode(value: Bencoded): Buffer {
  if (typeof value === "number") return Buffer.from(`i${value}e`);
  if (typeof value === "string") return bencode(Buffer.from(value));
  if (Buffer.isBuffer(value)) return Buffer.concat([Buffer.from(`${value.length}:`), value]);
  if (Array.isArray(value)) return Buffer.concat([Buffer.from("l"), ...value.map(bencode), Buffer.from("e")]);
  const pairs = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.concat([Buffer.from("d"), ...pairs.flat().map(bencode), Buffer.from("e")]);
}

/** A torrent of one file: the file that describes it, its info hash, and the magnet that leads to it. */
export interface Torrent {
  readonly file: Buffer;
  readonly hash: string;
  readonly magnet: string;
}

const PIECE_BYTES = 16_384;

/** `announce`: a tracker's; `webSeed`: an address at which the file is as well (BEP 19). */
export function makeTorrent(of: { name: string; bytes: Buffer; announce?: string; webSeed?: string }): Torrent {
  const { name, bytes, announce, webSeed } = of;
  const sha1 = (part: Uint8Array) => new Bun.CryptoHasher("sha1").update(part).digest();
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += PIECE_BYTES)
    pieces.push(sha1(bytes.subarray(from, from + PIECE_BYTES)));
  const info = { name, length: bytes.length, "piece length": PIECE_BYTES, pieces: Buffer.concat(pieces) };
  const hash = sha1(bencode(info)).toString("hex");
  const tracker = announce === undefined ? "" : `&tr=${encodeURIComponent(announce)}`;
  const sources = {
    ...(announce !== undefined && { announce }),
    ...(webSeed !== undefined && { "url-list": webSeed }),
  };
  const magnet = `magnet:?xt=urn:btih:${hash}&dn=${encodeURIComponent(name)}${tracker}`;
  return { file: bencode({ ...sources, info }), hash, magnet };
}

/** A tracker on loopback: it tells everybody about all who have announced the same torrent. */
export async function startTracker() {
  const peers = new Map<string, Map<string, Buffer>>();
  const server = createServer((request, response) => {
    const { search } = new URL(request.url ?? "", "http://tracker");
    // A hash is bytes, not a text in UTF-8.
    const said = new Map(
      search
        .slice(1)
        .split("&")
        .map((pair) => pair.split("=", 2) as [string, string]),
    );
    const hash = unescape(said.get("info_hash") ?? "");
    const known = peers.get(hash) ?? new Map<string, Buffer>();
    const port = Number(said.get("port"));
    known.set(`${said.get("peer_id")}`, Buffer.from([127, 0, 0, 1, port >> 8, port & 255]));
    peers.set(hash, known);
    response.end(bencode({ interval: 1, "min interval": 1, peers: Buffer.concat([...known.values()]) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    announce: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/announce`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
