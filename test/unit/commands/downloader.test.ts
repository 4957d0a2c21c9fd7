import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downloader } from "../../../src/commands/downloader.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "dwld-command-"));
  writeFileSync(join(cwd, "token.txt"), "sesame\n");
});
afterEach(() => rmSync(cwd, { recursive: true }));

test.each([
  ["en", "The token would be sent to bot.example.org unencrypted"],
  ["ru", "Токен ушёл бы на bot.example.org без шифрования"],
])("downloader() refuses to send its token unencrypted over the Internet: %s", (language, says) => {
  const written = { dir: "films", bot: "bot.example.org:9999", "token-file": "token.txt", language };
  return expect(downloader(written, { env: {}, cwd, write: () => undefined })).rejects.toMatchObject({
    code: 64,
    message: expect.stringContaining(says),
  });
});
