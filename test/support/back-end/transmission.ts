import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransmission } from "../../../src/downloader/back-ends/transmission.ts";
import { startFileServer } from "../file-server.ts";
import { reservePort } from "../reserved-port.ts";
import { nextSecond } from "./next-second.ts";
import type { RemoteWorld } from "./promises.ts";
import { makeTorrent } from "./torrent.ts";

/** The real program, from Debian's package `transmission-daemon`; null where it is missing. */
export const TRANSMISSION = Bun.which("transmission-daemon");

const PASSWORD = "a password of this test";

/**
 * A Transmission of its own, in a folder of its own, on loopback, that asks for its password. Nothing of it leaves the machine. It
 * calls no peer of this machine's by itself, and takes the calls of those who have heard of it from the tracker.
 */
export async function startTransmission(
  home: string,
  of: {
    readonly port: number;
    readonly peers: number;
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly user?: string;
    readonly secret?: string;
  },
) {
  const { port, peers, settings = {}, user = "transmission", secret = PASSWORD } = of;
  const dir = join(home, "files");
  const config = join(home, "config");
  for (const path of [dir, config]) mkdirSync(path, { recursive: true });
  const ownSettings = {
    "download-dir": dir,
    "rpc-bind-address": "127.0.0.1",
    "rpc-port": port,
    "rpc-authentication-required": true,
    "rpc-username": user,
    "rpc-password": secret,
    "bind-address-ipv4": "127.0.0.1",
    "bind-address-ipv6": "::1",
    "peer-port": peers,
    "dht-enabled": false,
    "lpd-enabled": false,
    "pex-enabled": false,
    "utp-enabled": false,
    "port-forwarding-enabled": false,
    ...settings,
  };
  writeFileSync(join(config, "settings.json"), JSON.stringify(ownSettings));
  const program = Bun.spawn([TRANSMISSION ?? "transmission-daemon", "--foreground", "--config-dir", config], {
    stdout: "ignore",
    stderr: "ignore",
  });
  const url = new URL(`http://127.0.0.1:${port}`);
  const remote = createTransmission({ url, user, secret, dir: undefined, settings: new Map() });
  const { signal } = new AbortController();
  while (program.exitCode === null && !(await remote.health(signal).then(Boolean, () => false)));
  /** As people do it, in the page. */
  async function call(method: string, args: Readonly<Record<string, unknown>> = {}) {
    const authorization = `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
    const rpc = new URL("/transmission/rpc", url);
    const refused = await fetch(rpc, { headers: { authorization } });
    const id = refused.headers.get("x-transmission-session-id") ?? "";
    const headers = { authorization, "x-transmission-session-id": id };
    const body = JSON.stringify({ method, arguments: args });
    const reply = await (await fetch(rpc, { method: "POST", headers, body })).json();
    return (reply as { readonly arguments: Readonly<Record<string, unknown>> }).arguments;
  }
  const torrents = async (...fields: readonly string[]) =>
    (await call("torrent-get", { fields })).torrents as Record<string, unknown>[];
  return {
    dir,
    url,
    user,
    secret,
    remote,
    call,
    torrents,
    kill: async () => {
      program.kill("SIGKILL");
      await program.exited;
    },
  };
}

/** A site with torrent files, and with what they describe: it stands in for all peers, since Transmission calls none of this machine. */
export async function openTorrentSite() {
  const site = await startFileServer();
  return {
    site,
    /** `waitsAfter`: so much comes of each part that is asked for, until it goes on. */
    shares({ name, bytes, waitsAfter }: { name: string; bytes: Buffer; waitsAfter?: number }) {
      const path = `/films/${encodeURIComponent(name)}`;
      const torrent = makeTorrent({ name, bytes, webSeed: site.root + path });
      site.serves(path, { bytes, ...(waitsAfter !== undefined && { waitsAfter }) });
      site.serves(`/${torrent.hash}.torrent`, { bytes: torrent.file, type: "application/x-bittorrent" });
      const goesOn = () => {
        site.serves(path, { bytes });
        site.goOn();
      };
      return { ...torrent, link: `${site.root}/${torrent.hash}.torrent`, goesOn };
    },
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
}

/** The world of `describeRemote`: the real Transmission, and a site for its links. */
export async function openTransmissionWorld(): Promise<RemoteWorld> {
  const stack = new AsyncDisposableStack();
  const home = mkdtempSync(join(tmpdir(), "dwld-transmission-"));
  stack.defer(() => rmSync(home, { recursive: true, force: true }));
  const ports = { port: stack.use(reservePort()).port, peers: stack.use(reservePort()).port };
  const { site, shares } = stack.use(await openTorrentSite());
  const bytes = Buffer.alloc(200_000, "a film ");
  let program = await startTransmission(join(home, "mine"), ports);
  stack.defer(() => program.kill());
  let links = 0;
  return {
    remote: program.remote,
    endless() {
      links += 1;
      return `magnet:?xt=urn:btih:${links.toString(16).padStart(40, "a")}`;
    },
    file() {
      links += 1;
      return shares({ name: `film ${links}.bin`, bytes }).link;
    },
    broken: () => `${site.root}/none.torrent`,
    people: async (link) => void (await program.call("torrent-add", { filename: link })),
    async count(link) {
      const [, hash = ""] = /btih:(\w{40})/.exec(link) ?? [];
      return (await program.torrents("hashString")).filter(({ hashString }) => hashString === hash).length;
    },
    wholeFiles(folder) {
      const path = join(program.dir, folder);
      return existsSync(path) ? readdirSync(path).filter((name) => !name.endsWith(".part")) : [];
    },
    async restart() {
      await program.kill();
      await nextSecond();
      program = await startTransmission(join(home, "mine"), ports);
    },
    end: () => program.kill(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
