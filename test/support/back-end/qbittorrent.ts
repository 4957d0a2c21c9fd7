import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createQbittorrent } from "../../../src/downloader/back-ends/qbittorrent.ts";
import { reservePort } from "../reserved-port.ts";
import { shareTorrents } from "./aria2.ts";
import { nextSecond } from "./next-second.ts";
import type { RemoteWorld } from "./promises.ts";

/** The real program, from Debian's package `qbittorrent-nox`; null where it is missing. */
export const QBITTORRENT = Bun.which("qbittorrent-nox");

/** The login of versions before 4.6.1; later ones create a password at the first start. */
const ADMIN = { user: "admin", secret: "adminadmin" };

/**
 * A qBittorrent of its own, in a folder of its own, on loopback, that asks for its password. Nothing of it leaves the machine, and it
 * speaks with several peers of one address, since here all have the same.
 */
export async function startQbittorrent(home: string, { port, peers }: { port: number; peers: number }) {
  const dir = join(home, "files");
  const config = join(home, "qBittorrent/config");
  for (const path of [dir, config]) mkdirSync(path, { recursive: true });
  writeFileSync(
    join(config, "qBittorrent.conf"),
    `[LegalNotice]
Accepted=true

[BitTorrent]
Session\\DefaultSavePath=${dir}
Session\\InterfaceAddress=127.0.0.1
Session\\MultiConnectionsPerIp=true
Session\\Port=${peers}
Session\\DHTEnabled=false
Session\\LSDEnabled=false
Session\\PeXEnabled=false
Session\\BTProtocol=TCP
Session\\AddTrackersEnabled=false
Session\\SSRFMitigation=false
Session\\AnnounceToAllTrackers=true
Session\\GlobalMaxSeedingMinutes=-1

[Preferences]
WebUI\\Address=127.0.0.1
WebUI\\LocalHostAuth=true
`,
  );
  const program = Bun.spawn([QBITTORRENT ?? "qbittorrent-nox", `--profile=${home}`, `--webui-port=${port}`], {
    stdout: "ignore",
    stderr: "ignore",
  });
  const url = new URL(`http://127.0.0.1:${port}`);
  const remote = createQbittorrent({ url, ...ADMIN, dir: undefined, settings: new Map() });
  const { signal } = new AbortController();
  while (program.exitCode === null && !(await remote.health(signal).then(Boolean, () => false)));
  /** As people do in its page. */
  async function call(path: string, form?: Readonly<Record<string, string>>): Promise<string> {
    const login = await fetch(new URL("api/v2/auth/login", url), {
      method: "POST",
      body: new URLSearchParams({ username: ADMIN.user, password: ADMIN.secret }),
    });
    const cookie = login.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const init = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
    return (await fetch(new URL(`api/v2/${path}`, url), { headers: { cookie }, ...init })).text();
  }
  return {
    dir,
    url,
    ...ADMIN,
    remote,
    call,
    kill: async () => {
      program.kill("SIGKILL");
      await program.exited;
    },
  };
}

/** The world of `describeRemote`: the real qBittorrent, and somebody who has whole files. */
export async function openQbittorrentWorld(): Promise<RemoteWorld> {
  const stack = new AsyncDisposableStack();
  const home = mkdtempSync(join(tmpdir(), "dwld-qbittorrent-"));
  stack.defer(() => rmSync(home, { recursive: true, force: true }));
  const ports = { port: stack.use(reservePort()).port, peers: stack.use(reservePort()).port };
  const names = Array.from({ length: 3 }, (_, nth) => `film ${nth}.bin`);
  const shared = stack.use(await shareTorrents(home, { names, bytes: Buffer.alloc(200_000, "a film ") }));
  const whole = shared.torrents.map(({ magnet }) => magnet);
  let program = await startQbittorrent(join(home, "mine"), ports);
  stack.defer(() => program.kill());
  let magnets = 0;
  async function count(link: string): Promise<number> {
    const [, hash = ""] = /btih:(\w{40})/.exec(link) ?? [];
    return (JSON.parse(await program.call(`torrents/info?hashes=${hash}`)) as unknown[]).length;
  }
  return {
    remote: program.remote,
    endless() {
      magnets += 1;
      return `magnet:?xt=urn:btih:${magnets.toString(16).padStart(40, "a")}`;
    },
    file: () => whole.shift() ?? "",
    broken: () => "magnet:?xt=urn:btih:no-hash",
    async people(link) {
      await program.call("torrents/add", { urls: link });
      // It is listed a moment later.
      while ((await count(link)) === 0);
    },
    count,
    wholeFiles(folder) {
      const path = join(program.dir, folder);
      return existsSync(path) ? readdirSync(path).filter((name) => !name.endsWith(".!qB")) : [];
    },
    async restart() {
      await program.kill();
      await nextSecond();
      program = await startQbittorrent(join(home, "mine"), ports);
    },
    end: () => program.kill(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
