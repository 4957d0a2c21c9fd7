import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectionPlaces, descriptorLimit } from "../../../src/grpc/connection-places.ts";

const folder = mkdtempSync(join(tmpdir(), "dwld-bot-limits-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  [undefined, 1400, 700],
  [8192, 1400, 700],
  [2000, 1400, 700],
  [1024, 424, 212],
  [256, 64, 32],
])("with %p descriptors there may be %p connections, and %p from one address", (descriptors, inAll, fromOneAddress) => {
  expect(connectionPlaces(descriptors)).toEqual({ inAll, fromOneAddress });
});

test.each([
  ["Limit  Soft Limit  Hard Limit  Units\nMax processes  5  6  processes\nMax open files  1024  4096  files\n", 1024],
  ["Max open files            unlimited            unlimited            files\n", undefined],
  ["", undefined],
])("reads the process's limit of descriptors", (text, limit) => {
  const path = join(folder, "limits");
  writeFileSync(path, text);
  expect(descriptorLimit(path)).toBe(limit);
  expect(descriptorLimit(join(folder, "not there"))).toBeUndefined();
});
