import { expect, test } from "bun:test";
import { streamMark } from "../../../../src/downloader/back-ends/stream-names.ts";

test("a stream's description gets a mark of its site and link, the same each time", () => {
  const marks = [
    "https://www.films.example/one/master.m3u8",
    "https://films.example/two/master.m3u8",
    "https://films.example/two/master.m3u8?id=3",
    "https://other.example/two/master.m3u8",
    "https://films.example/two/manifest.MPD",
  ].map((link) => streamMark(link));
  expect(new Set(marks).size).toBe(5);
  expect(marks[0]).toMatch(/^films\.example-[\da-f]{6}$/);
  expect(streamMark("https://films.example/one/master.m3u8")).toBe(marks[0]);
});

test("a mark contains nothing that spoils a template or leaves a folder", () => {
  for (const link of ["http://[::1]:8080/a%/../master.m3u8", "https://фильмы.example/master.m3u8"])
    expect(streamMark(link)).toMatch(/^[\w-]+(\.[\w-]+)*-[\da-f]{6}$/);
});

test.each([
  "https://films.example/film.mp4",
  "https://films.example/watch?v=master.m3u8",
  "https://films.example/master.m3u8/watch",
])("%s keeps its site's name", (link) => {
  expect(streamMark(link)).toBeUndefined();
});
