import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { BIN } from "./both.ts";
import { fakeBot } from "./fakes.ts";
import { createRelease } from "./machine.ts";
import { backups, DB, running } from "./upgrading.ts";

describe("install.sh with a DESTDIR", () => {
  test("that is a relative path upgrades there, and makes the backup and the check there from other folders", async () => {
    using machine = await running({ version: "1.0.0" });
    const release = createRelease(join(machine.elsewhere, "2.0.0"), fakeBot({ version: "2.0.0" }));
    // It runs in "/".
    const env = { DESTDIR: machine.root.slice(1) };
    const { code, said } = await machine.run(["--from", release], { env, systemctl: "" });
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("token 7:mine") });
    expect(machine.read(BIN)).toContain("2.0.0");
    expect(backups(machine).map(machine.read)).toEqual([machine.read(DB)]);
  });
});
