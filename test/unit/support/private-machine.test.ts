import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whileServing } from "../../support/private-machine.ts";

/** A command that serves until it is stopped, and ends with this code. */
const serves = (code: number) => `sh -c 'tail -f /dev/null & trap "kill $!; exit ${code}" TERM; echo ready; wait'`;

async function codeOf(script: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "dwld-serving-"));
  const env = { PATH: process.env.PATH, FAKE: folder };
  const child = Bun.spawn(["sh", "-euc", script], { env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const code = await child.exited;
  rmSync(folder, { recursive: true });
  return code;
}

test.each([
  ["all goes well", 0, whileServing(serves(0), "ready")],
  ["what is done meanwhile fails", 1, whileServing(serves(0), "ready", { meanwhile: "false" })],
  [
    "one within another fails",
    1,
    whileServing(serves(0), "ready", { meanwhile: whileServing("true", "no", { name: "in" }) }),
  ],
  ["the command ends with 0 without a word", 1, whileServing("true", "ready")],
  ["the command fails", 7, whileServing(serves(7), "ready")],
])("a serving command is stopped, and its script ends with the right code, when %s", async (_, code, script) => {
  expect(await codeOf(script)).toBe(code);
});
