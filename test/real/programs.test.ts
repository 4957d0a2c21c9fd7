import { expect, test } from "bun:test";
import { conformance } from "../../src/commands/conformance.ts";
import { startPrograms, whyNoPrograms } from "./programs.ts";
import { playScenes } from "./scenes.ts";

const missing = whyNoPrograms();

playScenes("the bot and the existing downloader with its sender", startPrograms, missing);

const reason = missing === undefined ? "" : ` (skipped: ${missing})`;
test.skipIf(missing !== undefined)(`the existing downloader passes dwld-bot conformance${reason}`, async () => {
  await using program = await startPrograms("127.0.0.1:1");
  let printed = "";
  const write = (text: string) => {
    printed += text;
  };
  const code = await conformance({ address: `127.0.0.1:${program.port}` }, { env: {}, write });
  // A download that runs on after DeleteFromQueue is known (wire.md §2), and only a warning.
  expect({ code, printed }).toEqual({ code: 0, printed: expect.not.stringMatching(/^fail/m) });
});
