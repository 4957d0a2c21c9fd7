import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { downloaderRuns, install } from "./both.ts";
import { SYSTEMCTL } from "./fakes.ts";
import { createMachine, type Machine } from "./machine.ts";

const ADMIN = ["--admin", "42"];

/** A systemctl that runs `first` before it starts a service. */
function systemctlWith(machine: Machine, first: string): string {
  const path = join(machine.elsewhere, "systemctl");
  writeFileSync(path, SYSTEMCTL.replace("\nstart() {", `\nstart() {\n  ${first}`), { mode: 0o755 });
  return path;
}

/** A place where one process waits for another. */
function createGate(machine: Machine, name: string) {
  const path = join(machine.elsewhere, name);
  Bun.spawnSync(["mkfifo", path]);
  return {
    path,
    reached: () => Bun.spawn(["cat", path]).exited,
    open: () => Bun.spawn(["sh", "-c", `: >'${path}'`]).exited,
  };
}

describe("two runs of install.sh at once", () => {
  test("is refused: the second run reports the first, changes nothing, and may only do a dry run", async () => {
    using machine = createMachine();
    await downloaderRuns(machine);
    const args = ["--from", join(machine.elsewhere, "1.0.0"), ...ADMIN];
    const [here, go] = [createGate(machine, "here"), createGate(machine, "go")];
    const systemctl = systemctlWith(machine, `: >'${here.path}'; cat '${go.path}'`);
    const first = machine.run(args, { systemctl });
    await here.reached();

    const before = machine.tree();
    for (const second of [args, ["--uninstall"], ["--purge", "--downloader"]]) {
      const { code, said } = await machine.run(second);
      expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("another install.sh is running here") });
    }
    expect((await machine.run([...args, "--dry-run"])).code).toBe(0);
    expect(machine.tree()).toEqual(before);

    await go.open();
    expect((await first).code).toBe(0);
    expect((await machine.run(args)).said).toStartWith("Nothing to change");
  });

  test("is not suspected because of a service that systemctl itself keeps running", async () => {
    using machine = createMachine();
    const end = createGate(machine, "end");
    const systemctl = systemctlWith(machine, `cat '${end.path}' >/dev/null 2>&1 &`);
    await install(machine, { version: "1.0.0" }, "--no-start");
    const args = ["--from", join(machine.elsewhere, "1.0.0"), ...ADMIN];
    expect((await machine.run(args, { systemctl })).code).toBe(0);
    expect((await machine.run(args)).said).toStartWith("Nothing to change");
    await end.open();
  });
});
