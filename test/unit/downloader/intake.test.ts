import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { createIntake } from "../../../src/downloader/intake.ts";
import { openList } from "../../../src/downloader/list.ts";
import { downloaderTexts } from "../../../src/downloader/locales/locales.ts";

const FILM = { url: "https://films.example/1", userName: "[ann] films", maxQuality: 720 };

/** Throws what SQLite throws when there is no room for another page. */
function storeIntoAFullOne(): never {
  using sqlite = new Database(":memory:");
  sqlite.run("CREATE TABLE entries (link TEXT)");
  sqlite.run("PRAGMA max_page_count = 1");
  sqlite.run("INSERT INTO entries VALUES (?)", ["x".repeat(100_000)]);
  throw new Error("There was room");
}

function createScene(add: (() => never) | undefined, notNow?: string) {
  const list = openList(":memory:", Date.now);
  let taken = 0;
  const take = createIntake({
    list: { isOpen: list.isOpen, add: add ?? list.add },
    accepts: (link) => link.startsWith("https:"),
    notNow: () => notNow,
    texts: downloaderTexts.en,
    onTaken() {
      taken += 1;
    },
  });
  return { take, times: () => taken, [Symbol.dispose]: () => list[Symbol.dispose]() };
}

test("createIntake() accepts a link once, and nothing else", () => {
  using scene = createScene(undefined);
  expect([scene.take(FILM), scene.take(FILM)]).toEqual(["taken", "is_there"]);
  expect([scene.take({ ...FILM, url: "magnet:?xt=1" }), scene.times()]).toEqual(["no_link", 1]);
});

test("createIntake() reports a full disk in the same words that waiting links get", () => {
  using scene = createScene(storeIntoAFullOne);
  expect(scene.take(FILM)).toEqual({ notNow: "not enough space on the disk" });
  expect(scene.times()).toBe(0);
});

test("createIntake() throws when nobody knows what became of a link", () => {
  using scene = createScene(() => {
    throw Object.assign(new Error("disk I/O error"), { code: "SQLITE_IOERR_FSYNC" });
  });
  expect(() => scene.take(FILM)).toThrow("disk I/O error");
});
