import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../support/guide.ts";
import { makeDisk } from "./image.ts";
import { succeed } from "./succeed.ts";

const BINARY = "dwld-bot-linux-x64";
/** The versions to upgrade to. */
export const NEXT = "99.0.0";
export const BROKEN = "99.1.0";
export const MIGRATING = "99.2.0";

/** The files that `.ci/release` puts beside the binaries. */
const BESIDE = ["install.sh", "dwld-bot.service", "dwld-bot-downloader.service", "config.example.yaml"];

/** Knows its version, and fails at everything else. */
const NEVER_READY = `#!/bin/sh
case $1 in --version) echo "dwld-bot ${BROKEN} (broken)" ;; --help) echo "Commands:" ;; *) exit 70 ;; esac
`;

/**
 * Makes a disk with four releases: `this`, from the folder `release`, or made by `.ci/release` from this checkout; `next`, the same with
 * a later version; `broken`, whose bot changes nothing and never becomes ready; and `migrating`, whose bot works and adds a table to its
 * database, but whose unit keeps it from becoming ready.
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

/** Copies the bot's sources, so that they can be changed, and returns the folder. */
function copySource(source: string): string {
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  for (const name of [".ci", "drizzle", "proto", "src", "package.json", "tsconfig.json", "bunfig.toml", ...BESIDE]) {
    cpSync(join(ROOT, name), join(source, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(source, "node_modules"));
  return source;
}

/** Builds the bot with a later version. */
async function build(binary: string, { source, version }: { source: string; version: string }): Promise<void> {
  change(join(source, "package.json"), /"version": "[^"]+"/, `"version": "${version}"`);
  // It must not name a commit, although the checkout around it has one.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(source) };
  await succeed([".ci/build", binary, "bun-linux-x64"], { cwd: source, env });
  rmSync(`${binary}.map`, { force: true });
  chmodSync(binary, 0o755);
}

/** Adds a migration in drizzle-kit's form: a table that no earlier version knows. */
function addMigration(drizzle: string): void {
  const path = join(drizzle, "meta/_journal.json");
  const journal: { entries: { idx: number; tag: string }[] } = JSON.parse(readFileSync(path, "utf8"));
  const idx = journal.entries.length;
  const tag = `${String(idx).padStart(4, "0")}_later`;
  writeFileSync(join(drizzle, `${tag}.sql`), "CREATE TABLE `later` (\n\t`id` integer PRIMARY KEY NOT NULL\n);\n");
  writeFileSync(path, JSON.stringify({ ...journal, entries: [...journal.entries, { idx, tag }] }));
}

/** Replaces what matches in a file; throws if nothing does. */
function change(path: string, place: RegExp, by: string): void {
  const text = readFileSync(path, "utf8");
  if (!place.test(text)) throw new Error(`${path} has nothing like ${place}`);
  writeFileSync(path, text.replace(place, by));
}
