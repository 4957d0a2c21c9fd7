import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSdNotify } from "../../../src/systemd/sd-notify.ts";
import { startNotifyReceiver } from "../../support/notify-receiver.ts";

/** A free path, in a temporary folder. */
function somewhere() {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-notify-"));
  return { path: join(folder, "notify"), [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

describe("openSdNotify()", () => {
  test("reaches a socket with a path", async () => {
    using place = somewhere();
    await using receiver = await startNotifyReceiver(place.path);
    expect(openSdNotify(place.path)("READY=1\nSTATUS=3 в очереди")).toBe(true);
    expect((await receiver.gets("READY=1")).lines).toEqual(["READY=1", "STATUS=3 в очереди"]);
  });

  test("reaches an abstract socket", async () => {
    const name = `@dwld-bot-test-${process.pid}-${crypto.randomUUID()}`;
    await using receiver = await startNotifyReceiver(name);
    expect(openSdNotify(name)("WATCHDOG=1")).toBe(true);
    expect((await receiver.gets("WATCHDOG=1")).lines).toEqual(["WATCHDOG=1"]);
  });

  test("returns whether somebody listens", async () => {
    using place = somewhere();
    const notify = openSdNotify(place.path);
    expect(notify("READY=1")).toBe(false);
    await using receiver = await startNotifyReceiver(place.path);
    expect(notify("READY=1")).toBe(true);
    await receiver.gets("READY=1");
    rmSync(place.path);
    expect(notify("WATCHDOG=1")).toBe(false);
  });

  test("returns false instead of waiting for a receiver that reads nothing", async () => {
    const name = `@dwld-bot-test-${process.pid}-${crypto.randomUUID()}`;
    await using receiver = await startNotifyReceiver(name);
    receiver.suspend();
    const notify = openSdNotify(name);
    const untilFull = () => Array.from({ length: 100_000 }).findIndex(() => !notify("WATCHDOG=1"));
    expect(untilFull()).toBeGreaterThan(0);
  });

  test.each(["", "notify", "vsock:2:1234", "@", `/${"x".repeat(107)}`])("refuses %j as a socket", (name) => {
    expect(() => openSdNotify(name)).toThrow();
  });
});
