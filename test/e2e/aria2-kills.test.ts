import { describe, expect, test } from "bun:test";
import { playFiles } from "../chaos/back-end-files.ts";
import { ARIA2C } from "../support/back-end/aria2.ts";

const KILLS = 5;

describe.skipIf(ARIA2C === null)("files that are handed to aria2", () => {
  test("arrive once and whole, and count as done only then, when the downloader is killed at random moments", async () => {
    const { broken } = await playFiles("aria2", { seed: 1, kills: KILLS, victim: "bridge" });
    expect(broken).toEqual([]);
  });

  test("arrive whole, and count as done only then, when aria2 is killed at random moments", async () => {
    const { broken } = await playFiles("aria2", { seed: 1, kills: KILLS, victim: "program" });
    expect(broken).toEqual([]);
  });
});
