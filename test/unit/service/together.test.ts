import { expect, test } from "bun:test";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { createTogether } from "../../../src/service/together.ts";
import { openStore, type SqliteStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";

/** A store whose transactions are counted and take no time; `fails` is thrown at the end of each. */
function counted(store: SqliteStore, of: { fails?: Error } = {}) {
  const seen = { transactions: 0 };
  const together = createTogether(
    (work) => {
      seen.transactions += 1;
      return store.transaction(() => {
        const result = work();
        if (of.fails !== undefined) throw of.fails;
        return result;
      });
    },
    () => 0,
  );
  const add = (nth: number) => together(() => store.links.add(newLink({ url: `https://x.org/${nth}` }))?.id);
  return { seen, together, add };
}

test("works of one turn of the event loop share a transaction, and resolve after it", async () => {
  using store = openStore(":memory:");
  const { seen, together, add } = counted(store);
  const stored = together(() => store.links.count({}));
  const ids = Promise.all([add(1), add(2), add(3)]);
  const after = together(() => store.links.count({}));
  expect(seen.transactions).toBe(0);
  expect([await stored, await ids, await after]).toEqual([0, [1, 2, 3], 3]);
  expect(seen.transactions).toBe(1);
  await add(4);
  expect(seen.transactions).toBe(2);
});

test("a work that throws is undone alone, and only it rejects", async () => {
  using store = openStore(":memory:");
  const { together, add } = counted(store);
  const bug = new TypeError("a bug");
  const first = add(1);
  const failing = together(() => {
    store.links.add(newLink({ url: "https://x.org/half" }));
    throw bug;
  });
  const last = add(2);
  const ends = await Promise.allSettled([first, failing, last]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(ends[1]).toMatchObject({ reason: bug });
  expect(store.links.count({})).toBe(2);
});

test("if the database cannot be used, nothing is stored and all works reject after one try", async () => {
  using store = openStore(":memory:");
  const { seen, add } = counted(store, { fails: new StoreUnavailable("SQLITE_FULL") });
  const ends = await Promise.allSettled([add(1), add(2)]);
  expect(ends.map((end) => (end.status === "rejected" ? end.reason.code : "stored"))).toEqual([
    "SQLITE_FULL",
    "SQLITE_FULL",
  ]);
  expect([store.links.count({}), seen.transactions]).toEqual([0, 1]);
});

test("works after one that the database refuses are not stored without it", async () => {
  using store = openStore(":memory:");
  const { together, add } = counted(store);
  const bug = together(() => {
    throw new TypeError("a bug");
  });
  const full = together(() => {
    throw new StoreUnavailable("SQLITE_FULL");
  });
  const ends = await Promise.allSettled([bug, full, add(1)]);
  expect(ends.map((end) => (end.status === "rejected" ? end.reason.name : "stored"))).toEqual([
    "TypeError",
    "StoreUnavailable",
    "StoreUnavailable",
  ]);
  expect(store.links.count({})).toBe(0);
});

/** Each work takes 20 ms by the clock. */
function slow(store: SqliteStore, of: { failsAt?: number; hasBugAt?: number } = {}) {
  const seen = { transactions: 0 };
  let ms = 0;
  const together = createTogether(
    (work) => {
      seen.transactions += 1;
      return store.transaction(work);
    },
    () => ms,
  );
  const add = (nth: number) =>
    together(() => {
      ms += 20;
      if (nth === of.failsAt) throw new StoreUnavailable("SQLITE_FULL");
      if (nth === of.hasBugAt) throw new TypeError("a bug");
      return store.links.add(newLink({ url: `https://x.org/${nth}` }))?.id;
    });
  return { seen, add };
}

test("long works are stored in parts, in their order, while the event loop turns", async () => {
  using store = openStore(":memory:");
  const { seen, add } = slow(store);
  const happened: string[] = [];
  const first = [1, 2, 3, 4, 5].map((nth) => add(nth).then((id) => happened.push(`stored ${id}`)));
  await first[0];
  setImmediate(() => happened.push("a turn"));
  await Promise.all([...first, add(6).then((id) => happened.push(`stored ${id}`))]);
  expect(happened.filter((what) => what !== "a turn")).toEqual([1, 2, 3, 4, 5, 6].map((id) => `stored ${id}`));
  expect(happened.indexOf("a turn")).toBeLessThan(happened.indexOf("stored 5"));
  expect(seen.transactions).toBe(3);
});

test("a second part is not stored if the first one cannot be", async () => {
  using store = openStore(":memory:");
  const { seen, add } = slow(store, { failsAt: 2 });
  const ends = await Promise.allSettled([1, 2, 3, 4].map(add));
  expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected", "rejected"]);
  expect([store.links.count({}), seen.transactions]).toEqual([0, 1]);
});

test("works that are repeated one by one after a bug keep their order and let the event loop turn", async () => {
  using store = openStore(":memory:");
  const { seen, add } = slow(store, { hasBugAt: 1 });
  const happened: string[] = [];
  const all = [1, 2, 3, 4, 5].map((nth) =>
    add(nth).then(
      (id) => void happened.push(`stored ${id}`),
      () => void happened.push("a bug"),
    ),
  );
  await all[0];
  setImmediate(() => happened.push("a turn"));
  await Promise.all(all);
  expect(happened.filter((what) => what !== "a turn")).toEqual(["a bug", ...[1, 2, 3, 4].map((id) => `stored ${id}`)]);
  expect(happened.indexOf("a turn")).toBeLessThan(happened.indexOf("stored 4"));
  // One with all works, the first two one by one, and then two by two.
  expect(seen.transactions).toBe(5);
});
