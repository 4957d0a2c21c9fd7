import { expect, test } from "bun:test";
import { createMemory } from "../../../../src/downloader/back-ends/memory.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { createRemovals } from "../../../../src/downloader/back-ends/removals.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

test("a program that never removes a failed entry is asked a limited number of times before the link is handed over again", async () => {
  const late = new RemoteUnreachable("late", { isHarmless: false });
  const removals = createRemovals({
    remote: { name: "program", remove: async () => {}, cleanHistory: async () => Promise.reject(late) },
    memory: createMemory(),
    handOvers: { markAbsent: () => {} },
    log: createRecordingLog(),
    stop: new AbortController().signal,
    isGone: () => false,
  });
  const asked = () => removals.removeFailed("a", "1").catch((error) => error);
  for (let nth = 0; nth < 20; nth += 1) expect(await asked()).toBe(late);
  expect(await asked()).toBeUndefined();
});
