import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DROP_IN, downloaderRuns } from "./both.ts";
import { createMachine } from "./machine.ts";

const ROOT = join(import.meta.dir, "../..");
const CHECK = join(ROOT, ".ci/check-unit");
const unit = await Bun.file(join(ROOT, "dwld-bot.service")).text();
const downloader = await Bun.file(join(ROOT, "dwld-bot-downloader.service")).text();

function check(text: string) {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-unit-"));
  try {
    const path = join(folder, "dwld-bot.service");
    writeFileSync(path, text);
    const { exitCode, stdout, stderr } = Bun.spawnSync([CHECK, path]);
    return { code: exitCode, said: stdout.toString() + stderr.toString() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(Bun.which("systemd-analyze") === null)(".ci/check-unit", () => {
  test("passes the units, one with what install.sh writes into a drop-in", async () => {
    expect(check(unit)).toEqual({ code: 0, said: expect.stringContaining("exposure") });
    using machine = createMachine();
    await downloaderRuns(machine, "--dir", "/srv/my films", "--name", "Дом");
    expect(check(downloader + machine.read(DROP_IN))).toEqual({ code: 0, said: expect.stringContaining("exposure") });
  });

  test.each([
    ["a line that systemd does not know", "LockPersonality=", "LockPersonalty="],
    [
      "a default for a token that systemd would ignore",
      "SetCredential=telegram-token:\\n",
      "SetCredential=telegram-token:",
    ],
    ["a sandbox with a hole", "SystemCallFilter=", "#SystemCallFilter="],
  ])("fails for %s", (_, line, instead) => {
    expect(unit).toContain(line);
    expect(check(unit.replaceAll(line, instead)).code).toBe(1);
  });

  test("fails for a folder that systemd rejects", () => {
    expect(check(`${downloader}[Service]\nBindPaths="films"\n`).code).toBe(1);
  });
});

test.each([
  ["dwld-bot", unit],
  ["dwld-bot-downloader", downloader],
])("%s.service makes the allocator give memory back less often than it would by itself", (_, text) => {
  expect(text).toContain("\nEnvironment=MIMALLOC_PURGE_HOLES_MIN_INTERVAL=10000\n");
});

describe("dwld-bot.service", () => {
  test("names an optional file for each token that the bot reads", () => {
    for (const token of ["telegram-token", "grpc-token", "http-token"]) {
      expect(unit).toContain(`\nLoadCredential=${token}:/etc/dwld-bot/${token}\nSetCredential=${token}:\\n\n`);
    }
  });
});

describe("dwld-bot-downloader.service", () => {
  test("names an optional file for each secret that the downloader reads", () => {
    for (const secret of ["grpc-token", "backend-secret", "join-code"]) {
      expect(downloader).toContain(`\nLoadCredential=${secret}:/etc/dwld-bot/${secret}\nSetCredential=${secret}:\\n\n`);
    }
  });

  test("restricts the downloader like the bot, except for homes, which may hold its folder", () => {
    const fences = (text: string) =>
      text.match(/^(Protect|Private|Restrict|SystemCall|Capability|NoNew|Lock|Device)\w+=.*$/gm);
    const mine = (fences(downloader) ?? []).filter((line) => !line.startsWith("RestartPrevent"));
    expect(mine.map((line) => line.replace("ProtectHome=tmpfs", "ProtectHome=yes"))).toEqual(fences(unit) ?? []);
  });
});
