import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Remote, RemoteOptions } from "../../../src/downloader/back-ends/remote.ts";
import { type FileServer, startFileServer } from "../file-server.ts";
import { reservePort } from "../reserved-port.ts";
import type { RemoteWorld } from "./promises.ts";

/** A fake of a program that has yt-dlp inside. */
export interface FetchingProgram {
  readonly url: URL;
  links(): readonly string[];
  people(link: string): Promise<unknown>;
  /** From now on there is nothing to fetch for this link, because it was fetched before. */
  archived(link: string): void;
  start(): void;
  kill(): Promise<void>;
}

/** The options of such a program that a test sets. */
export type GivenOptions = Partial<Omit<RemoteOptions, "settings" | "url">> & {
  readonly settings?: Readonly<Record<string, string>>;
};

/** Options for a program without a login, unless something else is given. */
export function optionsFor(url: URL, { settings = {}, ...given }: GivenOptions = {}): RemoteOptions {
  return {
    ...{ url, user: undefined, secret: undefined, dir: undefined, ...given },
    settings: new Map(Object.entries(settings)),
  };
}

/** A program that runs for one test, with its own folder and a site for its links. */
export interface FetchingWorld<P extends FetchingProgram = FetchingProgram> extends RemoteWorld {
  readonly program: P;
  readonly site: FileServer;
  readonly dir: string;
}

/** Starts it; `connect` makes the `Remote` for it. */
export async function openFetchingWorld<P extends FetchingProgram>(
  make: (of: { readonly dir: string; readonly port: number }) => P,
  connect: (program: P) => Remote,
): Promise<FetchingWorld<P>> {
  const dir = mkdtempSync(join(tmpdir(), "dwld-fetching-"));
  const reserved = reservePort();
  const site = await startFileServer();
  const program = make({ dir, port: reserved.port });
  let links = 0;
  const served = (kind: string, file?: Parameters<typeof site.serves>[1]) => {
    links += 1;
    const path = `/${kind}/${links}.mp4`;
    if (file !== undefined) site.serves(path, file);
    return site.root + path;
  };
  const bytes = Buffer.alloc(200_000, "a film ");
  return {
    program,
    site,
    dir,
    remote: connect(program),
    endless: () => served("endless", { bytes, waitsAfter: 1_000 }),
    file: () => served("file", { bytes }),
    broken: () => served("broken"),
    people: async (link) => void (await program.people(link)),
    count: async (link) => program.links().filter((one) => one === link).length,
    wholeFiles: (folder) => (existsSync(join(dir, folder)) ? readdirSync(join(dir, folder)) : []),
    async restart() {
      await program.kill();
      program.start();
    },
    end: () => program.kill(),
    async [Symbol.asyncDispose]() {
      await program.kill();
      await site[Symbol.asyncDispose]();
      reserved[Symbol.dispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
