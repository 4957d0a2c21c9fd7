import { describe, expect, test } from "bun:test";
import { MOST_DOWNLOADERS } from "../../../src/domain/registration.ts";
import { readingRepeatedOnce } from "../../../src/grpc/repeated-messages.ts";

/** A reader that gives each reading an object of its own. */
const reader = () => readingRepeatedOnce((bytes) => ({ text: bytes.toString("utf8") }));

describe("readingRepeatedOnce()", () => {
  test("gives the same object for the same bytes, and another one for others", () => {
    const read = reader();
    const first = read(Buffer.from("nas"));
    expect(first).toEqual({ text: "nas" });
    expect(read(Buffer.from("nas"))).toBe(first);
    expect(read(Buffer.from("attic"))).toEqual({ text: "attic" });
    expect(read(Buffer.from("nas"))).toBe(first);
  });

  test("tells bytes apart that are no UTF-8", () => {
    const read = readingRepeatedOnce((bytes) => [...bytes]);
    expect(read(Buffer.of(0xff))).toEqual([0xff]);
    expect(read(Buffer.of(0xfe))).toEqual([0xfe]);
    expect(read(Buffer.of())).toEqual([]);
  });

  test("is not fooled when a buffer that it has read is overwritten", () => {
    const read = reader();
    const bytes = Buffer.from("nas");
    read(bytes);
    bytes.write("box");
    expect(read(bytes)).toEqual({ text: "box" });
  });

  test("remembers no more messages than there may be downloaders", () => {
    const read = reader();
    const first = read(Buffer.from("0"));
    for (let nth = 1; nth < MOST_DOWNLOADERS; nth += 1) read(Buffer.from(`${nth}`));
    expect(read(Buffer.from("0"))).toBe(first);
    read(Buffer.from("one more"));
    expect(read(Buffer.from("0"))).not.toBe(first);
  });

  test("does not remember a message that could fill the memory", () => {
    const read = reader();
    const long = Buffer.alloc(8 * 1024 + 1, "x");
    expect(read(long)).not.toBe(read(long));
    expect(read(long.subarray(1))).toBe(read(long.subarray(1)));
  });

  test("reads again what it could not read", () => {
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
