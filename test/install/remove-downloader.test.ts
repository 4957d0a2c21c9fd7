import { describe, expect, test } from "bun:test";
import { BIN, BOT, botRuns, DROP_IN, downloaderRuns, files, startedWith, UNINSTALLER, UNIT } from "./both.ts";
import { createMachine, type Machine } from "./machine.ts";

describe("with --downloader", () => {
  async function both(...more: string[]): Promise<Machine> {
    const machine = createMachine();
    await botRuns(machine);
    await downloaderRuns(machine, "--dir", "/srv/films", ...more);
    machine.write("srv/films/[ann]/film.mp4", "a film");
    machine.write("etc/dwld-bot/grpc-token", "sesame\n", 0o600);
    return machine;
  }

  test("--uninstall removes only the downloader's service, and a new installation keeps its options", async () => {
    using machine = await both("--name", "nas");
    const { code, said } = await machine.run(["--uninstall", "--downloader"]);
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(said).toContain(`kept: ${machine.root}/${BIN}, which dwld-bot runs`);
    expect(machine.told()).toEqual(["disable --now dwld-bot-downloader", "daemon-reload"]);
    expect([UNIT, BOT, BIN, DROP_IN].map((path) => machine.has(path))).toEqual([false, true, true, true]);
    await downloaderRuns(machine);
    expect(startedWith(machine)).toEqual(["--dir", "/srv/films", "--name", "nas"]);
  });

  test("--purge of the bot leaves the downloader, its token and the binary; --purge of the downloader removes them", async () => {
    using machine = await both();
    expect((await machine.run(["--purge"])).code).toBe(0);
    expect(machine.told()).toEqual(["disable --now dwld-bot", "daemon-reload"]);
    expect(files(machine).sort()).toEqual(
      [DROP_IN, UNIT, BIN, UNINSTALLER, "etc/dwld-bot/grpc-token", "srv/films/[ann]/film.mp4"].sort(),
    );
    const { said } = await machine.run(["--purge", "--downloader"]);
    expect(said).toContain(`kept: ${machine.root}/srv/films`);
    expect(files(machine)).toEqual(["srv/films/[ann]/film.mp4"]);
    expect(machine.has("etc/dwld-bot")).toBe(false);
  });

  test("--purge keeps the bot's config and tokens, even if the bot's service is gone", async () => {
    using machine = await both();
    await machine.run(["--uninstall"]);
    await machine.run(["--purge", "--downloader"]);
    expect(files(machine).filter((path) => path.startsWith("etc/"))).toEqual([
      "etc/dwld-bot/config.yaml",
      "etc/dwld-bot/grpc-token",
    ]);
    expect(machine.has(BIN)).toBe(false);
  });

  test("--purge --with-files removes the downloads, and --dry-run only says so", async () => {
    using machine = await both();
    const before = machine.tree();
    machine.told();
    const dry = await machine.run(["--purge", "--downloader", "--with-files", "--dry-run"]);
    expect(dry.said).toContain(`would remove what was downloaded into ${machine.root}/srv/films`);
    expect(machine.tree()).toEqual(before);
    expect(machine.told()).toEqual([]);
    expect((await machine.run(["--purge", "--downloader", "--with-files"])).code).toBe(0);
    expect([machine.has("srv/films"), machine.has(DROP_IN), machine.has(BOT)]).toEqual([false, false, true]);
  });

  test("--purge does nothing if nothing is installed", async () => {
    using machine = createMachine();
    expect(await machine.run(["--purge", "--downloader"])).toEqual({ code: 0, said: "" });
    expect(machine.told()).toEqual([]);
  });
});
