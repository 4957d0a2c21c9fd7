import { describe, expect, test } from "bun:test";
import { asFolder, type Folder, folderFor, namesOf, parseTag } from "../../../src/domain/folder.ts";

const FOLDERS: readonly Folder[] = [
  asFolder("films"),
  { name: "songs", tags: ["music", "песни"], topics: [7] },
  { name: "talks", tags: ["talk"], topics: [] },
];
const chosen = (text: string, threadId: number | null = null) => folderFor(FOLDERS, { parts: [{ text }], threadId });

describe("folderFor()", () => {
  test.each([
    ["https://a.example/1 #music", "songs"],
    ["#MUSIC\nhttps://a.example/1", "songs"],
    ["#Песни https://a.example/1", "songs"],
    ["#other #talk #music https://a.example/1", "talks"],
    ["(#talk) https://a.example/1", "talks"],
    ["#music@our_channel https://a.example/1", "songs"],
  ])("finds the hashtag in %j", (text, folder) => {
    expect(chosen(text)).toBe(folder);
  });

  test.each([
    "https://a.example/1#music",
    "#musical https://a.example/1",
    "music https://a.example/1",
    "a#music https://a.example/1",
    "##music https://a.example/1",
    "#2024 https://a.example/1",
  ])("finds none in %j", (text) => {
    expect(chosen(text)).toBeUndefined();
  });

  test("goes by the topic if there is no known hashtag, and finds none in General", () => {
    expect([chosen("x", 7), chosen("#talk x", 7), chosen("#other", 7), chosen("x", 8), chosen("x")]).toEqual([
      "songs",
      "talks",
      "songs",
      undefined,
      undefined,
    ]);
  });
});

test("parseTag() folds case and composition, and refuses what is not a hashtag in Telegram", () => {
  expect(["#Music", "Йод", "И\u0306од", "a_1"].map(parseTag)).toEqual(["music", "йод", "йод", "a_1"]);
  expect(["", "#", "2024", "two words", "a-b", "#a#b"].map(parseTag)).toEqual(Array(6).fill(undefined));
});

test("namesOf() returns the names in the config's order", () => {
  expect(namesOf(["a", { name: "b", tags: [], topics: [] }])).toEqual(["a", "b"]);
});
