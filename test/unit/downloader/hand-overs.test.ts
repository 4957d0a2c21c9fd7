import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HandOvers } from "../../../src/downloader/hand-overs.ts";
import { type List, openList } from "../../../src/downloader/list.ts";
import { createClock } from "../../support/clock.ts";

const FILM = { url: "https://films.example/1", userName: "[ann] films", maxQuality: 720 };

let clock: ReturnType<typeof createClock>;
let list: List;
let handOvers: HandOvers;
beforeEach(() => {
  clock = createClock();
  list = openList(":memory:", clock.now);
  handOvers = list.handOvers("aria2");
});
afterEach(() => list[Symbol.dispose]());

/** The only entry, handed over and known to the program as `7`. */
function handed(): string {
  list.add(FILM);
  const key = handOvers.open()[0]?.key ?? "";
  handOvers.markSent(key, "s1");
  handOvers.markPresent(key, { remoteId: "7" });
  return key;
}

describe("createHandOvers()", () => {
  test("gives each entry a key of its own before the program is called", () => {
    for (const nth of [1, 2]) list.add({ ...FILM, url: `https://films.example/${nth}` });
    const keys = handOvers.open().map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[\da-f]{16}$/);
    expect(handOvers.open()).toMatchObject(keys.map(() => ({ sentAt: null, remoteId: null, session: null })));
  });

  test("stores when the program was called, its session, and its id for the entry", () => {
    handed();
    expect(handOvers.open()).toMatchObject([{ sentAt: clock.now(), remoteId: "7", session: "s1" }]);
  });

  test("forgets the old id when the entry is handed over again", () => {
    const key = handed();
    handOvers.markSent(key, "s2");
    expect(handOvers.open()).toMatchObject([{ remoteId: null, session: "s2" }]);
    handOvers.markAbsent(key);
    expect(handOvers.open()).toMatchObject([{ remoteId: null, sentAt: null, session: null }]);
  });

  test.each<[string, () => void]>([
    ["removed", () => void list.remove(FILM.url)],
    [
      "taken again after its end",
      () => {
        list.markDone(handOvers.open()[0]?.id ?? 0);
        list.add(FILM);
      },
    ],
    [
      "cleaned away",
      () => {
        list.markDone(handOvers.open()[0]?.id ?? 0);
        list.clean();
      },
    ],
    [
      "forgotten after a time",
      () => {
        list.markDone(handOvers.open()[0]?.id ?? 0);
        clock.advance(8 * 86_400_000);
        list.forgetOld();
      },
    ],
  ])("remembers the program's id of an entry that was %s", (_, leave) => {
    const key = handed();
    const sentAt = clock.now();
    leave();
    expect(handOvers.dropped()).toEqual([{ key, link: FILM.url, sentAt, remoteId: "7" }]);
    handOvers.markAbsent(key);
    expect(handOvers.dropped()).toEqual([]);
  });

  test("remembers once what has to leave the program while it stays in the list", () => {
    const key = handed();
    list.fail(handOvers.open()[0]?.id ?? 0, "no such page");
    handOvers.dropFailed();
    handOvers.dropFailed();
    expect(handOvers.dropped()).toMatchObject([{ key, remoteId: "7" }]);
    expect(list.all()).toMatchObject([{ status: "FAILED", trouble: "no such page" }]);
    list.add(FILM);
    expect(handOvers.dropped()).toMatchObject([{ key }]);
    handOvers.markAbsent(key);
    expect([handOvers.dropped(), handOvers.open()]).toMatchObject([[], [{ sentAt: null }]]);
  });

  test("learns the id of a link that was removed during the call", () => {
    list.add(FILM);
    const key = handOvers.open()[0]?.key ?? "";
    handOvers.markSent(key, undefined);
    list.remove(FILM.url);
    handOvers.markPresent(key, { remoteId: "7" });
    expect(handOvers.dropped()).toMatchObject([{ remoteId: "7" }]);
  });

  test("remembers nothing about a link that was never handed over", () => {
    list.add(FILM);
    list.remove(FILM.url);
    expect(handOvers.dropped()).toEqual([]);
  });

  test("hands an entry over anew to another program", () => {
    handed();
    list.add({ ...FILM, url: "https://films.example/2" });
    const other = handOvers.open()[1]?.key ?? "";
    handOvers.markSent(other, undefined);
    list.remove("https://films.example/2");
    handOvers = list.handOvers("metube");
    expect(handOvers.open()).toMatchObject([{ sentAt: null, remoteId: null, session: null }]);
    expect(handOvers.dropped()).toEqual([]);
  });

  test("migrates a list of the first version without losing anything", () => {
    const folder = mkdtempSync(join(tmpdir(), "dwld-list-"));
    try {
      const path = join(folder, "list.db");
      {
        using old = new Database(path, { create: true });
        old.run(`CREATE TABLE entries (id INTEGER PRIMARY KEY AUTOINCREMENT, link TEXT NOT NULL UNIQUE,
          user_name TEXT NOT NULL, max_quality INTEGER NOT NULL, status TEXT NOT NULL DEFAULT 'NEW', name TEXT, trouble TEXT,
          tries INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, told_at INTEGER) STRICT`);
        old.run(
          "INSERT INTO entries VALUES (5, 'https://films.example/5', '[ann]', 720, 'NEW', NULL, NULL, 1, 0, 0, NULL)",
        );
        old.run("PRAGMA user_version = 1");
      }
      for (const _start of [1, 2]) {
        using opened = openList(path, clock.now);
        expect(opened.handOvers("aria2").open()).toMatchObject([
          { id: 5, tries: 1, sentAt: null, key: expect.stringMatching(/^[\da-f]{16}$/) },
        ]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
