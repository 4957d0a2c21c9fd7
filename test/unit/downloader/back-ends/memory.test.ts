import { expect, test } from "bun:test";
import { createMemory, type Memory } from "../../../../src/downloader/back-ends/memory.ts";
import { createMisses } from "../../../../src/downloader/back-ends/misses.ts";
import { createProvisionalEnds } from "../../../../src/downloader/back-ends/provisional-ends.ts";
import { createResubmissions } from "../../../../src/downloader/back-ends/resubmissions.ts";

test("everything known about an entry is forgotten together with it, and nothing about others", () => {
  const memory = createMemory();
  const [times, begun] = [memory.map<number>(), memory.set()];
  for (const key of ["a", "b", "c"]) {
    times.set(key, 1);
    begun.add(key);
  }
  memory.keepOnly(new Set(["b", "d"]));
  expect([[...times], [...begun]]).toEqual([[["b", 1]], ["b"]]);
});

test.each<[string, (memory: Memory) => () => boolean]>([
  [
    "in how many looks it was missing",
    (memory) => {
      const { confirm } = createMisses({ memory, now: () => 0, backAfterMs: 1 });
      for (const _ of ["once", "twice"]) confirm("a");
      return () => confirm("a");
    },
  ],
  [
    "that the program has answered about it",
    (memory) => {
      const { answered, mayChange } = createProvisionalEnds({ memory, now: () => 0, settlesMs: 1 });
      answered("a");
      return () => !mayChange({ key: "a", sentAt: 0 }, { id: "1", state: "done", missing: 1 });
    },
  ],
  [
    "that it has begun",
    (memory) => {
      const resubmissions = createResubmissions(memory);
      resubmissions.seen("a", { id: "1", state: "running", currentSize: 1 });
      return () => resubmissions.optionsFor("a").isBegun;
    },
  ],
])("the memory keeps about an entry, while it is there, %s", (_, note) => {
  for (const isThere of [true, false]) {
    const memory = createMemory();
    const isKnown = note(memory);
    memory.keepOnly(new Set(isThere ? ["a"] : []));
    expect(isKnown()).toBe(isThere);
  }
});
