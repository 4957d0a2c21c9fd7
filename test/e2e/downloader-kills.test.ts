import { expect, test } from "bun:test";
import { playDownloader } from "../chaos/downloader.ts";

const KILLS = 7;

test.each([1, 2])(
  "the built-in downloader, killed at random moments, ends every link as one whole file or says why not (seed %d)",
  async (seed) => {
    const { broken } = await playDownloader(seed, KILLS);
    expect(broken).toEqual([]);
  },
);
