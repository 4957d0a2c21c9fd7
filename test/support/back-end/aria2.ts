import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAria2 } from "../../../src/downloader/back-ends/aria2.ts";
import { startFileServer } from "../file-server.ts";
import { reservePort } from "../reserved-port.ts";
import type { RemoteWorld } from "./promises.ts";
import { makeTorrent, startTracker, type Torrent } from "./torrent.ts";

/** The real program, from Debian's package `aria2`; null where it is missing. */
export const ARIA2C = Bun.which("aria2c");

const SECRET = "a secret of this test";

/** An aria2 in its own folder, on loopback. It saves its session as often as it can: every second. */
export async function startAria2(
  home: string,
  { port, secret = SECRET, options = [] }: { port: number; secret?: string; options?: readonly string[] },
) {
  const dir = join(home, "files");
  const session = join(home, "session");
  mkdirSync(dir, { recursive: true });
  if (!existsSync(session)) writeFileSync(session, "");
  const program = Bun.spawn(
    [
      ARIA2C ?? "aria2c",
      "--no-conf",
      "--quiet",
      "--enable-rpc",
      `--rpc-listen-port=${port}`,
      `--rpc-secret=${secret}`,
      `--dir=${dir}`,
      `--input-file=${session}`,
      `--save-session=${session}`,
      "--save-session-interval=1",
      "--auto-save-interval=1",
      "--file-allocation=none",
      // Nothing of a test leaves the machine.
      "--enable-dht=false",
      "--enable-dht6=false",
      "--bt-enable-lpd=false",
      "--enable-peer-exchange=false",
      "--max-tries=1",
      "--connect-timeout=5",
      "--seed-time=0",
      ...options,
    ],
    { stdout: "ignore", stderr: "ignore" },
  );
  const url = new URL(`http://127.0.0.1:${port}/jsonrpc`);
  const remote = createAria2({ url, user: undefined, secret, dir: undefined, settings: new Map() });
  const { signal } = new AbortController();
  const call = async (method: string, ...params: unknown[]): Promise<unknown> => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: "1", method, params: [`token:${secret}`, ...params] });
    return ((await (await fetch(url, { method: "POST", body })).json()) as { result?: unknown }).result;
  };
  while (program.exitCode === null && !(await remote.health(signal).then(Boolean, () => false)));
  return {
    dir,
    url,
    secret,
    remote,
    call,
    kill: async () => {
      program.kill("SIGKILL");
      await program.exited;
    },
  };
}

/** A seeder with complete files, and a tracker that knows it. */
export async function shareTorrents(home: string, { names, bytes }: { names: readonly string[]; bytes: Buffer }) {
  const stack = new AsyncDisposableStack();
  const tracker = stack.use(await startTracker());
  const seeder = await startAria2(join(home, "seeder"), stack.use(reservePort()));
  stack.defer(seeder.kill);
  const torrents: Torrent[] = [];
  for (const name of names) {
    const torrent = makeTorrent({ name, bytes, announce: tracker.announce });
    await Bun.write(join(seeder.dir, name), bytes);
    const options = { "check-integrity": "true", "seed-ratio": "0.0", "seed-time": "60" };
    await seeder.call("aria2.addTorrent", torrent.file.toString("base64"), [], options);
    torrents.push(torrent);
  }
  return {
    torrents,
    /** From now on uploads at most this much per second in total, such as `20K`; `0` is no limit. */
    gives: async (rate: string) =>
      void (await seeder.call("aria2.changeGlobalOption", { "max-overall-upload-limit": rate })),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The same with one file. */
export async function shareTorrent(home: string, { name, bytes }: { name: string; bytes: Buffer }) {
  const shared = await shareTorrents(home, { names: [name], bytes });
  const [torrent] = shared.torrents;
  if (torrent === undefined) throw new Error("There is no torrent");
  return { ...shared, torrent };
}

/** The world of `describeRemote`: the real aria2, and a site for its links. */
export async function openAria2World(): Promise<RemoteWorld> {
  const home = mkdtempSync(join(tmpdir(), "dwld-aria2-"));
  const reserved = reservePort();
  const site = await startFileServer();
  let aria2 = await startAria2(home, reserved);
  let links = 0;
  const link = (kind: string) => {
    links += 1;
    return `${site.root}/${kind}/${links}.bin`;
  };
  const served = (kind: string, file: Parameters<typeof site.serves>[1]) => {
    const url = link(kind);
    site.serves(new URL(url).pathname, file);
    return url;
  };
  const bytes = Buffer.alloc(200_000, "a film ");
  return {
    remote: aria2.remote,
    endless: () => served("endless", { bytes, etag: '"1"', waitsAfter: 1_000 }),
    file: () => served("file", { bytes }),
    broken: () => link("broken"),
    people: async (url) => void (await aria2.call("aria2.addUri", [url])),
    async count(url) {
      const lists = [
        await aria2.call("aria2.tellActive"),
        await aria2.call("aria2.tellWaiting", 0, 1_000),
        await aria2.call("aria2.tellStopped", 0, 1_000),
      ].flat() as { files: { uris: { uri: string }[] }[] }[];
      return lists.filter(({ files }) => files.some(({ uris }) => uris.some(({ uri }) => uri === url))).length;
    },
    wholeFiles: (folder) => {
      const path = join(aria2.dir, folder);
      const names = existsSync(path) ? readdirSync(path) : [];
      return names.filter((name) => !name.endsWith(".aria2") && !names.includes(`${name}.aria2`));
    },
    async restart() {
      await aria2.kill();
      aria2 = await startAria2(home, reserved);
    },
    end: () => aria2.kill(),
    async [Symbol.asyncDispose]() {
      await aria2.kill();
      await site[Symbol.asyncDispose]();
      reserved[Symbol.dispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
