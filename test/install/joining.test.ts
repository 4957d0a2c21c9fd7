import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DROP_IN, downloaderRuns, handedOver, install, startedWith, UNIT } from "./both.ts";
import { createMachine } from "./machine.ts";
import { modes } from "./tree.ts";

const CODE = "AQx_y-Z0";
const KEPT = "etc/dwld-bot/join-code";

describe("install.sh --downloader with a join code from a bot elsewhere", () => {
  test("hands the code to the service in a private file, and removes the file once the code is used", async () => {
    using machine = createMachine();
    const { code, said } = await install(machine, { version: "1.0.0" }, "--downloader", "--join", CODE);
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(handedOver(machine, "join-code")).toBe(CODE);
    expect(startedWith(machine)).toEqual(["--dir", "/srv/dwld-bot"]);
    expect(said).not.toContain(CODE);
    expect(said).toContain(`remove ${machine.root}/${KEPT}, which was used`);
    expect(machine.has(KEPT)).toBe(false);
    for (const file of [UNIT, DROP_IN]) expect(machine.read(file)).not.toContain(CODE);
  });

  test("keeps the code until the service starts, and for another attempt if the start fails", async () => {
    using machine = createMachine();
    await install(machine, { version: "1.0.0" }, "--downloader", "--join", CODE, "--no-start");
    expect(modes(machine.tree())).toMatchObject({ [KEPT]: "600" });
    const failed = await install(machine, { version: "2.0.0", cannotDownload: true }, "--downloader");
    expect(failed.code).toBe(1);
    expect(machine.read(KEPT)).toBe(`${CODE}\n`);
    expect((await install(machine, { version: "3.0.0" }, "--downloader")).code).toBe(0);
    expect(handedOver(machine, "join-code")).toBe(CODE);
    expect(machine.has(KEPT)).toBe(false);
  });

  test("takes the code from a file or standard input, and drops the earlier name and bot address", async () => {
    using machine = createMachine();
    await downloaderRuns(machine, "--name", "nas", "--bot", "192.168.1.2:9999", "--roots", "vk.com");
    const file = join(machine.elsewhere, "code.txt");
    writeFileSync(file, `  ${CODE}\n\n`);
    expect((await install(machine, { version: "1.0.0" }, "--downloader", "--join-file", file)).code).toBe(0);
    expect(handedOver(machine, "join-code")).toBe(CODE);
    expect(startedWith(machine).join(" ")).toBe("--dir /srv/dwld-bot --roots vk.com --listen 0.0.0.0:50051");
    expect(machine.told()).toEqual(["daemon-reload", "restart dwld-bot-downloader"]);
    const again = await machine.run(["--from", join(machine.elsewhere, "1.0.0"), "--downloader", "--join-file", "-"], {
      stdin: "another",
    });
    expect(again.code).toBe(0);
    expect(handedOver(machine, "join-code")).toBe("another");
  });

  test("removes a code that an older install.sh left among the options", async () => {
    using machine = createMachine();
    await downloaderRuns(machine);
    machine.write(DROP_IN, machine.read(DROP_IN).replace(`bot"'`, `bot" --join "${CODE}"'`));
    expect(machine.read(DROP_IN)).toContain(CODE);
    await install(machine, { version: "1.0.0" }, "--downloader", "--name", "nas");
    expect(machine.read(DROP_IN)).not.toContain(CODE);
  });

  test("--dry-run says what would happen to the code, and does not write it", async () => {
    using machine = createMachine();
    const { said } = await install(machine, { version: "1.0.0" }, "--downloader", "--join", CODE, "--dry-run");
    expect(said).toContain(`would write the code to ${machine.root}/${KEPT}`);
    expect(said).toContain(`would remove ${machine.root}/${KEPT}, which was used`);
    expect(machine.tree()).toEqual({});
  });

  test.each(["--uninstall", "--purge"])("%s removes an unused code", async (removal) => {
    using machine = createMachine();
    await install(machine, { version: "1.0.0" }, "--downloader", "--join", CODE, "--no-start");
    const { code, said } = await machine.run(["--downloader", removal]);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining(`remove ${machine.root}/${KEPT}\n`) });
    expect(machine.has(KEPT)).toBe(false);
  });

  test.each([
    [["--join", CODE], "--downloader"],
    [["--downloader", "--join", "two words"], "add-server"],
    [["--downloader", "--join", CODE, "--join-file", "code"], "--join-file"],
    [["--downloader", "--join-file", "-", "--token-file", "-"], "standard input"],
    [["--downloader", "--no-service", "--join", CODE], "--join"],
  ])("rejects %j with exit code 64", async (args, words) => {
    using machine = createMachine();
    expect(await machine.run(args)).toEqual({ code: 64, said: expect.stringContaining(words) });
    expect(machine.tree()).toEqual({});
  });

  test("rejects a file that holds no code, before it changes anything", async () => {
    using machine = createMachine();
    const { code, said } = await machine.run(["--downloader", "--join-file", "-"], { stdin: "two words\n" });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("holds no code") });
    expect(machine.tree()).toEqual({});
  });
});
