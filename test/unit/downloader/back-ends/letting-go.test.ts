import { expect, test } from "bun:test";
import { createLettingGo } from "../../../../src/downloader/back-ends/letting-go.ts";
import { createMemory } from "../../../../src/downloader/back-ends/memory.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

test("a program that never removes a failed entry is asked a limited number of times before the link is handed over again", async () => {
  const late = new RemoteUnreachable("late", { isHarmless: false });
  const leaving = createLettingGo({
    remote: { name: "program", remove: async () => {}, cleanHistory: async () => Promise.reject(late) },
    memory: createMemory(),
    handOvers: { isNotThere: () => {} },
    log: createRecordingLog(),
    stop: new AbortController().signal,
    isGone: () => false,
  });
  const asked = () => leaving.makeWay("a", "1").catch((error) => error);
  for (let nth = 0; nth < 20; nth += 1) expect(await asked()).toBe(late);
  expect(await asked()).toBeUndefined();
});
