import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../support/guide.ts";
import { makeDisk } from "./image.ts";
import { succeed } from "./succeed.ts";

const BINARY = "dwld-bot-linux-x64";
/** What the upgrades come to. */
export const NEXT = "99.0.0";
export const BROKEN = "99.1.0";
export const MIGRATING = "99.2.0";

/** What `.ci/release` puts beside the binaries. */
const BESIDE = ["install.sh", "dwld-bot.service", "dwld-bot-downloader.service", "config.example.yaml"];

/** Whatever it is asked to do but to name itself, it ends. */
const NEVER_READY = `#!/bin/sh
case $1 in --version) echo "dwld-bot ${BROKEN} (broken)" ;; --help) echo "Commands:" ;; *) exit 70 ;; esac
`;

/**
 * Makes a disk with four releases: `this`, what lies in `release`, or else what `.ci/release` makes of this checkout; `next`, the
 * same with a later version; `broken`, whose bot changes nothing and never becomes ready; and `migrating`, whose bot works, with
 * a table more in its database, and whose unit lets no bot become ready.
 */
export async function makeReleases(
  disk: string,
  { folder, release }: { folder: string; release?: string | undefined },
): Promise<void> {
  const releases = join(folder, "releases");
  if (release === undefined) await succeed([join(ROOT, ".ci/release"), "linux-x64"], { cwd: ROOT });
  rmSync(releases, { recursive: true, force: true });
  mkdirSync(releases, { recursive: true });
  const of = (name: string) => join(releases, name);
  for (const name of ["this", "next", "broken", "migrating"]) {
    mkdirSync(of(name));
    for (const file of [BINARY, ...BESIDE, "SHA256SUMS"])
      cpSync(join(release ?? join(ROOT, "dist/release"), file), join(of(name), file));
  }
  const source = copySource(join(folder, "later"));
  await build(join(of("next"), BINARY), { source, version: NEXT });
  writeFileSync(join(of("broken"), BINARY), NEVER_READY);
  addMigration(join(source, "drizzle"));
  await build(join(of("migrating"), BINARY), { source, version: MIGRATING });
  change(join(of("migrating"), "dwld-bot.service"), /^ExecStart=.*$/m, "$&\nExecStartPost=/bin/false");
  for (const name of ["next", "broken", "migrating"]) {
    await succeed(["sh", "-c", "rm SHA256SUMS && sha256sum -- * >SHA256SUMS"], { cwd: of(name) });
  }
  await makeDisk(disk, { label: "releases", from: releases, size: "900M" });
}

/** Makes a copy of what the bot is built from, which may be changed; returns the folder. */
function copySource(source: string): string {
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  for (const name of [".ci", "drizzle", "proto", "src", "package.json", "tsconfig.json", "bunfig.toml", ...BESIDE]) {
    cpSync(join(ROOT, name), join(source, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(source, "node_modules"));
  return source;
}

/** Builds the bot as it will be: with a later version. */
async function build(binary: string, { source, version }: { source: string; version: string }): Promise<void> {
  change(join(source, "package.json"), /"version": "[^"]+"/, `"version": "${version}"`);
  // It is of no commit, although the checkout around it is.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(source) };
  await succeed([".ci/build", binary, "bun-linux-x64"], { cwd: source, env });
  rmSync(`${binary}.map`, { force: true });
  chmodSync(binary, 0o755);
}

/** One more migration, as drizzle-kit writes them: a table that no version before knows. */
function addMigration(drizzle: string): void {
  const path = join(drizzle, "meta/_journal.json");
  const journal: { entries: { idx: number; tag: string }[] } = JSON.parse(readFileSync(path, "utf8"));
  const idx = journal.entries.length;
  const tag = `${String(idx).padStart(4, "0")}_later`;
  writeFileSync(join(drizzle, `${tag}.sql`), "CREATE TABLE `later` (\n\t`id` integer PRIMARY KEY NOT NULL\n);\n");
  writeFileSync(path, JSON.stringify({ ...journal, entries: [...journal.entries, { idx, tag }] }));
}

/** Replaces the one place of a file that is like this; throws when there is none. */
function change(path: string, place: RegExp, by: string): void {
  const text = readFileSync(path, "utf8");
  if (!place.test(text)) throw new Error(`${path} has nothing like ${place}`);
  writeFileSync(path, text.replace(place, by));
}
