import { describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ADMIN, createBinaryRig, TOKEN } from "../support/binary.ts";
import { HANG, refusal } from "../support/bot-api/faults.ts";
import { startNotifyReceiver } from "../support/notify-receiver.ts";

const SD_NOTIFY = join(import.meta.dir, "../../src/systemd/sd-notify.ts");

describe("under a service manager the bot", () => {
  test("says that it is ready only when downloaders can register and Telegram was asked", async () => {
    await using rig = createBinaryRig();
    const held = rig.api.fail("getMe", HANG);
    await using manager = await startNotifyReceiver(join(rig.folder, "notify"));
    const life = await rig.start({ NOTIFY_SOCKET: join(rig.folder, "notify") });
    await rig.api.waitFor(({ method, response }) => method === "getMe" && response === undefined);
    await rig.downloader(life, { name: "nas" });
    expect(manager.notices).toEqual([]);
    held.release();
    const { lines } = await manager.gets("READY=1");
    expect(lines).toEqual(["READY=1", expect.stringMatching(/^STATUS=0 in the queue, 1 of 1 downloaders answer, /)]);
    expect(await life.stop()).toBe(0);
    expect(manager.notices.at(-1)?.lines).toEqual(["STOPPING=1", "STATUS=Stopping"]);
  });

  test("becomes ready and feeds the watchdog while Telegram cannot be reached", async () => {
    await using rig = createBinaryRig({
      config: { telegram: { token: TOKEN, admins: [ADMIN], api_roots: ["http://127.0.0.1:1"] } },
    });
    const name = `@dwld-bot-${crypto.randomUUID()}`;
    await using manager = await startNotifyReceiver(name);
    await rig.start({ NOTIFY_SOCKET: name, WATCHDOG_USEC: "300000" });
    await manager.gets("READY=1");
    await manager.gets(/^STATUS=.*Telegram unreachable/);
    await manager.gets("WATCHDOG=1", { after: manager.notices.length });
  });

  test("never says that it is ready with a token that Telegram refuses", async () => {
    await using rig = createBinaryRig();
    rig.api.fail("*", refusal(401, "Unauthorized"));
    await using manager = await startNotifyReceiver(join(rig.folder, "notify"));
    const life = rig.spawn({ NOTIFY_SOCKET: join(rig.folder, "notify") });
    expect(await life.exited).toBe(78);
    expect(manager.notices.flatMap(({ lines }) => lines)).not.toContain("READY=1");
  });

  test("does not feed the watchdog while its event loop stands still", async () => {
    await using rig = createBinaryRig();
    await using manager = await startNotifyReceiver(join(rig.folder, "notify"));
    // The only way into a compiled program from outside: Bun obeys BUN_OPTIONS in it as well. It reports when the loop stops and
    // goes on through the same socket, which keeps the order.
    const block = `
      import { openSdNotify } from ${JSON.stringify(SD_NOTIFY)};
      const notify = openSdNotify(process.env.NOTIFY_SOCKET);
      process.on("SIGWINCH", () => {
        notify("X_STOPS=1"); Bun.sleepSync(1000); notify("X_GOES_ON=1");
      });`;
    writeFileSync(join(rig.folder, "block.js"), block);
    const life = await rig.start({
      NOTIFY_SOCKET: join(rig.folder, "notify"),
      WATCHDOG_USEC: "150000",
      BUN_OPTIONS: "--preload=./block.js",
    });
    await manager.gets("WATCHDOG=1");
    life.signal("SIGWINCH");
    await manager.gets("X_GOES_ON=1");
    await manager.gets("WATCHDOG=1", { after: manager.notices.length });
    const lines = manager.notices.flatMap((notice) => notice.lines);
    expect(lines.slice(lines.indexOf("X_STOPS=1"), lines.indexOf("X_GOES_ON=1") + 1)).toEqual([
      "X_STOPS=1",
      "X_GOES_ON=1",
    ]);
  });

  test("prints nothing of the runtime's when the watchdog kills it", async () => {
    const unit = await Bun.file(join(import.meta.dir, "../../dwld-bot.service")).text();
    const [, signal = "SIGABRT"] = /^WatchdogSignal=(\w+)$/m.exec(unit) ?? [];
    await using rig = createBinaryRig();
    const life = await rig.start();
    life.signal(signal as NodeJS.Signals);
    expect(await life.exited).toBeGreaterThan(128);
    expect(life.output).not.toMatch(/bun|github/i);
  });

  test("goes on when the service manager goes away, and with one that it cannot talk to", async () => {
    await using rig = createBinaryRig();
    const path = join(rig.folder, "notify");
    const manager = await startNotifyReceiver(path);
    const life = await rig.start({ NOTIFY_SOCKET: path, WATCHDOG_USEC: "300000" });
    await manager.gets("WATCHDOG=1");
    await manager[Symbol.asyncDispose]();
    rmSync(path);
    await life.says("Cannot reach the service manager");
    expect(await life.stop()).toBe(0);
    const second = await rig.start({ NOTIFY_SOCKET: "vsock:2:1234" });
    await second.says("Cannot talk to the service manager");
    expect(await second.stop()).toBe(0);
  });
});
