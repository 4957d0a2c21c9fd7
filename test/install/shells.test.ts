import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BIN } from "./both.ts";
import { fakeBot } from "./fakes.ts";
import { createMachine, createRelease } from "./machine.ts";

describe.each([["dash"], ["bash", "--posix"], ["busybox", "sh"]])("install.sh, read by %s", (...shell) => {
  test.skipIf(Bun.which(shell[0]) === null)("installs, upgrades and removes everything", async () => {
    using machine = createMachine();
    const release = (version: string) =>
      createRelease(join(machine.elsewhere, version), fakeBot({ version, secret: "sesame" }));
    const secret = join(machine.elsewhere, "secret");
    writeFileSync(secret, "sesame\n");
    const run = async (args: readonly string[], stdin = "") => {
      const { code, said } = await machine.run(args, { shell, stdin });
      expect({ code, said }).toMatchObject({ code: 0 });
      return said;
    };
    const bot = ["--from", release("1.0.0"), "--token-file", "-", "--admin", "42"];
    const empty = machine.tree();
    expect(await run([...bot, "--dry-run"], "1:secret\n")).toContain("would install");
    expect(machine.tree()).toEqual(empty);
    await run(bot, "1:secret\n");
    await run(["--downloader", "--from", release("1.0.0"), "--backend", "aria2", "--backend-secret-file", secret]);
    await run(["--downloader", "--from", release("2.0.0"), "--backend", "auto", "--dir", "/srv/films"]);
    expect(machine.read(BIN)).toContain("2.0.0");
    machine.write("srv/films/a film/part", "");
    machine.write("etc/dwld-bot/own/key", "");
    await run(["--purge"]);
    await run(["--purge", "--downloader", "--with-files"]);
    expect(Object.keys(machine.tree()).filter((path) => /dwld|films/.test(path))).toEqual([]);
  });
});
