import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCli } from "../../../src/cli.ts";
import { besideCommand } from "../../../src/commands/beside.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { parseOptions } from "../../../src/downloader/options.ts";
import { words } from "../../../src/words/words.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "dwld-beside-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** What the downloader beside the bot makes of a config's `downloader`. */
function optionsOf(downloader: object) {
  const path = join(cwd, "config.yaml");
  writeFileSync(path, JSON.stringify({ telegram: { token: "1:abc", admins: [1] }, downloader }));
  const config = loadConfig({ path, env: {}, cwd });
  const command = besideCommand({ dir: config.downloader.dir, config, bot: { host: "127.0.0.1", port: 9999 } });
  const invocation = parseCli(command.slice(command.indexOf("downloader")), words.en.cli);
  if ("usage" in invocation) throw new Error(invocation.usage);
  const { command: _command, files: _files, ...written } = invocation;
  const parsed = parseOptions(written, { cwd, language: "en" });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return parsed.options;
}

test("the downloader beside the bot does as the config says", () => {
  writeFileSync(join(cwd, "cookies.txt"), "cookies");
  const given = { concurrency: 3, rate: "2M", min_free: "500M", cookies: "cookies.txt", yt_dlp: "/bin/sh" };
  expect(
    optionsOf({ ...given, dir: "films", yt_dlp_arguments: ["--embed-subs", "--proxy=http://a.org"] }),
  ).toMatchObject({
    dir: join(cwd, "films"),
    concurrency: 3,
    rate: 2_000_000,
    minFree: 500_000_000,
    cookies: join(cwd, "cookies.txt"),
    ytDlp: "/bin/sh",
    ytDlpArguments: ["--embed-subs", "--proxy=http://a.org"],
  });
});

test("it does by default what it does by itself", () => {
  const parsed = parseOptions({ dir: "films" }, { cwd, language: "en" });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  const { language, given, ...itself } = parsed.options;
  expect(optionsOf({ dir: "films" })).toMatchObject({ ...itself });
});
