import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type List, openList } from "../../../src/downloader/list.ts";
import { createClock } from "../../support/clock.ts";

const DAY_MS = 86_400_000;
const FILM = { url: "https://films.example/1", userName: "[ann] films", maxQuality: 720 };

let clock: ReturnType<typeof createClock>;
let list: List;
beforeEach(() => {
  clock = createClock();
  list = openList(":memory:", clock.now);
});
afterEach(() => list[Symbol.dispose]());

const only = () => {
  const [entry, ...others] = list.all();
  if (entry === undefined || others.length > 0) throw new Error(`Not one entry: ${JSON.stringify(list.all())}`);
  return entry;
};

describe("openList()", () => {
  test("keeps entries beyond the end of the process", () => {
    const folder = mkdtempSync(join(tmpdir(), "dwld-list-"));
    try {
      const path = join(folder, "list.db");
      {
        using before = openList(path, clock.now);
        before.add(FILM);
      }
      using after = openList(path, clock.now);
      expect(after.all()).toMatchObject([{ link: FILM.url, userName: "[ann] films", maxQuality: 720, status: "NEW" }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("throws while another process has the list, since two would download everything twice", () => {
    const folder = mkdtempSync(join(tmpdir(), "dwld-list-"));
    try {
      using _first = openList(join(folder, "list.db"), clock.now);
      expect(() => openList(join(folder, "list.db"), clock.now)).toThrow("locked");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("holds each link once", () => {
    expect([list.add(FILM), list.add(FILM)]).toEqual([true, false]);
    expect(list.all()).toHaveLength(1);
  });

  test.each(["done", "failed"])("accepts a link again that is %s, under another id", (ending) => {
    list.add(FILM);
    const { id } = only();
    if (ending === "done") list.markDone(id);
    else list.fail(id, "no such film");
    expect(list.add({ ...FILM, maxQuality: 1080 })).toBe(true);
    expect(only()).toMatchObject({ status: "NEW", maxQuality: 1080, trouble: null, tries: 0 });
    expect(only().id).not.toBe(id);
  });

  test("never reuses an id, since a folder of parts is named by it", () => {
    list.add(FILM);
    const { id } = only();
    list.remove(FILM.url);
    list.add(FILM);
    expect(only().id).toBeGreaterThan(id);
  });

  test("returns open entries in the order in which they are due", () => {
    for (const nth of [1, 2, 3, 4]) list.add({ ...FILM, url: `https://films.example/${nth}` });
    const [first, second, third] = list.all();
    list.postpone(first?.id ?? 0, { trouble: "stalled", tries: 1, dueAt: clock.now() + 60_000 });
    list.markDone(second?.id ?? 0);
    list.markWhole(third?.id ?? 0, null);
    expect(list.open().map(({ link }) => link.slice(-1))).toEqual(["3", "4", "1"]);
  });

  test("forgets a failure a day after the bot was told of it, and not before", () => {
    list.add(FILM);
    list.fail(only().id, "no such film");
    clock.advance(3 * DAY_MS);
    list.forgetOld();
    expect(only().status).toBe("FAILED");
    list.markTold();
    clock.advance(DAY_MS - 1);
    list.markTold();
    list.forgetOld();
    expect(only().status).toBe("FAILED");
    clock.advance(2);
    list.forgetOld();
    expect(list.all()).toEqual([]);
  });

  test("forgets finished links after a week, and failures that nobody asks about after a month", () => {
    list.add(FILM);
    list.add({ ...FILM, url: "https://films.example/2" });
    const [film, other] = list.all();
    list.markDone(film?.id ?? 0);
    list.fail(other?.id ?? 0, "no such film");
    clock.advance(7 * DAY_MS + 1);
    list.forgetOld();
    expect(only().link).toEndWith("/2");
    clock.advance(23 * DAY_MS);
    list.forgetOld();
    expect(list.all()).toEqual([]);
  });

  test("cleans finished links and failures that were told, and nothing else", () => {
    for (const nth of [1, 2, 3, 4]) list.add({ ...FILM, url: `https://films.example/${nth}` });
    const [done, told, untold] = list.all();
    list.markDone(done?.id ?? 0);
    list.fail(told?.id ?? 0, "no such film");
    list.markTold();
    list.fail(untold?.id ?? 0, "no such film");
    list.clean();
    expect(list.all().map(({ link }) => link.slice(-1))).toEqual(["3", "4"]);
  });
});
