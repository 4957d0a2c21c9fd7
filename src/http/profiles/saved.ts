import { heapStats } from "bun:jsc";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Profiler } from "./profiler.ts";

/** How many profiles are kept in the folder. */
const KEPT = 5;

const NAME = /^profile-[\d-]+T[\d-]+Z\.(cpuprofile|heap\.json)$/;

/**
 * Samples the program for `ms`, then writes `profile-<time>.cpuprofile` (for Chrome) and `profile-<time>.heap.json` (number of live objects
 * by class), readable by their owner only, and removes all but the newest few. Resolves with the path of the first file, or undefined if a
 * profile is already being taken. Throws what the file system throws.
 */
export async function saveProfile(of: {
  profiler: Profiler;
  folder: string;
  ms: number;
  now: () => number;
  stop: AbortSignal;
}): Promise<string | undefined> {
  const profile = await of.profiler.cpu(of.ms, of.stop);
  if (profile === undefined) return undefined;
  const name = `profile-${new Date(of.now()).toISOString().replace(/\.\d+/, "").replaceAll(":", "-")}`;
  const path = join(of.folder, `${name}.cpuprofile`);
  writeFileSync(path, JSON.stringify(profile), { mode: 0o600 });
  writeFileSync(join(of.folder, `${name}.heap.json`), JSON.stringify(heapStats(), undefined, 2), { mode: 0o600 });
  prune(of.folder);
  return path;
}

function prune(folder: string): void {
  const files = Object.groupBy(
    readdirSync(folder).filter((file) => NAME.test(file)),
    (file) => file.replace(/Z\..*/, "Z"),
  );
  for (const profile of Object.keys(files).sort().slice(0, -KEPT)) {
    for (const file of files[profile] ?? []) rmSync(join(folder, file), { force: true });
  }
}
