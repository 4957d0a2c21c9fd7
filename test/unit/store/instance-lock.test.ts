import { describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { AlreadyRunning, lockInstance } from "../../../src/store/instance-lock.ts";
import { createPlace } from "./place.ts";

describe("lockInstance()", () => {
  test("lets one in at a time, and the next one when it is disposed", () => {
    using place = createPlace();
    const first = lockInstance(place.path);
    expect(() => lockInstance(place.path)).toThrow(AlreadyRunning);
    expect(() => lockInstance(place.path)).toThrow(place.path);
    using _elsewhere = lockInstance(`${place.path}2`);
    first[Symbol.dispose]();
    using _second = lockInstance(place.path);
    expect(() => lockInstance(place.path)).toThrow(AlreadyRunning);
  });

  test("keeps another process out, and is free again when its process was killed", async () => {
    using place = createPlace();
    const script = `
      const { lockInstance } = await import(${JSON.stringify(require.resolve("../../../src/store/instance-lock.ts"))});
      globalThis.lock = lockInstance(${JSON.stringify(place.path)});
      console.log("locked");
      setInterval(() => {}, 60_000);`;
    const holder = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    for await (const chunk of holder.stdout) if (Buffer.from(chunk).toString().includes("locked")) break;
    expect(() => lockInstance(place.path)).toThrow(AlreadyRunning);
    holder.kill("SIGKILL");
    await holder.exited;
    lockInstance(place.path)[Symbol.dispose]();
  });

  test("says that a place cannot be used where no lock can be written", () => {
    using place = createPlace();
    writeFileSync(`${place.folder}/file`, "");
    expect(() => lockInstance(`${place.folder}/file/queue.db`)).toThrow(StoreUnavailable);
  });

  test("makes the folder where there is none", () => {
    using place = createPlace();
    using _lock = lockInstance(`${place.folder}/no/such/queue.db`);
    expect(existsSync(`${place.folder}/no/such`)).toBe(true);
  });
});
