import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { files } from "../support/sources.ts";

const ROOT = join(import.meta.dir, "../..");
const MOST_ON_THE_WAY = 45;

const page = readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8");
const sections = new Map(page.split(/^## /m).map((text) => [text.split("\n")[0] ?? "", text]));
const section = (title: string): string => {
  const text = sections.get(title);
  if (text === undefined) throw new Error(`ARCHITECTURE.md has no section "${title}"`);
  return text;
};
const spans = (text: string): string[] => [...text.matchAll(/`([^`\s]+)`/g)].map(([, span = ""]) => span);

describe("ARCHITECTURE.md", () => {
  test("describes every folder of src, and no other", () => {
    const rooms = section("Rooms")
      .split("\n")
      .filter((line) => line.startsWith("| `src/"));
    const described = rooms.flatMap((line) => spans(line).filter((span) => span.startsWith("src/")));
    const folders = [...new Set(files.map((file) => `src/${dirname(file)}`))].filter((folder) => folder !== "src/.");
    const isPartOfDescribed = (folder: string) => described.includes(folder) || folder.split("/").length > 3;
    const isSubcommand = (folder: string) => /^src\/commands\/(check|import|init)$/.test(folder);
    expect(folders.filter((folder) => !isPartOfDescribed(folder) && !isSubcommand(folder))).toEqual([]);
    expect(described.filter((folder) => !existsSync(join(ROOT, folder)))).toEqual([]);
  });

  test(`leads a link through fewer than ${MOST_ON_THE_WAY} files, all of which exist`, () => {
    const [untilItsMessagesAreGone = "", ...rest] = section("A link's life").split("\nAfterwards ");
    const way = [...new Set(spans(untilItsMessagesAreGone).filter((span) => span.endsWith(".ts")))];
    expect(rest).toHaveLength(1);
    const afterwards = spans(rest.join("")).filter((span) => span.endsWith(".ts"));
    expect(afterwards.filter((file) => !files.includes(file))).toEqual([]);
    expect(way.filter((file) => !files.includes(file))).toEqual([]);
    expect(page).toContain("Forty-four files");
    expect(way.length).toBe(44);
    expect(way.length).toBeLessThan(MOST_ON_THE_WAY);
  });

  test("names only files that exist, except those of its example", () => {
    const example = [
      "src/service/tracking/arrivals.ts",
      "src/telegram/views/arrivals-page.ts",
      "src/telegram/commands/week.ts",
    ];
    const named = spans(page).filter((span) => /^(src|test|docs)\/.*\.\w+$/.test(span));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((file) => !existsSync(join(ROOT, file)) && !example.includes(file))).toEqual([]);
  });
});
