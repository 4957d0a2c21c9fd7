import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STAND_INS } from "../../support/stand-ins.ts";

const folder = mkdtempSync(join(tmpdir(), "dwld-stand-ins-"));
for (const [name, text] of Object.entries(STAND_INS)) writeFileSync(join(folder, name), text, { mode: 0o755 });
afterAll(() => rmSync(folder, { recursive: true }));

const ends = (line: string) => Bun.spawnSync(["sh", "-c", `"${folder}"/${line}`]).exitCode;

test.each([
  ["systemctl restart dwld-bot", "systemctl restrat dwld-bot"],
  ["systemctl enable --now dwld-bot", "systemctl enable --nwo dwld-bot"],
  ["systemctl kill -s USR2 dwld-bot", "systemctl kill -s USR9 dwld-bot"],
  ["systemctl edit dwld-bot-downloader", "systemctl edit dwld-bot-download"],
  ["journalctl -u dwld-bot -p warning --since today", "journalctl -u dwld-bot -p warnings"],
  ["apt install ffmpeg pipx", "apt isntall ffmpeg pipx"],
  ["pipx install 'yt-dlp[default,deno]'", "pipx install yt-dlp"],
])("the stand-in accepts %s, and refuses %s", (known, unknown) => {
  expect(ends(known)).toBe(0);
  expect(ends(unknown)).not.toBe(0);
});
