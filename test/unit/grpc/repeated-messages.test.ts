import { describe, expect, test } from "bun:test";
import { MOST_DOWNLOADERS } from "../../../src/domain/registration.ts";
import { readingRepeatedOnce } from "../../../src/grpc/repeated-messages.ts";

/** A reader that gives each reading an object of its own. */
const reader = () => readingRepeatedOnce((bytes) => ({ text: bytes.toString("utf8") }));

describe("a reader of repeated messages", () => {
  test("gives the same object for the same bytes, and another one for others", () => {
    const read = reader();
    const first = read(Buffer.from("nas"));
    expect(first).toEqual({ text: "nas" });
    expect(read(Buffer.from("nas"))).toBe(first);
    expect(read(Buffer.from("attic"))).toEqual({ text: "attic" });
    expect(read(Buffer.from("nas"))).toBe(first);
  });

  test("tells invalid UTF-8 apart by its bytes", () => {
    const read = readingRepeatedOnce((bytes) => [...bytes]);
    expect(read(Buffer.of(0xff))).toEqual([0xff]);
    expect(read(Buffer.of(0xfe))).toEqual([0xfe]);
    expect(read(Buffer.of())).toEqual([]);
  });

  test("notices that a buffer was overwritten since it was read", () => {
    const read = reader();
    const bytes = Buffer.from("nas");
    read(bytes);
    bytes.write("box");
    expect(read(bytes)).toEqual({ text: "box" });
  });

  test("remembers at most as many messages as there may be downloaders", () => {
    const read = reader();
    const all = Array.from({ length: MOST_DOWNLOADERS }, (_, nth) => read(Buffer.from(`${nth}`)));
    expect<unknown>(read(Buffer.from("0"))).toBe(all[0]);
    read(Buffer.from("one more"));
    // Only the oldest is forgotten: a stranger costs the fleet no more than that.
    expect<unknown>(read(Buffer.from("1"))).toBe(all[1]);
    expect<unknown>(read(Buffer.from("0"))).not.toBe(all[0]);
  });

  test("does not remember messages that could fill the memory", () => {
    const read = reader();
    const long = Buffer.alloc(8 * 1024 + 1, "x");
    expect(read(long)).not.toBe(read(long));
    expect(read(long.subarray(1))).toBe(read(long.subarray(1)));
  });

  test("does not remember a message that is not worth it", () => {
    const read = readingRepeatedOnce(
      (bytes) => [...bytes],
      (message) => message.length < 3,
    );
    expect(read(Buffer.from("ab"))).toBe(read(Buffer.from("ab")));
    expect(read(Buffer.from("abc"))).not.toBe(read(Buffer.from("abc")));
  });

  test("tries again to read a message that could not be read", () => {
    let times = 0;
    const read = readingRepeatedOnce(() => {
      times += 1;
      if (times === 1) throw new Error("cut short");
      return "whole";
    });
    expect(() => read(Buffer.from("nas"))).toThrow("cut short");
    expect(read(Buffer.from("nas"))).toBe("whole");
  });
});
