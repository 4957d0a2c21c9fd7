import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** Runs a program where `node` reports this version. */
function withNode(version: string, command: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-node-"));
  try {
    writeFileSync(join(folder, "node"), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const { exitCode, stdout, stderr } = Bun.spawnSync([...command], { cwd: "/", env });
    return { code: exitCode, said: stdout.toString() + stderr.toString() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each(["v18.20.8", "v8.0.0", "none"])(
  "a build with Node %s fails first, and says which version it needs",
  (version) => {
    for (const script of [".ci/need-node", ".ci/build"]) {
      const { code, said } = withNode(version, [join(ROOT, script), "/nowhere/dwld-bot"]);
      expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("This needs Node 20 or newer") });
    }
  },
);

test.each(["v20.0.0", "v24.1.0"])("Node %s is new enough", (version) => {
  expect(withNode(version, [join(ROOT, ".ci/need-node")])).toEqual({ code: 0, said: "" });
});

test("the example downloader says which Node it needs", () => {
  const older = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.10.0"})';
  const example = join(ROOT, "docs/examples/downloader.mjs");
  const { exitCode, stderr } = Bun.spawnSync(["node", "--import", older, example]);
  expect({ exitCode, said: stderr.toString() }).toEqual({
    exitCode: 78,
    said: expect.stringMatching(
      /^This needs Node 20\.11 or newer, and here it is 20\.10\.0\.\n.*deb\.nodesource\.com\n$/,
    ),
  });
});
