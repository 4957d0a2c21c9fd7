import { expect, test } from "bun:test";
import { createPlaces } from "../../../../src/service/dispatch/places.ts";

test("each downloader has as many places as the others, and one more than it has is none of theirs", () => {
  const places = createPlaces(2);
  places.take(1, "nas");
  expect([places.hasRoom("nas"), places.hasRoom("nas", 1), places.hasRoom("abroad")]).toEqual([true, false, true]);
  places.take(2, "nas");
  expect([places.hasRoom("nas"), places.hasRoom("abroad")]).toEqual([false, true]);
  places.leave(1);
  expect(places.hasRoom("nas")).toBe(true);
});

test("a link that goes to the next downloader leaves its place at the one before", () => {
  const places = createPlaces(1);
  places.take(1, "nas");
  places.take(1, "abroad");
  places.take(1, "abroad");
  expect([places.hasRoom("nas"), places.hasRoom("abroad"), places.left]).toEqual([true, false, 7]);
  places.leave(1);
  places.leave(1);
  expect([places.hasRoom("abroad"), places.left]).toEqual([true, 8]);
});

test("there are places for eight downloaders that are full", () => {
  const places = createPlaces(2);
  for (let id = 0; id < 16; id += 1) places.take(id, `server ${id % 8}`);
  expect(places.left).toBe(0);
});
