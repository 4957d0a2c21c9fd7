import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Remote } from "../../../src/downloader/back-ends/remote.ts";
import { type FileServer, startFileServer } from "../file-server.ts";
import { reservePort } from "../reserved-port.ts";
import type { RemoteWorld } from "./promises.ts";

/** A fake of a program that has yt-dlp inside. */
export interface FetchingProgram {
  readonly url: URL;
  links(): readonly string[];
  people(link: string): Promise<unknown>;
  start(): void;
  kill(): Promise<void>;
}

/** Such a program with a folder of its own, and a site for its links. */
export async function openFetchingWorld<P extends FetchingProgram>(
  make: (of: { readonly dir: string; readonly port: number }) => P,
  connect: (program: P) => Remote,
): Promise<RemoteWorld & { readonly program: P; readonly site: FileServer; readonly dir: string }> {
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
