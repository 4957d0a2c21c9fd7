import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const EXTRAS = join(import.meta.dir, "../../.ci/extras");

/** Runs `.ci/extras` on a machine with only these commands. Its apt-get, if it has one, fails for these packages. */
function run(of: { user: number; has?: readonly string[]; apt?: { failsAt: string } }) {
  const bin = mkdtempSync(join(tmpdir(), "dwld-bot-extras-"));
  const calls = join(bin, "calls");
  const command = (name: string, lines: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${lines}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  try {
    for (const name of ["bash", "sh", "env", "timeout"]) symlinkSync(Bun.which(name) ?? "", join(bin, name));
    command("id", `echo ${of.user}`);
    for (const name of of.has ?? []) command(name, "exit");
    if (of.apt !== undefined) {
      command("apt-get", `echo "$*" >> ${calls}; case "$*" in *${of.apt.failsAt}*) exit 100 ;; esac`);
    }
    const { exitCode, stdout } = Bun.spawnSync([EXTRAS], { env: { PATH: bin } });
    const asked = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
    return { exitCode, said: stdout.toString(), asked: asked.map((line) => line.replace(/^-qq( -o \S+)* /, "")) };
  } finally {
    rmSync(bin, { recursive: true });
  }
}

describe(".ci/extras", () => {
  test.each([
    { where: "without root", user: 1000, apt: { failsAt: "nothing" } },
    { where: "where there is no apt-get", user: 0 },
  ])("succeeds $where, and lists what is missing", ({ user, apt }) => {
    const { exitCode, said, asked } = run({ user, has: ["yt-dlp"], ...(apt && { apt }) });
    expect(exitCode).toBe(0);
    expect(said).toContain("chromium-headless-shell fonts-noto-color-emoji aria2");
    expect(said).not.toContain("yt-dlp");
    expect(asked).toEqual([]);
  });

  test("installs what is missing, and downloads it in a first step with a time limit", () => {
    const has = ["chromium", "aria2c", "busybox", "qbittorrent-nox", "transmission-daemon"];
    const { exitCode, said, asked } = run({ user: 0, has, apt: { failsAt: "nothing" } });
    const install = "install -y --no-install-recommends yt-dlp";
    expect({ exitCode, said, asked }).toEqual({
      exitCode: 0,
      said: "",
      asked: ["update", `--download-only ${install}`, install],
    });
  });

  test.each(["update", "yt-dlp", "*"])("succeeds if apt-get fails: %s", (failsAt) => {
    const { exitCode, said, asked } = run({ user: 0, apt: { failsAt } });
    expect(exitCode).toBe(0);
    expect(said.includes("skipped: yt-dlp")).toBe(failsAt !== "update");
    expect(asked.join("\n")).toContain("aria2");
  });

  test("installs nothing if everything is there", () => {
    const has = ["chromium-headless-shell", "yt-dlp", "aria2c", "busybox", "qbittorrent-nox", "transmission-daemon"];
    expect(run({ user: 0, has, apt: { failsAt: "nothing" } })).toEqual({ exitCode: 0, said: "", asked: [] });
  });
});
