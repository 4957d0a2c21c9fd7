import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../support/guide.ts";
import { boot } from "./emulator.ts";
import { DEBIANS, makeImage } from "./image.ts";
import { makeReleases } from "./releases.ts";
import { STORY } from "./story.ts";
import { createWorld, TOKEN } from "./world.ts";

/*
 * Plays the story of the bot on a Debian with a systemd of its own, in an emulator. Run: npm run test:machine -- bookworm
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
const debian = DEBIANS.find((name) => name === (positionals[0] ?? "bookworm"));
if (debian === undefined || positionals.length > 1) {
  say(`Name one of ${DEBIANS.join(", ")}`);
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
say(`Building a Debian (${debian}) …`);
const image = await makeImage(debian, { folder });
say("Booting it …");
await using guest = await boot(image, { releases });
await using world = await createWorld(guest, { write: say });

/** The story as a page of `docs`. */
function page(text: string): string {
  const day = new Date().toISOString().slice(0, 10);
  return `# A life on ${debian}

Made by \`npm run test:machine -- ${debian} --transcript docs/machine.md\` on ${day}: what was typed on a Debian in an emulator, what was answered, and
what was said in the chat. Telegram is a fake at 25.0.0.2, the site with films too.

\`\`\`
${text}\`\`\`
`;
}

let failed: string | undefined;
const parts = STORY.filter((_, at) => values.parts.split(",").includes(String(at + 1)));
for (const [title, play] of parts) {
  world.told.part(title);
  failed = await play(world).then(
    () => undefined,
    (error: unknown) => `${title}: ${String(error)}`,
  );
  if (failed !== undefined) break;
}
const journal = (await guest.run("journalctl -b --no-pager -o short-monotonic | tail -n 3000")).said;
const leak = [world.told.text, journal].some((text) => text.includes(TOKEN.split(":")[1] ?? TOKEN));
if (leak) failed ??= "The token stands in what was printed";
if (failed !== undefined) {
  writeFileSync(join(folder, "journal"), journal);
  say(`\n${failed}\n\nThe machine's journal: ${join(folder, "journal")}\nNot passed: ${debian}`);
  process.exitCode = 1;
} else {
  if (transcript !== undefined) writeFileSync(transcript, page(world.told.text));
  say(`\nPassed: ${debian}, ${parts.length} of ${STORY.length} parts`);
}
