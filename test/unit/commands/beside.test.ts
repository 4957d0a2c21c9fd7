import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBeside } from "../../../src/commands/beside.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

/** No argument of a program can have such a character, so it cannot be started. */
const DIR = "films\0";

test("a downloader that cannot be started leaves the bot's umask as it was, so that its files stay its own", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "dwld-beside-"));
  const path = join(cwd, "config.yaml");
  writeFileSync(path, JSON.stringify({ telegram: { token: "1:abc", admins: [1] } }));
  const own = process.umask(0o077);
  try {
    const of = { dir: DIR, config: loadConfig({ path, env: {}, cwd }), bot: { host: "127.0.0.1", port: 9999 } };
    await using _beside = startBeside({ ...of, umask: 0o022 }, createRecordingLog());
    expect(process.umask()).toBe(0o077);
  } finally {
    process.umask(own);
    rmSync(cwd, { recursive: true });
  }
});
