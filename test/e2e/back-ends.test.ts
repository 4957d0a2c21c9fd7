import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "../../src/commands/conformance.ts";
import { startDownloader } from "../../src/downloader/downloader.ts";
import { parseOptions } from "../../src/downloader/options.ts";
import { createProgram } from "../support/back-end/program.ts";
import { createRecordingLog } from "../support/recording-log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dwld-back-ends-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a downloader that stands before another program does all that any must do", async () => {
  const program = createProgram();
  const kinds = {
    program: {
      roots: ["*"],
      defaultUrl: "http://127.0.0.1:1",
      settings: [],
      asksFor: "secret" as const,
      create: () => program.remote,
    },
  };
  const written = { dir: folder, listen: "127.0.0.1:0", bot: "127.0.0.1:1", backend: "program" };
  const parsed = parseOptions(written, { cwd: folder, language: "en", kinds });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  await using home = await startDownloader(parsed.options, { log: createRecordingLog() });
  await program.called("health");
  let printed = "";
  const write = (text: string) => {
    printed += text;
  };
  const wait = async () => undefined;
  const code = await conformance({ address: `127.0.0.1:${home.address.port}`, wait }, { env: {}, write });
  expect({ code, printed }).toEqual({ code: 0, printed: expect.not.stringMatching(/^(warn|fail)/m) });
});
