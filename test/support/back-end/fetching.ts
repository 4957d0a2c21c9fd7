import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

/** What yt-dlp knows about a page that it has read. */
export interface ReadPage {
  readonly id: string;
  readonly title: string;
  /** Where the link has led; the programs identify it by this from then on. */
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
 * yt-dlp inside MeTube and YTPTube: it reads a link, then fetches what is there. Links lead where the test says. Parts are in a separate
 * folder if one is given, from which a kill removes nothing; without that they start from the beginning.
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
    /** The page can be read, but fetching fails. */
    breaks: (link: string, words: string) => void broken.set(link, words),
    /** It is in yt-dlp's archive: nothing is fetched, and that counts as success. */
    archived: (link: string) => void archive.add(link),
    isArchived: (link: string) => archive.has(link),
    /** No format has so few lines of picture: there are more, or it is a direct link to a file, for which nobody knows them. */
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
     * Resolves with the name of the finished file in its folder, or without one if there was nothing to do. `goesOn`: continues what is
     * left of an entry with this id, as yt-dlp does in a folder of that name. `leavesFiles`: an existing file of this name is taken for the
     * download, as yt-dlp does.
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
      // Renamed when complete: what a kill leaves under the final name would be taken for the file.
      const whole = path ?? join(dir, `${name}.part`);
      writeFileSync(whole, bytes);
      renameSync(whole, join(dir, name));
      return { name, size: bytes.length };
    },
  };
}

/** A folder inside another one, as programs check it: undefined if it is outside. */
export function folderIn(base: string, folder: string): string | undefined {
  const path = join(base, folder);
  return relative(base, path).startsWith("..") || dirname(path) === path ? undefined : path;
}
