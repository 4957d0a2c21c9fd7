import { describe, expect, test } from "bun:test";
import { playFiles, VICTIMS } from "../chaos/back-end-files.ts";

const KILLS = 4;

/** The fakes are processes of their own and behave as in mid-2026; other tests try the answers of older versions. */
describe.each(["metube", "ytptube"] as const)("files that are handed to %s", (kind) => {
  test.each(VICTIMS)(
    "arrive once and whole, and count as done only then, when the %s is killed at random moments",
    async (victim) => {
      const { broken } = await playFiles(kind, { seed: 1, kills: KILLS, victim });
      expect(broken).toEqual([]);
    },
  );
});
