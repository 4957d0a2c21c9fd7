import { expect, test } from "bun:test";
import { createPlaces } from "../../../../src/service/dispatch/places.ts";

test("each downloader has as many places as the others, and one more than it has is none of theirs", () => {
  const places = createPlaces(2);
  places.take(1, "nas");
  expect([places.hasRoom("nas"), places.hasRoom("nas", 1), places.hasRoom("abroad")]).toEqual([true, false, true]);
  places.take(2, "nas");
  expect([places.hasRoom("nas"), places.isBusy("nas"), places.hasRoom("abroad")]).toEqual([false, true, true]);
  places.leave(1);
  expect([places.hasRoom("nas"), places.isBusy("nas")]).toEqual([true, false]);
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

test("a link may go to a downloader that has room, and stay at one that is full", () => {
  const places = createPlaces(1);
  places.take(1, "nas");
  expect([places.mayGet(1, "nas"), places.mayGet(2, "nas"), places.mayGet(2, "abroad")]).toEqual([true, false, true]);
});

test("there are places for eight downloaders that are full", () => {
  const places = createPlaces(2);
  for (let id = 0; id < 16; id += 1) places.take(id, `server ${id % 8}`);
  expect(places.left).toBe(0);
});

/** How many links the downloader may be given at the same time. */
function widthOf(places: ReturnType<typeof createPlaces>, downloader: string): number {
  let width = 0;
  while (places.hasRoom(downloader, width)) width += 1;
  return width;
}

test("a downloader that gives no answer gets half as many, but one at least, and one more with each answer", () => {
  const places = createPlaces(5);
  const widths = (["unknown", "unknown", "unknown", "never_sent", "accepted", "refused", "incompatible"] as const).map(
    (outcome) => {
      places.ended("nas", outcome);
      return widthOf(places, "nas");
    },
  );
  expect(widths).toEqual([2, 1, 1, 1, 2, 3, 4]);
  for (let nth = 0; nth < 3; nth += 1) places.ended("nas", "accepted");
  expect([widthOf(places, "nas"), widthOf(places, "abroad")]).toEqual([5, 5]);
});

test("a downloader that gets fewer is not busy with them", () => {
  const places = createPlaces(2);
  places.ended("nas", "unknown");
  places.take(1, "nas");
  expect([places.hasRoom("nas"), places.isBusy("nas")]).toEqual([false, false]);
});
