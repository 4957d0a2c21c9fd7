import { expect, test } from "bun:test";
import { createForgetChat } from "../../../../src/service/chats/forget-chat.ts";
import { createPreferences } from "../../../../src/service/chats/preferences.ts";
import { createLateWrites } from "../../../../src/service/late-writes.ts";
import { openStore } from "../../../../src/store/store.ts";
import { newLink } from "../../../support/links.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const ANN = 1001;

test("a chat that is forgotten keeps its open downloads and its untold news", async () => {
  using store = openStore(":memory:");
  for (const [index, url] of ["https://x.org/told", "https://x.org/untold", "https://x.org/open"].entries()) {
    const linkId = index + 1;
    const { sender, threadId, messageId, key, quality, folder } = newLink({ url });
    const of = { linkId, chatId: ANN, sender, threadId, messageId };
    store.deliveries.add({ ...of, url, key, quality, folder, downloader: "nas", acceptedAt: 1 });
    if (index === 2) continue;
    store.deliveries.update(linkId, { state: "lost", closedAt: 2 });
    store.news.add({ kind: "lost", about: linkId, chatId: ANN, threadId: null, createdAt: 2 });
  }
  store.news.told([1], { chatId: ANN, messageId: 70 });
  await createForgetChat(store, () => {})(ANN);
  const untold = store.news.untold({ chatId: ANN, threadId: null }, 9);
  expect(untold.flatMap((news) => (news.kind === "failed" ? [] : news.delivery.url))).toEqual(["https://x.org/untold"]);
  expect([1, 2, 3].map((id) => store.deliveries.byId(id)?.state)).toEqual([undefined, "lost", "open"]);
  // The news of the deleted deliveries is gone too.
  expect(store.news.forgetBefore(0, 9)).toBe(0);
});

test("the language of the press that forgets a chat is not stored afterwards", async () => {
  using store = openStore(":memory:");
  const log = createRecordingLog();
  const lateWrites = createLateWrites({ transaction: store.transaction, log });
  const defaults = { quality: "best", language: "auto", folders: [], zone: "UTC" } as const;
  const preferences = createPreferences({ chats: store.chats, defaults, lateWrites, now: () => 0, log });
  preferences.saw(ANN, "ru");
  await createForgetChat(store, () => lateWrites.flush({ all: true }))(ANN);
  lateWrites.flush({ all: true });
  expect(store.chats.byId(ANN)).toBeUndefined();
});
