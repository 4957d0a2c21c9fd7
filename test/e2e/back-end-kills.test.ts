import { describe, expect, test } from "bun:test";
import { playBackEnd } from "../chaos/back-end.ts";
import { ARIA2C } from "../support/back-end/aria2.ts";
import { QBITTORRENT } from "../support/back-end/qbittorrent.ts";

const KILLS = 10;

describe.skipIf(QBITTORRENT === null || ARIA2C === null)(
  "a downloader in front of qBittorrent, and qBittorrent itself,",
  () => {
    test("turn every accepted magnet into one whole file, although both are killed at random moments", async () => {
      const { broken } = await playBackEnd("qbittorrent", 1, KILLS);
      expect(broken).toEqual([]);
    });
  },
);
