import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { batchOf } from "../../../src/domain/batch.ts";
import { readMigrations } from "../../../src/store/migrations.macro.ts";
import { openStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";
import { createPlace } from "./place.ts";

test("an upgrade makes each link and delivery a batch of its own, with its former prompt", () => {
  using place = createPlace();
  writeVersionBefore(place.path);
  using store = openStore(place.path);
  const [first, second] = [store.links.byId(1), store.links.byId(2)];
  expect([first, second].map((link) => link && batchOf(link))).toEqual([1, 2]);
  expect(first).toMatchObject({ promptId: 70, promptedAt: 5, batchId: null, senderId: null, title: null });
  expect(store.links.ofBatch(1)).toMatchObject([{ id: 1 }]);
  expect(store.deliveries.ofBatch(9)).toMatchObject([{ linkId: 9, title: null }]);
  expect(store.deletions.dueOfOneChat(99, 9)).toMatchObject([{ messageId: 71, batchId: null }]);
  const joined = store.links.add(newLink({ url: "https://x.org/new", batchId: 1 }));
  expect(store.links.ofBatch(1).map(({ id }) => id)).toEqual([1, joined?.id ?? 0]);
  store.links.setPrompt(1, { promptId: 80, promptedAt: 6 });
  expect([store.links.byId(joined?.id ?? 0)?.promptId, store.links.byId(2)?.promptId]).toEqual([80, null]);
});

/** A database of the version before shared prompts: two links, a delivery and a planned deletion. */
function writeVersionBefore(path: string): void {
  using sqlite = new Database(path, { create: true });
  for (const migration of readMigrations().slice(0, 5)) {
    for (const statement of migration.split("--> statement-breakpoint")) sqlite.run(statement);
  }
  sqlite.run("PRAGMA user_version = 5");
  sqlite.run(
    `INSERT INTO links (chat_id, prompt_id, prompted_at, sender, url, key, quality, send_at, created_at)
     VALUES (1, 70, 5, 'ann', 'https://x.org/1', 'x.org/1', 'best', 0, 0), (1, null, null, 'ann', 'https://x.org/2', 'x.org/2', 'best', 0, 0)`,
  );
  sqlite.run(
    `INSERT INTO deliveries (link_id, chat_id, sender, url, key, quality, downloader, accepted_at)
     VALUES (9, 1, 'ann', 'https://x.org/9', 'x.org/9', 'best', 'nas', 0)`,
  );
  sqlite.run("INSERT INTO deletions (chat_id, message_id, delete_at) VALUES (1, 71, 0)");
}
