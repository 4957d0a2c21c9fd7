import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { isRunningOn } from "../../../src/store/inspect.ts";
import { AlreadyRunning, lockInstance } from "../../../src/store/instance-lock.ts";
import { openStore } from "../../../src/store/store.ts";
import { createPlace } from "./place.ts";

describe("lockInstance()", () => {
  test("admits one instance at a time, and the next one after the first is disposed", () => {
    using place = createPlace();
    const first = lockInstance(place.path);
    expect(() => lockInstance(place.path)).toThrow(AlreadyRunning);
    expect(() => lockInstance(place.path)).toThrow(place.path);
    using _elsewhere = lockInstance(`${place.path}2`);
    first[Symbol.dispose]();
    using _second = lockInstance(place.path);
    expect(() => lockInstance(place.path)).toThrow(AlreadyRunning);
  });

  test("excludes other processes, and is free again after its process was killed", async () => {
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

  test("is the same lock for all paths to one database", () => {
    using place = createPlace();
    const { folder } = place;
    mkdirSync(`${folder}/real/deep`, { recursive: true });
    symlinkSync(`${folder}/real`, `${folder}/linked`);
    // The database does not exist yet.
    symlinkSync("real/queue.db", `${folder}/alias.db`);
    symlinkSync("alias.db", `${folder}/alias-of-alias.db`);
    const names = [
      "real/queue.db",
      "linked/queue.db",
      "real/deep/../queue.db",
      "alias.db",
      "alias-of-alias.db",
      `./../${basename(folder)}/linked//queue.db`,
    ];
    const lock = lockInstance(`${folder}/real/queue.db`);
    for (const name of names) {
      expect(() => lockInstance(`${folder}/${name}`)).toThrow(AlreadyRunning);
      expect(isRunningOn(`${folder}/${name}`)).toBe(true);
    }
    lock[Symbol.dispose]();
    for (const name of names) {
      using _lock = lockInstance(`${folder}/${name}`);
      expect(() => lockInstance(`${folder}/real/queue.db`)).toThrow(AlreadyRunning);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });

  test("is the same lock for two hard links of a database; readers need no lock", () => {
    using place = createPlace();
    const other = `${place.folder}/hard.db`;
    {
      using _lock = lockInstance(place.path);
      using _store = openStore(place.path);
      linkSync(place.path, other);
      expect(() => lockInstance(other)).toThrow(AlreadyRunning);
    }
    lockInstance(other)[Symbol.dispose]();
    rmSync(other);
    using reader = new Database(place.path, { readonly: true });
    reader.query("SELECT count(*) FROM links").get();
    lockInstance(place.path)[Symbol.dispose]();
  });

  test("throws StoreUnavailable if no lock can be written", () => {
    using place = createPlace();
    writeFileSync(`${place.folder}/file`, "");
    expect(() => lockInstance(`${place.folder}/file/queue.db`)).toThrow(StoreUnavailable);
  });

  test("names the error if a folder has the database's name, and leaves no files behind", () => {
    using place = createPlace();
    mkdirSync(place.path);
    expect(() => lockInstance(place.path)).toThrow("EISDIR");
    expect(readdirSync(place.folder)).toEqual(["queue.db"]);
  });

  test("creates the folder if there is none", () => {
    using place = createPlace();
    using _lock = lockInstance(`${place.folder}/no/such/queue.db`);
    expect(existsSync(`${place.folder}/no/such`)).toBe(true);
  });
});
