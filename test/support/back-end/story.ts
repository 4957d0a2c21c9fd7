import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startFileServer } from "../file-server.ts";
import { reservePort } from "../reserved-port.ts";
import { ARIA2C, shareTorrents, startAria2 } from "./aria2.ts";
import { createFakeMetube } from "./metube.ts";
import { QBITTORRENT, startQbittorrent } from "./qbittorrent.ts";
import { openTorrentSite, startTransmission, TRANSMISSION } from "./transmission.ts";
import { createFakeYtptube } from "./ytptube.ts";

/** A link, and the file that it becomes. */
export interface StoryLink {
  readonly link: string;
  readonly name: string;
}

/** A program with links for a story; each of them begins to download and then waits. */
export interface StoryProgram extends AsyncDisposable {
  /** Options of the downloader's command, without the secret. */
  readonly flags: readonly string[];
  readonly secret: string;
  readonly links: readonly StoryLink[];
  /** Resolves when it has begun to download a link. */
  begins(link: StoryLink): Promise<void>;
  /** Lets waiting and later downloads continue. */
  goOn(): Promise<void>;
  /** How many times it has it or had it; a second call would make that two. */
  times(link: StoryLink): Promise<number>;
  /** The file in a person's folder; undefined if there is none. */
  file(folder: string, link: StoryLink): Buffer | undefined;
}

/** What every link becomes. */
export const STORY_FILM = Buffer.from("a film, ".repeat(80_000));
const SECRET = "a-secret-that-nobody-prints";
const NAMES = ["first", "stopped", "killed"];

const fileIn = (dir: string) => (folder: string, link: StoryLink) => {
  const path = join(dir, folder, link.name);
  return existsSync(path) ? readFileSync(path) : undefined;
};

/** A site with films, and how often the program requests each of them. */
async function openSite(suffix: string, requests: number) {
  const site = await startFileServer();
  const links = NAMES.map((name) => {
    site.serves(`/${name}.mp4`, { bytes: STORY_FILM, etag: `"${name}"`, waitsAfter: STORY_FILM.length / 4 });
    return { link: `${site.root}/${name}.mp4`, name: name + suffix };
  });
  const asked = ({ link }: StoryLink) => site.requests.filter(({ path }) => link.endsWith(path)).length;
  return {
    links,
    async begins(link: StoryLink) {
      await site.waitFor(() => asked(link) >= requests, `${link.name} to be fetched`);
    },
    async goOn() {
      for (const name of NAMES) site.serves(`/${name}.mp4`, { bytes: STORY_FILM, etag: `"${name}"` });
      site.goOn();
    },
    times: async (link: StoryLink) => asked(link) / requests,
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
}

async function openAria2(home: string): Promise<StoryProgram> {
  const stack = new AsyncDisposableStack();
  const { [Symbol.asyncDispose]: _, ...site } = stack.use(await openSite(".mp4", 1));
  // A download that waits then has only one connection.
  const options = ["--split=1", "--max-connection-per-server=1"];
  const aria2 = await startAria2(home, { port: stack.use(reservePort()).port, secret: SECRET, options });
  stack.defer(aria2.kill);
  return {
    ...site,
    flags: ["--backend", "aria2", "--backend-url", aria2.url.href],
    secret: SECRET,
    file: fileIn(aria2.dir),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function openQbittorrent(home: string): Promise<StoryProgram> {
  const stack = new AsyncDisposableStack();
  const names = NAMES.map((name) => `${name}.bin`);
  const shared = stack.use(await shareTorrents(join(home, "others"), { names, bytes: STORY_FILM }));
  await shared.gives("20K");
  const ports = { port: stack.use(reservePort()).port, peers: stack.use(reservePort()).port };
  const program = await startQbittorrent(join(home, "mine"), ports);
  stack.defer(program.kill);
  const links = shared.torrents.map(({ magnet }, nth) => ({ link: magnet, name: names[nth] ?? "" }));
  type Torrent = { readonly name: string; readonly progress: number };
  const of = async ({ name }: StoryLink) =>
    (JSON.parse(await program.call("torrents/info")) as Torrent[]).filter((one) => one.name === name);
  return {
    flags: ["--backend", "qbittorrent", "--backend-url", program.url.href, "--backend-user", program.user],
    secret: program.secret,
    links,
    async begins(link) {
      while (!(await of(link)).some(({ progress }) => progress > 0));
    },
    goOn: () => shared.gives("0"),
    times: async (link) => (await of(link)).length,
    file: fileIn(program.dir),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function openTransmission(home: string): Promise<StoryProgram> {
  const stack = new AsyncDisposableStack();
  const { shares } = stack.use(await openTorrentSite());
  const names = NAMES.map((name) => `${name}.bin`);
  const torrents = names.map((name) => ({ ...shares({ name, bytes: STORY_FILM, waitsAfter: 0 }), name }));
  const ports = { port: stack.use(reservePort()).port, peers: stack.use(reservePort()).port };
  const program = await startTransmission(home, ports);
  stack.defer(program.kill);
  const of = async ({ name }: StoryLink) =>
    (await program.torrents("name", "status")).filter((one) => one.name === name);
  return {
    flags: ["--backend", "transmission", "--backend-url", program.url.href, "--roots", "127.0.0.1"],
    secret: program.secret,
    links: torrents,
    async begins(link) {
      while (!(await of(link)).some(({ status }) => status === 4));
    },
    async goOn() {
      for (const { goesOn } of torrents) goesOn();
    },
    times: async (link) => (await of(link)).length,
    file: fileIn(program.dir),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const openVideo = (kind: "metube" | "ytptube") =>
  async function open(home: string): Promise<StoryProgram> {
    const stack = new AsyncDisposableStack();
    const { [Symbol.asyncDispose]: _, ...site } = stack.use(await openSite(".bin", 2));
    const create = kind === "metube" ? createFakeMetube : createFakeYtptube;
    const program = create(home, { port: stack.use(reservePort()).port, password: SECRET });
    stack.defer(program.kill);
    return {
      ...site,
      flags: ["--backend", kind, "--backend-url", program.url.href, "--backend-user", "ann"],
      secret: SECRET,
      file: fileIn(home),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  };

/** By their names for `--backend`; those that are not fakes are available if they are installed. */
export const STORY_PROGRAMS: Readonly<
  Record<string, { readonly isThere: boolean; open(home: string): Promise<StoryProgram> }>
> = {
  aria2: { isThere: ARIA2C !== null, open: openAria2 },
  qbittorrent: { isThere: QBITTORRENT !== null && ARIA2C !== null, open: openQbittorrent },
  transmission: { isThere: TRANSMISSION !== null, open: openTransmission },
  metube: { isThere: true, open: openVideo("metube") },
  ytptube: { isThere: true, open: openVideo("ytptube") },
};
