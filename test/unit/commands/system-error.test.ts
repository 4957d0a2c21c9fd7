import { expect, test } from "bun:test";
import { isOfCopy } from "../../../src/commands/system-error.ts";

test.each([
  ["mkdtemp", "EACCES", true],
  ["copyfile", "ENOSPC", true],
  ["copyfile", "EDQUOT", true],
  ["copyfile", "EROFS", true],
  ["copyfile", "EACCES", false],
  ["open", "ENOENT", false],
])("isOfCopy() of %s: %s is %p", (syscall, code, isIt) => {
  expect(isOfCopy(Object.assign(new Error(code), { syscall, code }))).toBe(isIt);
});
