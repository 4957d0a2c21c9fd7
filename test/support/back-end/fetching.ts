import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

/** What yt-dlp knows of a page when it has read it. */
export interface ReadPage {
  readonly id: string;
  readonly title: string;
  /** Where the link has led to; by this the programs know it from then on. */
  readonly url: string;
}

interface FetchOptions {
  readonly dir: string;
  readonly signal: AbortSignal;
  readonly progress: (bytes: number, of: number) => void;
  readonly goesOn?: boolean;
  readonly leavesFiles?: boolean;
}

/**
 * yt-dlp as MeTube and YTPTube have it inside: it reads a link, then fetches what is there. Links lead where the test says. Parts are
 * in a folder of their own where one is named, from which a kill takes nothing; they are begun anew then.
 */
export function createFetching(parts?: string) {
  const led = new Map<string, readonly string[]>();
  const broken = new Map<string, string>();
  const archive = new Set<string>();
  const left = new Map<string, Buffer>();
  const fine = new Set<string>();
  return {
    /** A short link, or a list of videos. */
    leads: (link: string, to: readonly string[]) => void led.set(link, to),
    /** It can be read, and fails when it is fetched. */
    breaks: (link: string, words: string) => void broken.set(link, words),
    /** It stands in yt-dlp's archive: nothing is fetched, and that is a success. */
    archived: (link: string) => void archive.add(link),
    isArchived: (link: string) => archive.has(link),
    /** No format of it tells so few lines of picture: they are more, or it is a file, of which nobody knows them. */
    finer: (link: string) => void fine.add(link),
    isFiner: (link: string) => fine.has(link),
    /** Rejects with yt-dlp's words. */
    async read(link: string): Promise<ReadPage[]> {
      const pages = (led.get(link) ?? [link]).map(async (url) => {
        const response = await fetch(url);
        await response.body?.cancel();
        if (!response.ok) throw new Error(`ERROR: [generic] Unable to download webpage: HTTP Error ${response.status}`);
        const title = basename(new URL(url).pathname).replace(/\.\w+$/, "");
        return { id: title, title, url };
      });
      return Promise.all(pages);
    },
    /**
     * Resolves with the name of the file when that is whole, in its folder; with none where there was nothing to do. `goesOn`: with
     * what is left of whatever had this id, as yt-dlp does in a folder that is called by that. `leavesFiles`: what is called so and
     * lies there already is taken for it, as yt-dlp does.
     */
    async fetch(
      page: ReadPage,
      { dir, signal, progress, goesOn = false, leavesFiles = false }: FetchOptions,
    ): Promise<{ name: string; size: number } | { name: null; size: null }> {
      if (archive.has(page.url)) return { name: null, size: null };
      const words = broken.get(page.url);
      if (words !== undefined) throw new Error(words);
      const name = `${page.title}.bin`;
      if (leavesFiles && existsSync(join(dir, name))) return { name, size: statSync(join(dir, name)).size };
      const response = await fetch(page.url, { signal });
      const of = Number(response.headers.get("content-length"));
      const path = parts && join(parts, `${name}.part`);
      if (path) rmSync(path, { force: true });
      const begun = (goesOn && left.get(page.id)) || Buffer.alloc(0);
      const come: Uint8Array[] = [];
      const size = () => come.reduce((sum, { length }) => sum + length, 0);
      const bytesOf = () => Buffer.concat([begun, Buffer.concat(come).subarray(begun.length)]);
      try {
        for await (const part of response.body ?? []) {
          come.push(part);
          if (path) appendFileSync(path, part);
          progress(size(), of);
        }
      } catch (error) {
        left.set(page.id, bytesOf());
        throw error;
      }
      left.delete(page.id);
      const bytes = bytesOf();
      mkdirSync(dir, { recursive: true });
      // As a whole: what a kill leaves under this name would be taken for the file.
      const whole = path ?? join(dir, `${name}.part`);
      writeFileSync(whole, bytes);
      renameSync(whole, join(dir, name));
      return { name, size: bytes.length };
    },
  };
}

/** A folder in another one, as programs look after it: undefined where it leads out of that. */
export function folderIn(base: string, folder: string): string | undefined {
  const path = join(base, folder);
  return relative(base, path).startsWith("..") || dirname(path) === path ? undefined : path;
}
