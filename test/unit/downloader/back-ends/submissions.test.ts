import { expect, test } from "bun:test";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { createSubmissions } from "../../../../src/downloader/back-ends/submissions.ts";
import { openList } from "../../../../src/downloader/list.ts";
import { downloaderTexts } from "../../../../src/downloader/locales/locales.ts";
import { createClock } from "../../../support/clock.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

test("a disk that is full as nobody answers any more ends no more than the call", async () => {
  using list = openList(":memory:", createClock().now);
  list.add({ url: "https://films.example/1", userName: "[ann]", maxQuality: 720 });
  const handOvers = list.handOvers("program");
  const ended = Promise.withResolvers<void>();
  const submissions = createSubmissions({
    list,
    handOvers: {
      ...handOvers,
      isNotThere() {
        throw new Error("database or disk is full");
      },
    },
    remote: {
      name: "program",
      submit: async () => Promise.reject(new RemoteUnreachable("ECONNREFUSED", { isHarmless: true, isAway: true })),
    },
    texts: downloaderTexts.en,
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
