import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createShortageCheck } from "../../../src/http/descriptor-shortage.ts";

/** A process with so many descriptors, as Linux shows it; `limit`: how many it may have. */
function processWith(of: { descriptors: number; limit: string }): Disposable & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-test-"));
  const line = (name: string, ...limits: string[]) => `${[name.padEnd(26), ...limits].join("  ")}\n`;
  const limits =
    line("Limit", "Soft Limit", "Hard Limit", "Units") + line("Max open files", of.limit, "524288", "files");
  writeFileSync(join(folder, "limits"), line("Max processes", "7", "7", "processes") + limits);
  mkdirSync(join(folder, "fd"));
  for (let fd = 0; fd < of.descriptors; fd++) writeFileSync(join(folder, "fd", String(fd)), "");
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

test.each([
  [300, "400", false],
  [301, "400", true],
  [396, "524", false],
  [397, "524", true],
  [400, "unlimited", false],
])("%i descriptors of %s are too many: %p", (descriptors, limit, isCrowded) => {
  using process = processWith({ descriptors, limit });
  expect(createShortageCheck(process.folder)()).toBe(isCrowded);
});

test("on a system that does not say so, it is never crowded", () => {
  expect(createShortageCheck("/nowhere")()).toBe(false);
});
