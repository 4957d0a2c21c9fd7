import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../support/guide.ts";
import { boot } from "./emulator.ts";
import { DEBIANS, type Debian, makeImage } from "./image.ts";
import { makeReleases } from "./releases.ts";
import { STORY } from "./story.ts";
import { retold } from "./transcript.ts";
import { createWorld, TOKEN } from "./world.ts";

/*
 * Plays the bot's story in an emulator, on one Debian after another, each with its own systemd. Run:
 * npm run test:machine [-- bookworm|trixie]
 */

const say = (line: string) => process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    release: { type: "string" },
    folder: { type: "string", default: join(ROOT, "dist/machine") },
    transcript: { type: "string" },
    parts: { type: "string", default: STORY.map((_, at) => at + 1).join() },
  },
});
const { release, folder, transcript } = values;
const debians = positionals.length === 0 ? DEBIANS : DEBIANS.filter((name) => positionals.includes(name));
if (debians.length < positionals.length) {
  say(`Name some of ${DEBIANS.join(", ")}, or none for all of them`);
  process.exit(64);
}
const missing = ["debootstrap", "mke2fs", "qemu-system-x86_64"].filter((command) => Bun.which(command) === null);
if (missing.length > 0 || process.getuid?.() !== 0) {
  say(`This needs root, and debootstrap, e2fsprogs and qemu-system-x86. Missing: ${missing.join(", ") || "root"}`);
  process.exit(64);
}

mkdirSync(folder, { recursive: true });
const releases = join(folder, "releases.ext4");
say("Building the releases …");
await makeReleases(releases, { folder, release });
const parts = STORY.filter((_, at) => values.parts.split(",").includes(String(at + 1)));
for (const debian of debians) {
  const failed = await play(debian).catch(String);
  say(
    failed === undefined
      ? `\nPassed: ${debian}, ${parts.length} of ${STORY.length} parts`
      : `\n${failed}\nNot passed: ${debian}`,
  );
  if (failed !== undefined) process.exitCode = 1;
}

function tell(path: string, debian: Debian, text: string): void {
  const page = existsSync(path) ? readFileSync(path, "utf8") : "";
  writeFileSync(path, retold(page, { debian, text, playedAt: new Date() }));
}

/** Resolves with what went wrong; undefined if nothing did, and the transcript is written. */
async function play(debian: Debian): Promise<string | undefined> {
  say(`\nBuilding a Debian (${debian}) …`);
  const image = await makeImage(debian, { folder });
  say("Booting it …");
  await using guest = await boot(image, { releases });
  await using world = await createWorld(guest, { write: say });
  let failed: string | undefined;
  for (const [title, happens] of parts) {
    world.told.part(title);
    failed = await happens(world).then(
      () => undefined,
      (error: unknown) => `${title}: ${String(error)}`,
    );
    if (failed !== undefined) break;
  }
  const journal = (await guest.run("journalctl -b --no-pager -o short-monotonic | tail -n 3000")).said;
  const leak = [world.told.text, journal].some((text) => text.includes(TOKEN.split(":")[1] ?? TOKEN));
  if (leak) failed ??= "The token was printed";
  if (failed === undefined) {
    const isWhole = parts.length === STORY.length;
    if (transcript !== undefined && isWhole) tell(transcript, debian, world.told.text);
    return undefined;
  }
  const kept = join(folder, `journal-${debian}`);
  writeFileSync(kept, journal);
  return `${failed}\n\nThe machine's journal: ${kept}`;
}
