import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseCli } from "../../src/cli.ts";
import { backup } from "../../src/commands/backup.ts";
import { words } from "../../src/words/words.ts";
import { startTestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import { blocksOf, page } from "../support/guide.ts";
import { deliveriesAreKnown } from "../support/stored.ts";

const FIRST = "https://youtube.com/watch?v=1";
const SECOND = "https://youtube.com/watch?v=2";

/** The block of docs/en/backup.md that contains this. */
function typed(part: string): string {
  const block = blocksOf(page("en", "backup.md").text).find(({ text }) => text.includes(part));
  if (block === undefined) throw new Error(`docs/en/backup.md has no commands with ${part}`);
  return block.text;
}

test("a backup made and restored as docs/en/backup.md says brings back the queue of that time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dwld-restore-"));
  try {
    const database = join(folder, "state/dwld-bot.db");
    const kept = join(folder, "dwld-bot.db");
    mkdirSync(dirname(database));
    const env = { DWLD_BOT_STORE_PATH: database, DWLD_BOT_DISPATCH_DELAY: "1h" };
    await using app = await startTestApp(env);
    const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
    const promptOf = (link: string) => app.api.message(person, (message) => message.byBot && isAbout(message, link));
    person.sends(FIRST);
    const prompt = await promptOf(FIRST);

    const command = parseCli(typed("dwld-bot backup").trim().split(" ").slice(2), words.en.cli);
    expect(command).toEqual({ command: "backup", files: ["/root/dwld-bot.db"] });
    const telegram = { DWLD_BOT_TELEGRAM_TOKEN: "1:abc", DWLD_BOT_TELEGRAM_ADMINS: "1" };
    backup({ to: kept }, { env: { ...telegram, ...env }, cwd: folder, write: () => undefined });
    person.sends(SECOND);
    await promptOf(SECOND);
    await app.stop();

    const here = typed("systemctl stop")
      .replaceAll("/var/lib/dwld-bot", '"$STATE"')
      .replaceAll("/root/dwld-bot.db", '"$KEPT"');
    // The bot is stopped already, and this machine has no user called dwld-bot.
    const lines = `set -e; sudo() { "$@"; }; systemctl() { :; }; chown() { :; }\n${here}`;
    const { exitCode, stderr } = Bun.spawnSync(["sh", "-c", lines], {
      env: { PATH: process.env.PATH, STATE: dirname(database), KEPT: kept },
    });
    expect([exitCode, stderr.toString()]).toEqual([0, ""]);
    expect(existsSync(join(dirname(database), "before-restore/dwld-bot.db"))).toBe(true);

    await app.restart();
    const nas = await app.downloader({ name: "nas" });
    await person.presses(prompt.id, "Now");
    await nas.accepts(FIRST);
    await deliveriesAreKnown(app, 1);
    person.sends("/queue");
    await app.api.message(person, ({ text }) => text.includes("on the servers"));
    expect(nas.accepted).toEqual([FIRST]);
    expect(app.api.messages(person).filter(({ text }) => text.includes("in the queue"))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
