import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import type { Deliveries, Delivery } from "../../../../src/domain/delivery.ts";
import type { Actor } from "../../../../src/domain/role.ts";
import { createHistory } from "../../../../src/service/tracking/history.ts";
import { openStore, type SqliteStore } from "../../../../src/store/store.ts";
import { newLink } from "../../../support/links.ts";

const ANN: Actor = { chatId: 1, role: "user" };
const never = new AbortController().signal;

type Row = Partial<Pick<Delivery, "chatId" | "title" | "name" | "url" | "state" | "closedAt">>;

/** Adds deliveries with ids from 1, each closed after the previous one. */
function keep(store: SqliteStore, rows: readonly Row[]): void {
  store.transaction(() => {
    for (const [index, { state = "done", closedAt = index, name = null, ...link }] of rows.entries()) {
      const id = index + 1;
      const { url = `https://x.org/${id}` } = link;
      store.deliveries.add({
        ...newLink({ url, ...link }),
        ...{ linkId: id, title: link.title ?? null, downloader: "nas", acceptedAt: 0 },
      });
      store.deliveries.update(id, { state, name, closedAt });
    }
  });
}

const many = (count: number) => Array.from({ length: count }, (): Row => ({}));

async function ids(deliveries: Deliveries, of: { actor?: Actor; page?: number; word?: string }) {
  const { actor = ANN, page = 0, word = "" } = of;
  const found = await createHistory({ deliveries, size: 10 })(actor, { page, word, stop: never });
  return { ids: found?.entries.map(({ id }) => id), total: found?.total, page: found?.page, pages: found?.pages };
}

describe("the history", () => {
  test("has pages, latest first", async () => {
    using store = openStore(":memory:");
    keep(store, many(23));
    const at = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, n) => from - n);
    expect(await ids(store.deliveries, {})).toEqual({ ids: at(23, 14), total: 23, page: 0, pages: 3 });
    expect(await ids(store.deliveries, { page: 2 })).toEqual({ ids: at(3, 1), total: 23, page: 2, pages: 3 });
    expect(await ids(store.deliveries, { page: 9 })).toMatchObject({ ids: at(3, 1), page: 2 });
    expect(await ids(store.deliveries, { page: -1 })).toMatchObject({ page: 0 });
    expect(await ids(store.deliveries, { actor: { chatId: 5, role: "user" } })).toEqual({
      ids: [],
      total: 0,
      page: 0,
      pages: 1,
    });
  });

  test("has only the chat's own finished downloads, also for an admin (rule 8)", async () => {
    using store = openStore(":memory:");
    keep(store, [{}, { chatId: 2 }, { state: "lost" }, { state: "removed" }, { state: "unknown" }, { state: "open" }]);
    for (const word of ["", "x.org"]) {
      expect(await ids(store.deliveries, { word })).toMatchObject({ ids: [1], total: 1 });
      expect(await ids(store.deliveries, { word, actor: { chatId: 2, role: "admin" } })).toMatchObject({ ids: [2] });
    }
  });
});

describe("a search word", () => {
  test.each([
    ["фильм", [1]],
    ["ЁЛКА", [1]],
    ["елка", [1]],
    ["straße", [2]],
    ["DEF", [2]],
    ["Кино", [3]],
    ["x.org/%d0", [3]],
    ["при  вет", []],
    ["%", [4, 3]],
    ["100%", [4]],
    ["_", []],
  ])("%j is found in title, name and address, in any case", async (word, found) => {
    using store = openStore(":memory:");
    keep(store, [
      { title: "Мой ФИЛЬМ про Ёлка", url: "https://x.org/1" },
      { name: "Abc Def STRAßE", url: "https://x.org/2" },
      { url: "https://x.org/%D0%BA%D0%B8%D0%BD%D0%BE" },
      { url: "https://x.org/100%" },
    ]);
    expect((await ids(store.deliveries, { word })).ids).toEqual(found);
  });

  test("is searched among thousands in parts of at most 500, while the event loop turns", async () => {
    using store = openStore(":memory:");
    // Many have the same instant, so that a part ends among them.
    const rows = many(1_600).map((row, at) => ({ ...row, closedAt: at >> 9, title: at % 100 === 7 ? "Ночь" : "День" }));
    keep(store, rows);
    const asked: number[] = [];
    const deliveries: Deliveries = {
      ...store.deliveries,
      doneNamesOf(chatId, of) {
        asked.push(of.limit);
        return store.deliveries.doneNamesOf(chatId, of);
      },
    };
    const searching = ids(deliveries, { word: "НОЧЬ", page: 1 });
    await setImmediate();
    expect(asked.length).toBeLessThan(3);
    const found = await searching;
    expect(asked).toEqual([500, 500, 500, 500]);
    expect(found).toMatchObject({ total: 16, page: 1, pages: 2, ids: [508, 408, 308, 208, 108, 8] });
  });

  test("is no longer searched once the bot stops", async () => {
    using store = openStore(":memory:");
    keep(store, many(3));
    const history = createHistory({ deliveries: store.deliveries, size: 10 });
    expect(await history(ANN, { page: 0, word: "x", stop: AbortSignal.abort() })).toBeUndefined();
  });
});
