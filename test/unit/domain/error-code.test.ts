import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { errorCode } from "../../../src/domain/error-code.ts";

describe("errorCode()", () => {
  test("is the system's name for its own error", () => {
    try {
      readFileSync("/there/is/no/such/file");
    } catch (error) {
      expect(errorCode(error)).toBe("ENOENT");
    }
    expect.assertions(1);
  });

  test.each([
    [Object.assign(new Error("gRPC numbers its errors"), { code: 14 }), "14"],
    [Object.assign(new Error("its class has a code, and this one none"), { code: undefined }), undefined],
    [new Error("it has none"), undefined],
    [{ code: "EACCES" }, undefined],
    ["EACCES", undefined],
    [null, undefined],
  ])("of %p it is %p", (error, code) => {
    expect(errorCode(error)).toBe(code);
  });
});
