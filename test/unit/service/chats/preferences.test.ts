import { describe, expect, test } from "bun:test";
import type { Language } from "../../../../src/domain/chat.ts";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createPreferences } from "../../../../src/service/chats/preferences.ts";
import { createLateWrites } from "../../../../src/service/late-writes.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { storeFails, watched } from "../fuse.ts";
import { createWorld, type World } from "../world.ts";

function preferencesOf(
  world: World,
  language: Language | "auto" = "auto",
  folders: readonly string[] = [],
  log = createRecordingLog(),
  lateWrites = createLateWrites({ transaction: world.store.transaction, log }),
) {
  return createPreferences({
    lateWrites,
    chats: watched(world.store, (name) => world.watcher(name)).chats,
    defaults: { quality: 1080, language, folders, zone: "Europe/Moscow" },
    now: () => world.now,
    log,
  });
}

describe("preferences", () => {
  test("are the config's until a chat chooses, for that chat only (rule 7)", () => {
    using world = createWorld();
    const preferences = preferencesOf(world, "auto", ["films", "music"]);
    expect([preferences.quality(1), preferences.folder(1), preferences.notices(1)]).toEqual([1080, "films", "message"]);
    preferences.choose(1, { quality: "best", folder: "music" });
    preferences.choose(1, { notices: "off" });
    expect([preferences.quality(1), preferences.folder(1), preferences.notices(1)]).toEqual(["best", "music", "off"]);
    expect([preferences.quality(2), preferences.folder(2), preferences.notices(2)]).toEqual([1080, "films", "message"]);
  });

  test("have the config's time zone until a chat chooses a known one", () => {
    using world = createWorld();
    const preferences = preferencesOf(world);
    preferences.choose(1, { zone: "+05:30" });
    preferences.choose(2, { zone: "Mars/Olympus" });
    expect([1, 2, 3].map(preferences.zone)).toEqual(["+05:30", "Europe/Moscow", "Europe/Moscow"]);
    expect(preferences.own(1).zone).toBe("+05:30");
  });

  test("fall back to the first folder if the chosen one is no longer in the config", () => {
    using world = createWorld();
    preferencesOf(world, "auto", ["films", "music"]).choose(1, { folder: "music" });
    expect(preferencesOf(world, "auto", ["films"]).folder(1)).toBe("films");
    expect(preferencesOf(world).folder(1)).toBeNull();
  });

  test("have a lifetime of messages, where 0 means for ever", () => {
    using world = createWorld();
    const preferences = preferencesOf(world);
    expect(preferences.lifetimeMs(1, 60_000)).toBe(60_000);
    preferences.choose(1, { lifetimeMs: 5_000 });
    expect(preferences.lifetimeMs(1, 60_000)).toBe(5_000);
    preferences.choose(1, { lifetimeMs: 0 });
    expect(preferences.lifetimeMs(1, 60_000)).toBeUndefined();
  });

  test("are the config's and cannot be changed while the database cannot be used", () => {
    using world = createWorld();
    const preferences = preferencesOf(world);
    preferences.choose(1, { quality: 480, language: "ru" });
    world.watcher = storeFails;
    expect([preferences.quality(1), preferences.language(1, "en")]).toEqual([1080, "en"]);
    preferences.saw(1, "ru");
    expect(() => preferences.choose(1, { quality: 720 })).toThrow(StoreUnavailable);
  });
});

test("a group keeps the language that was seen first, until somebody adds the bot again", () => {
  using world = createWorld();
  const preferences = preferencesOf(world);
  for (const code of [undefined, "ru", "en"]) preferences.saw(-1, code);
  for (const code of ["ru", "en"]) preferences.saw(1, code);
  expect([preferences.language(-1, "en"), preferences.language(1, "ru")]).toEqual(["ru", "en"]);
  preferences.addedBy(-1, "en");
  expect(preferences.language(-1, "ru")).toBe("en");
});

describe("setBlocked()", () => {
  test("reports and logs each change once", () => {
    using world = createWorld();
    const log = createRecordingLog();
    const preferences = preferencesOf(world, "auto", [], log);
    expect([preferences.setBlocked(1, false), preferences.isBlocked(1)]).toEqual([false, false]);
    expect([preferences.setBlocked(1, true), preferences.setBlocked(1, true)]).toEqual([true, false]);
    expect([preferences.isBlocked(1), preferences.isBlocked(2)]).toEqual([true, false]);
    expect([preferences.setBlocked(1, false), preferences.isBlocked(1)]).toEqual([true, false]);
    expect(log.at("info")).toEqual(["A chat does not let the bot write", "A chat lets the bot write again"]);
  });
});

describe("menu()", () => {
  test("is the latest menu, with the language that the chat chose", () => {
    using world = createWorld();
    const preferences = preferencesOf(world);
    preferences.saw(1, "ru");
    expect(preferences.menu(1)).toEqual({ language: null, menu: null });
    preferences.choose(1, { language: "en" });
    preferences.setMenu(1, "abc");
    expect([preferences.menu(1), preferences.menu(2).menu]).toEqual([{ language: "en", menu: "abc" }, null]);
    preferences.setMenu(1, null);
    expect(preferences.menu(1).menu).toBeNull();
  });

  test("throws while the database cannot be used", () => {
    using world = createWorld();
    const preferences = preferencesOf(world);
    world.watcher = storeFails;
    expect(() => preferences.menu(1)).toThrow(StoreUnavailable);
  });

  test("is known before it is stored, and stored once the database can be used", () => {
    using world = createWorld();
    const late = createLateWrites({ transaction: world.store.transaction, log: createRecordingLog() });
    const preferences = preferencesOf(world, "auto", [], createRecordingLog(), late);
    preferences.setMenu(1, "abc");
    expect([preferences.menu(1).menu, world.store.chats.byId(1)]).toEqual(["abc", undefined]);
    preferences.setMenu(1, null);
    expect(preferences.menu(1).menu).toBeNull();
    preferences.setMenu(1, "def");
    world.watcher = storeFails;
    expect(late.flush()).toBe(false);
    world.watcher = () => {};
    expect(late.flush()).toBe(true);
    expect([preferences.menu(1).menu, world.store.chats.byId(1)?.menu]).toEqual(["def", "def"]);
  });
});

describe("language()", () => {
  test.each([
    ["ru", "ru"],
    ["RU-ru", "ru"],
    ["uk", "ru"],
    ["de", "en"],
    [undefined, "en"],
  ] as const)("reads Telegram's %p as %s", (code, language) => {
    using world = createWorld();
    expect(preferencesOf(world).language(1, code)).toBe(language);
  });

  test("is the chat's choice, else the config's, else the one that was seen", () => {
    using world = createWorld();
    const auto = preferencesOf(world);
    auto.saw(1, "ru");
    expect([auto.language(1), preferencesOf(world, "en").language(1, "ru")]).toEqual(["ru", "en"]);
    auto.choose(1, { language: "en" });
    auto.saw(1, "ru");
    expect([auto.language(1), preferencesOf(world, "ru").language(1)]).toEqual(["en", "en"]);
  });
});

test("seen languages are known at once, and stored together", () => {
  using world = createWorld();
  const log = createRecordingLog();
  const lateWrites = createLateWrites({ transaction: world.store.transaction, log });
  const preferences = preferencesOf(world, "auto", [], log, lateWrites);
  for (const chatId of [1, 2, -5]) preferences.saw(chatId, "ru");
  preferences.saw(-5, "en");
  preferences.saw(2, "en");
  const stored = () => [1, 2, -5].map((chatId) => world.store.chats.byId(chatId)?.seenLanguage);
  expect([stored(), [1, 2, -5].map((chatId) => preferences.language(chatId))]).toEqual([
    [undefined, undefined, undefined],
    ["ru", "en", "ru"],
  ]);
  lateWrites.flush();
  expect(stored()).toEqual(["ru", "en", "ru"]);
});
