import { expect, test } from "bun:test";
import { createMemory } from "../../../../src/downloader/back-ends/memory.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { createSubmissions } from "../../../../src/downloader/back-ends/submissions.ts";
import { openList } from "../../../../src/downloader/list.ts";
import { downloaderTexts } from "../../../../src/downloader/locales/locales.ts";
import { createClock } from "../../../support/clock.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

test("a full disk while the program does not answer ends only the call", async () => {
  using list = openList(":memory:", createClock().now);
  list.add({ url: "https://films.example/1", userName: "[ann]", maxQuality: 720 });
  const handOvers = list.handOvers("program");
  const ended = Promise.withResolvers<void>();
  const submissions = createSubmissions({
    list,
    handOvers: {
      ...handOvers,
      markAbsent() {
        throw new Error("database or disk is full");
      },
    },
    remote: {
      name: "program",
      submit: async () => Promise.reject(new RemoteUnreachable("ECONNREFUSED", { isHarmless: true, isAway: true })),
    },
    texts: downloaderTexts.en,
    memory: createMemory(),
    log: createRecordingLog(),
    stop: new AbortController().signal,
    answered: () => {},
    ended: ended.resolve,
    away: () => {},
  });
  for (const entry of handOvers.open()) submissions.begin(entry, { session: "1", isBegun: false });
  await Promise.all([ended.promise, submissions.settled()]);
  expect(submissions.room()).toBe(4);
  expect(handOvers.open()).toMatchObject([{ sentAt: expect.any(Number) }]);
});

test.each([
  ["is over", { isOver: true }],
  ["was cut", { isAway: true }],
] as const)("that a call %s is remembered as long as its link is in the list", async (_, how) => {
  using list = openList(":memory:", createClock().now);
  list.add({ url: "https://films.example/1", userName: "[ann]", maxQuality: 720 });
  const handOvers = list.handOvers("program");
  const memory = createMemory();
  const submissions = createSubmissions({
    list,
    handOvers,
    remote: {
      name: "program",
      submit: async () => Promise.reject(new RemoteUnreachable("HTTP 500", { isHarmless: false, ...how })),
    },
    texts: downloaderTexts.en,
    memory,
    log: createRecordingLog(),
    stop: new AbortController().signal,
    answered: () => {},
    ended: () => {},
    away: () => {},
  });
  const [entry] = handOvers.open();
  if (entry === undefined) throw new Error("Nothing to be done");
  submissions.begin(entry, { session: "1" });
  await submissions.settled();
  const known = () => submissions.wasCut(entry.key) || submissions.failure(entry.key) !== undefined;
  memory.keepOnly(new Set([entry.key]));
  expect(known()).toBe(true);
  memory.keepOnly(new Set());
  expect(known()).toBe(false);
});
