import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../../src/store/store.ts";
import { createPlace } from "./place.ts";

const DRIZZLE = join(import.meta.dir, "../../../drizzle");

test("an upgrade from before there was news keeps everything and creates no news", () => {
  using place = createPlace();
  const before = readdirSync(DRIZZLE)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const older = before.slice(
    0,
    before.findIndex((name) => name.endsWith("_news.sql")),
  );
  const old = new Database(place.path, { create: true });
  for (const name of older) {
    const statements = readFileSync(join(DRIZZLE, name), "utf8").split("--> statement-breakpoint");
    for (const statement of statements) old.run(statement);
  }
  old.run(`PRAGMA user_version = ${older.length}`);
  old.run(
    `INSERT INTO links (chat_id, sender, url, key, quality, send_at, state, last_error, created_at)
     VALUES (1, 'ann', 'https://x.org/1', 'x.org/1', 'best', 1, 'failed', '{"reason":"refused","downloader":"nas"}', 1)`,
  );
  old.run("INSERT INTO chats (chat_id, notices) VALUES (1, 'reaction')");
  old.close();
  using store = openStore(place.path);
  expect(store.links.byId(1)).toMatchObject({ state: "failed", lastError: { reason: "refused", downloader: "nas" } });
  expect(store.chats.byId(1)).toMatchObject({ notices: "reaction", quiet: null });
  expect([store.news.untoldPlaces(), store.presenceMessages.of(1)]).toEqual([[], undefined]);
});
