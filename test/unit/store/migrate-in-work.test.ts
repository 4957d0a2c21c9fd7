import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../../src/store/store.ts";
import { createPlace } from "./place.ts";

const FOLDER = join(import.meta.dir, "../../../drizzle");
const { entries } = JSON.parse(readFileSync(join(FOLDER, "meta/_journal.json"), "utf8")) as {
  entries: { tag: string }[];
};

/** A database as the version before this migration wrote it. */
function writeFormer(path: string, tag: string): void {
  using sqlite = new Database(path, { create: true });
  const before = entries.slice(
    0,
    entries.findIndex((entry) => entry.tag === tag),
  );
  for (const entry of before) {
    for (const statement of readFileSync(join(FOLDER, `${entry.tag}.sql`), "utf8").split("--> statement-breakpoint")) {
      sqlite.run(statement);
    }
  }
  sqlite.run(`PRAGMA user_version = ${before.length}`);
  sqlite.run(
    `INSERT INTO deliveries (link_id, chat_id, sender, url, key, quality, downloader, state, accepted_at)
     VALUES (1, 5, 'ann', 'https://x.org/1', 'x.org/1', 'best', 'nas', 'open', 1),
            (2, 5, 'ann', 'https://x.org/2', 'x.org/2', 'best', 'nas', 'done', 1)`,
  );
}

test("an upgrade keeps open deliveries in work, at first without a message", () => {
  using place = createPlace();
  const tag = entries.find((entry) => entry.tag.endsWith("_in_work"))?.tag ?? "";
  writeFormer(place.path, tag);
  using store = openStore(place.path);
  expect(store.deliveries.workPlaces()).toMatchObject([{ chatId: 5, threadId: null, inWork: 1 }]);
  expect(store.deliveries.openAt({ chatId: 5, threadId: null }, 9).map(({ url }) => url)).toEqual(["https://x.org/1"]);
  expect([store.workMessages.all(), store.cancellations.due(99, 9)]).toEqual([[], []]);
});
