import { expect, test } from "bun:test";
import { parseSize } from "../../../src/domain/size.ts";

test.each([
  ["0", 0],
  ["500", 500],
  ["500k", 500_000],
  ["1.5M", 1_500_000],
  ["2GB", 2e9],
  ["1T", 1e12],
  ["", undefined],
  ["-1", undefined],
  ["1 G", undefined],
  ["1P", undefined],
  ["9007T", 9.007e15],
  ["9008T", undefined],
  ["999999999999T", undefined],
  ["much", undefined],
])("parseSize() of %p is %p", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});
