import { expect, test } from "bun:test";
import { createDropper } from "../../../src/grpc/unread-replies.ts";

const EMPTY = Buffer.alloc(5);
const message = (length: number) => Buffer.concat([Buffer.from([1, 0, 0, 0, length]), Buffer.alloc(length, 7)]);
const pieces = (bytes: Buffer, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));

test.each([1, 2, 3, 4, 5, 6, 7, 100])(
  "a message in pieces of %i bytes becomes an empty one with its last piece",
  (size) => {
    const dropper = createDropper(100);
    const written = pieces(message(20), size).map((piece) => dropper.write(piece));
    expect(written.pop()).toEqual([EMPTY]);
    expect(written.flat()).toEqual([]);
  },
);

test("an empty message is one, and what comes after the first is dropped", () => {
  const dropper = createDropper(100);
  expect(dropper.write(message(0))).toEqual([EMPTY]);
  expect(dropper.write(message(3))).toEqual([]);
  expect(createDropper(100).write(Buffer.concat([message(3), message(3)]))).toEqual([EMPTY]);
});

test("a message that is too long is refused at its header", () => {
  expect(() => createDropper(19).write(message(20))).toThrow("Received message larger than max (20 vs 19)");
  expect(createDropper(20).write(message(20))).toEqual([EMPTY]);
});
