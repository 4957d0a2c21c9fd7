import { expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createLateWrites } from "../../../../src/service/late-writes.ts";
import { createNewsDesk } from "../../../../src/service/tracking/news.ts";
import { openStore } from "../../../../src/store/store.ts";
import { newLink } from "../../../support/links.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const PLACE = { chatId: 1, threadId: null };

test("told news is not told again if it is stored together with a change that fails", () => {
  using store = openStore(":memory:");
  const lateWrites = createLateWrites({ transaction: store.transaction, log: createRecordingLog() });
  /** Whether each attempt to store that it was told succeeds. */
  const takes = [true, false];
  const told: typeof store.news.told = (ids, message) => {
    if (takes.shift() === false) throw new StoreUnavailable("SQLITE_FULL");
    store.news.told(ids, message);
  };
  const desk = createNewsDesk({ store: { news: { ...store.news, told } }, lateWrites });
  store.deliveries.add({ ...newLink(PLACE), linkId: 1, downloader: "nas", acceptedAt: 0 });
  store.news.add({ ...PLACE, kind: "lost", about: 1, createdAt: 0 });
  store.deliveries.update(1, { state: "lost", closedAt: 0 });
  desk.told(desk.untold(PLACE), { chatId: 1, messageId: 7 }, () => {});
  let isFull = true;
  lateWrites.writeSoon("more", () => {
    if (isFull) throw new StoreUnavailable("SQLITE_FULL");
  });
  expect([lateWrites.flush(), desk.untold(PLACE), desk.ofMessage({ chatId: 1, messageId: 7 }).length]).toEqual([
    false,
    [],
    0,
  ]);
  isFull = false;
  expect([lateWrites.flush(), desk.untold(PLACE), desk.ofMessage({ chatId: 1, messageId: 7 }).length]).toEqual([
    true,
    [],
    1,
  ]);
});

test("told news of many chats is stored in one commit, and is not untold meanwhile", () => {
  using store = openStore(":memory:");
  let commits = 0;
  const lateWrites = createLateWrites({
    transaction: (work) => {
      commits += 1;
      return store.transaction(work);
    },
    log: createRecordingLog(),
  });
  const desk = createNewsDesk({ store, lateWrites });
  const places = [1, 2, 3].map((chatId) => ({ chatId, threadId: null }));
  for (const [about, place] of places.entries()) {
    const link = {
      ...place,
      messageId: null,
      sender: "ann",
      url: "u",
      key: "u",
      quality: "best",
      folder: null,
    } as const;
    store.deliveries.add({ ...link, linkId: about + 1, downloader: "nas", acceptedAt: 1 });
    store.deliveries.update(about + 1, { state: "done", closedAt: 2 });
    store.news.add({ ...place, kind: "done", about: about + 1, createdAt: 2 });
  }
  for (const place of places) desk.told(desk.untold(place), { chatId: place.chatId, messageId: 7 }, () => {});
  expect([places.flatMap(desk.untold), store.news.untoldPlaces().length, commits]).toEqual([[], 3, 0]);
  lateWrites.flush();
  expect([places.flatMap(desk.untold), store.news.untoldPlaces(), commits]).toEqual([[], [], 1]);
});
