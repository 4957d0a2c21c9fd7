import { expect, test } from "bun:test";
import { playDownloader } from "../chaos/downloader.ts";

const KILLS = 7;

test.each([1, 2])(
  "killed at random moments, the built-in downloader ends every link that it took as one whole file, or says why not (seed %d)",
  async (seed) => {
    const { broken } = await playDownloader(seed, KILLS);
    expect(broken).toEqual([]);
  },
);
