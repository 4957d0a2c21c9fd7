import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { backup } from "../../../src/commands/backup.ts";
import { ExitWith } from "../../../src/commands/exit.ts";
import { openStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";
import { writeDatabase } from "../store/place.ts";
import { createCommandPlace } from "./place.ts";

const ENV = { DWLD_BOT_TELEGRAM_TOKEN: "1:a", DWLD_BOT_TELEGRAM_ADMINS: "1" };

function failure(work: () => unknown): { code: number; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof ExitWith) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("It did not fail");
}

describe("backup()", () => {
  test("copies what is committed, while the bot writes, into a file that only the owner can read", () => {
    using place = createCommandPlace(ENV);
    using store = openStore(place.path("dwld-bot.db"));
    store.links.add(newLink({ url: "https://x.org/1" }));
    store.transaction(() => {
      store.links.add(newLink({ url: "https://x.org/2" }));
      expect(backup({ to: "copy.db" }, place)).toBe(0);
    });
    using copy = new Database(place.path("copy.db"), { readonly: true });
    expect(copy.query("SELECT url FROM links").all()).toEqual([{ url: "https://x.org/1" }]);
    expect(statSync(place.path("copy.db")).mode & 0o777).toBe(0o600);
    expect(place.printed).toContain(place.path("copy.db"));
  });

  test("refuses to overwrite a file", () => {
    using place = createCommandPlace(ENV);
    writeDatabase(place.path("dwld-bot.db"), 1);
    writeFileSync(place.path("copy.db"), "precious");
    expect(failure(() => backup({ to: "copy.db" }, place))).toMatchObject({
      code: 64,
      message: expect.stringContaining("already exists"),
    });
    expect(readFileSync(place.path("copy.db"), "utf8")).toBe("precious");
  });

  test.each([
    ["en_GB.UTF-8", "there is no room for it. Free some space, or name a file on another disk."],
    ["ru_RU.UTF-8", "не хватает места. Освободите его или укажите файл на другом диске."],
  ])("writes nothing that the disk has no room for, and says so: %s", (LANG, words) => {
    using place = createCommandPlace({ ...ENV, LANG });
    writeDatabase(place.path("dwld-bot.db"), 1);
    const { code, message } = failure(() => backup({ to: "copy.db" }, place, { roomIn: () => 0 }));
    expect({ code, message }).toEqual({ code: 75, message: expect.stringContaining(words) });
    expect(existsSync(place.path("copy.db"))).toBe(false);
  });

  test("says in Russian where the copy is, and why there is no copy", () => {
    using place = createCommandPlace({ ...ENV, LANG: "ru_RU.UTF-8" });
    const [from, to] = [place.path("dwld-bot.db"), place.path("copy.db")];
    expect(failure(() => backup({ to }, place)).message).toStartWith(`Базы ${from} нет.`);
    writeDatabase(from, 1);
    backup({ to }, place);
    expect(place.printed).toMatch(/ скопирована в .*copy\.db \(\d+ Б\) и проверена\.\n$/);
    expect(failure(() => backup({ to }, place)).message).toBe(
      `${to} уже есть и не будет перезаписан. Укажите другой файл.`,
    );
  });

  test("refuses to copy a damaged database, and says what to do", () => {
    using place = createCommandPlace(ENV);
    writeFileSync(place.path("dwld-bot.db"), "no database ".repeat(1000));
    const { code, message } = failure(() => backup({ to: "copy.db" }, place));
    expect([code, existsSync(place.path("copy.db"))]).toEqual([78, false]);
    expect(message).toContain("damaged");
  });

  test.each([
    ["there is no database", () => {}, "copy.db", "There is no database at"],
    ["a full disk let none be made", (path: string) => writeFileSync(path, ""), "copy.db", "There is no database at"],
    ["the folder is not there", (path: string) => writeDatabase(path, 1), "no/such/copy.db", "there is no folder"],
  ])("says why when %s", (_what, prepare, to, words) => {
    using place = createCommandPlace(ENV);
    prepare(place.path("dwld-bot.db"));
    expect(failure(() => backup({ to }, place))).toMatchObject({ code: 78, message: expect.stringContaining(words) });
  });

  test("copies the database of the given config", () => {
    using place = createCommandPlace();
    mkdirSync(place.path("state"));
    writeDatabase(place.path("state/mine.db"), 3);
    const config = 'telegram: { token: "1:a", admins: [1] }\nstore: { path: state/mine.db }\n';
    writeFileSync(place.path("mine.yaml"), config);
    backup({ config: "mine.yaml", to: "copy.db" }, place);
    using copy = new Database(place.path("copy.db"), { readonly: true });
    expect(copy.query("SELECT count(*) AS n FROM links").get()).toEqual({ n: 3 });
    expect(readdirSync(place.cwd).filter((name) => name.includes(".part"))).toEqual([]);
  });
});
