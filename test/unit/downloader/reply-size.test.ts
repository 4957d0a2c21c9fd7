import { describe, expect, test } from "bun:test";
import type { Download } from "../../../src/domain/downloader.ts";
import { fittingReply, isFull } from "../../../src/downloader/reply-size.ts";
import { loadServices } from "../../../src/grpc/proto.ts";
import { partsOf } from "../../../src/grpc/reply-parts.ts";
import { toTasksResponse } from "../../../src/grpc/wire.ts";

const MOST_OF_THE_BOT = 16 * 2 ** 20;

/** As many entries as asked for, each as long as possible. */
const long = (count: number, status: Download["status"], from = 0): Download[] =>
  Array.from({ length: count }, (_, nth) => ({
    url: `https://films.example/${from + nth}/`.padEnd(2048, "f"),
    status,
    quality: "10000",
    name: "ф".repeat(200),
    remark: { kind: "activity", text: "ф".repeat(500) },
  }));
const bytesOf = (downloads: readonly Download[]) =>
  loadServices().downloader.Queue.responseSerialize(toTasksResponse(downloads)).length;

describe("fittingReply()", () => {
  test("drops the oldest finished links of ten thousand long ones, and no unfinished one", () => {
    const all = [...long(500, "NEW"), ...long(9_000, "DONE", 500), ...long(500, "WORK", 9_500)];
    expect(bytesOf(all)).toBeGreaterThan(MOST_OF_THE_BOT);
    const fitting = fittingReply(all);
    expect(bytesOf(fitting)).toBeLessThan(MOST_OF_THE_BOT);
    expect(fitting.filter(({ status }) => status !== "DONE")).toEqual([...all.slice(0, 500), ...all.slice(-500)]);
    const done = fitting.filter(({ status }) => status === "DONE");
    expect(done.length).toBeGreaterThan(1_000);
    expect(done).toEqual(all.slice(9_500 - done.length, 9_500));
  });

  test("contains no more short links than the bot reads", () => {
    const short = (_: unknown, nth: number): Download => ({
      url: `${nth}`,
      status: "DONE",
      quality: "",
      name: undefined,
      remark: undefined,
    });
    const fitting = fittingReply(Array.from({ length: 150_000 }, short));
    const reply = loadServices().downloader.Queue.responseSerialize(toTasksResponse(fitting));
    expect([...partsOf(reply)].length).toBeGreaterThan(1);
    expect(fitting.length).toBeGreaterThan(80_000);
  });

  test.each(["activity", "trouble"] as const)(
    "keeps each of very many waiting links, with fewer words if all have the same %s",
    (kind) => {
      const waiting = long(1, "NEW").flatMap((one) =>
        Array.from(
          { length: 50_000 },
          (_, nth): Download => ({
            ...one,
            url: `https://films.example/${nth}`,
            name: undefined,
            remark: { kind, text: "ф".repeat(500) },
          }),
        ),
      );
      expect(bytesOf(waiting)).toBeGreaterThan(MOST_OF_THE_BOT);
      const fitting = fittingReply(waiting);
      expect(bytesOf(fitting)).toBeLessThan(MOST_OF_THE_BOT);
      expect(fitting.map(({ url }) => url)).toEqual(waiting.map(({ url }) => url));
      expect(fitting.every(({ remark }) => kind === "activity" || remark?.kind === kind)).toBe(true);
    },
  );

  test("leaves an ordinary list unchanged", () => {
    const all = [...long(100, "DONE"), ...long(100, "NEW", 100)];
    expect(fittingReply(all)).toEqual(all);
  });
});

test("isFull() is true before a list of unfinished links would be too long", () => {
  expect(isFull(long(3_000, "NEW"))).toBe(false);
  expect(isFull([...long(3_000, "NEW"), ...long(9_000, "DONE")])).toBe(false);
  expect(isFull(long(5_000, "NEW"))).toBe(true);
  expect(bytesOf(long(3_200, "NEW"))).toBeLessThan(MOST_OF_THE_BOT);
});
