import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { openStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";
import { createPlace } from "./place.ts";

/** The size that the log may keep, in bytes. */
const KEPT = 8 * 1024 * 1024;

test("the -wal grows while another program keeps reading, and shrinks after the reader has ended", () => {
  using place = createPlace();
  const store = openStore(place.path);
  const log = () => statSync(`${place.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  let written = 0;
  const write = (links: number) =>
    store.transaction(() => {
      for (const last = written + links; written < last; written++)
        store.links.add(newLink({ url: `https://x.org/${written}/${"x".repeat(1_500)}`, key: `x.org/${written}` }));
    });
  const reader = new Database(place.path, { readonly: true });
  const seen = () => reader.query("SELECT count(*) AS n FROM links").get();
  write(1);
  reader.run("BEGIN");
  expect(seen()).toEqual({ n: 1 });
  while (log() <= 2 * KEPT) write(500);
  expect(store.links.count({})).toBe(written);
  expect(seen()).toEqual({ n: 1 });

  reader.run("COMMIT");
  expect(seen()).toEqual({ n: written });
  // The next commit copies the whole log into the database, and the one after it starts the log over.
  write(1);
  write(1);
  expect(log()).toBeLessThanOrEqual(KEPT);
  expect(store.links.count({})).toBe(written);
  expect(store.check()).toEqual([]);
  reader.close();
  store[Symbol.dispose]();
  expect(log()).toBe(0);
  using after = new Database(place.path, { readonly: true });
  expect(after.query("SELECT count(*) AS n FROM links").get()).toEqual({ n: written });
});
