import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/guide.ts";
import { makeDisk } from "./image.ts";
import { succeed } from "./succeed.ts";

const BINARY = "dwld-bot-linux-x64";
/** What the upgrades come to. */
export const NEXT = "99.0.0";
export const BROKEN = "99.1.0";

/** What `.ci/release` puts beside the binaries. */
const BESIDE = ["install.sh", "dwld-bot.service", "dwld-bot-downloader.service", "config.example.yaml"];

/** Whatever it is asked to do but to name itself, it ends. */
const NEVER_READY = `#!/bin/sh
case $1 in --version) echo "dwld-bot ${BROKEN} (broken)" ;; --help) echo "Commands:" ;; *) exit 70 ;; esac
`;

/**
 * Makes a disk with three releases: `this`, what lies in `release`, or else what `.ci/release` makes of this checkout; `next`, the
 * same with a later version; and `broken`, whose bot changes nothing and never becomes ready.
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
  for (const name of ["this", "next", "broken"]) {
    mkdirSync(of(name));
    for (const file of [BINARY, ...BESIDE, "SHA256SUMS"])
      cpSync(join(release ?? join(ROOT, "dist/release"), file), join(of(name), file));
  }
  await buildNext(join(of("next"), BINARY), folder);
  writeFileSync(join(of("broken"), BINARY), NEVER_READY);
  for (const name of ["next", "broken"]) {
    await succeed(["sh", "-c", "rm SHA256SUMS && sha256sum -- * >SHA256SUMS"], { cwd: of(name) });
  }
  await makeDisk(disk, { label: "releases", from: releases, size: "600M" });
}

/** The bot as it will be: this one, but for its version. */
async function buildNext(binary: string, folder: string): Promise<void> {
  const source = join(folder, "next");
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  for (const name of [".ci", "drizzle", "proto", "src", "tsconfig.json", "bunfig.toml", ...BESIDE]) {
    cpSync(join(ROOT, name), join(source, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(source, "node_modules"));
  const text = readFileSync(join(ROOT, "package.json"), "utf8");
  writeFileSync(join(source, "package.json"), text.replace(/"version": "[^"]+"/, `"version": "${NEXT}"`));
  await succeed([".ci/build", binary, "bun-linux-x64"], { cwd: source });
  rmSync(`${binary}.map`, { force: true });
  chmodSync(binary, 0o755);
}
