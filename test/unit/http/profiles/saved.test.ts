import { describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createProfiler } from "../../../../src/http/profiles/profiler.ts";
import { saveProfile } from "../../../../src/http/profiles/saved.ts";

const NOW = Date.UTC(2026, 10, 23, 15, 4, 5, 678);
const STOPPED = AbortSignal.abort();

function createFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "dwld-bot-profiles-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

const save = (folder: string, now = NOW, profiler = createProfiler()) =>
  saveProfile({ profiler, folder, ms: 60_000, now: () => now, stop: STOPPED });

describe("saveProfile()", () => {
  test("writes a CPU profile and a heap snapshot that only the owner can read", async () => {
    using folder = createFolder();
    const file = await save(folder.path);
    expect(file).toBe(join(folder.path, "profile-2026-11-23T15-04-05Z.cpuprofile"));
    const profile = JSON.parse(readFileSync(join(folder.path, "profile-2026-11-23T15-04-05Z.cpuprofile"), "utf8"));
    expect(profile.nodes[0].callFrame.functionName).toBe("(root)");
    const heap = JSON.parse(readFileSync(join(folder.path, "profile-2026-11-23T15-04-05Z.heap.json"), "utf8"));
    expect(heap.objectTypeCounts.Function).toBeGreaterThan(0);
    for (const name of readdirSync(folder.path)) expect(statSync(join(folder.path, name)).mode & 0o777).toBe(0o600);
  });

  test("keeps the five newest profiles, and all other files in the folder", async () => {
    using folder = createFolder();
    writeFileSync(join(folder.path, "dwld-bot.db"), "");
    writeFileSync(join(folder.path, "profile-of-mine.txt"), "");
    const files: string[] = [];
    for (let hour = 0; hour < 7; hour++) files.push(basename((await save(folder.path, NOW + hour * 3_600_000)) ?? ""));
    const names = files.slice(2).flatMap((file) => [file, file.replace(".cpuprofile", ".heap.json")]);
    expect(readdirSync(folder.path).sort()).toEqual([...names, "dwld-bot.db", "profile-of-mine.txt"].sort());
  });

  test("does nothing while another profile is being taken", async () => {
    using folder = createFolder();
    const profiler = createProfiler();
    const stop = new AbortController();
    const first = profiler.cpu(60_000, stop.signal);
    expect(await save(folder.path, NOW, profiler)).toBeUndefined();
    stop.abort();
    await first;
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test("fails when the folder does not exist", async () => {
    using folder = createFolder();
    await expect(save(join(folder.path, "nowhere"))).rejects.toThrow("ENOENT");
  });
});
