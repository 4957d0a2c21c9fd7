import { describe, expect, test } from "bun:test";
import { playFiles, VICTIMS } from "../chaos/back-end-files.ts";

const KILLS = 4;

/** The fakes are processes of their own, of the middle of 2026; that they answer as older versions do is tried one by one elsewhere. */
describe.each(["metube", "ytptube"] as const)("files that are handed to %s", (kind) => {
  test.each(VICTIMS)(
    "come once, whole, and are done only then, when the %s is killed at random moments",
    async (victim) => {
      const { broken } = await playFiles(kind, { seed: 1, kills: KILLS, victim });
      expect(broken).toEqual([]);
    },
  );
});
