import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { openStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";
import { createPlace } from "./place.ts";

describe("createStats()", () => {
  test("counts links by state, and finds the one that has been due longest", () => {
    using store = openStore(":memory:");
    expect(store.stats.links()).toEqual(new Map());
    expect(store.stats.oldestDueAt(1_000)).toBeUndefined();
    for (const [at, state] of [
      [100, "failed"],
      [300, "uncertain"],
      [400, "queued"],
      [2_000, "queued"],
    ] as const) {
      const link = store.links.add(newLink({ url: `https://x.org/${at}`, sendAt: at }));
      store.links.update(link?.id ?? 0, { state });
    }
    expect(store.stats.links()).toEqual(
      new Map([["failed", 1] as const, ["uncertain", 1] as const, ["queued", 2] as const]),
    );
    expect(store.stats.oldestDueAt(1_000)).toBe(300);
    expect(store.stats.oldestDueAt(299)).toBeUndefined();
  });

  test("counts links again only after a write", () => {
    using place = createPlace();
    using store = openStore(place.path);
    store.links.add(newLink());
    const counted = store.stats.links();
    expect(store.stats.links()).toBe(counted);
    store.links.add(newLink({ url: "https://x.org/2" }));
    expect(store.stats.links()).toEqual(new Map([["queued", 2]]));
  });

  test("counts deletions", () => {
    using store = openStore(":memory:");
    store.deletions.add({ chatId: 1, messageId: 2, deleteAt: 0 });
    expect(store.stats.deletions()).toBe(1);
  });

  test("the probe writes, and leaves no rows behind", () => {
    using place = createPlace();
    using store = openStore(place.path);
    const written = () => Bun.file(`${place.path}-wal`).size;
    const before = written();
    store.stats.probe();
    expect(written()).toBeGreaterThan(before);
    using other = new Database(place.path, { readonly: true });
    expect(other.query("select * from updates_in_work").all()).toEqual([]);
  });

  test("the probe fails while another process writes", () => {
    using place = createPlace();
    using store = openStore(place.path);
    using other = new Database(place.path);
    other.run("BEGIN IMMEDIATE");
    expect(() => store.stats.probe()).toThrow(StoreUnavailable);
    other.run("ROLLBACK");
    store.stats.probe();
  });
});
