import { expect, test } from "bun:test";
import { copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { backup } from "../../src/commands/backup.ts";
import { createBackupFiles } from "../../src/store/backup-files.ts";
import { ADMIN, startTestApp, type TestApp, TOKEN, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const LATER = "https://youtube.com/watch?v=2";
const DAY_MS = 24 * 3_600_000;

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });

async function queue(app: TestApp, link: string): Promise<void> {
  ann(app).sends(link);
  await app.api.message({ id: USER }, (message) => message.byBot && isAbout(message, link), {
    what: `the prompt of ${link}`,
  });
}

test("a lost database is restored from the night's backup, and its links are handed over", async () => {
  let now = Date.now();
  await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" }, { now: () => now });
  await queue(app, VIDEO);
  now += DAY_MS;
  await app.restart();
  const database = app.config.store.path;
  await app.stop();
  expect(createBackupFiles(database).all()[0]?.at).toBe(now);
  for (const suffix of ["", "-wal", "-shm"]) rmSync(database + suffix, { force: true });
  await app.restart();
  expect(app.logged()).toContain("The newest good backup takes its place");
  const nas = await app.downloader({ name: "nas" });
  await nas.accepts(VIDEO);
});

test("a backup is restored as --help says: stop, move the database away, copy the backup to its place, start", async () => {
  await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" });
  const database = app.config.store.path;
  const folder = dirname(database);
  await queue(app, VIDEO);
  let printed = "";
  const env = {
    DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
    DWLD_BOT_TELEGRAM_ADMINS: String(ADMIN),
    DWLD_BOT_STORE_PATH: database,
  };
  backup({ to: "mine.db" }, { env, cwd: folder, write: (text) => (printed += text) });
  expect(printed).toContain(join(folder, "mine.db"));
  await queue(app, LATER);

  await app.stop();
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(database + suffix)) renameSync(database + suffix, join(folder, `old.db${suffix}`));
  }
  copyFileSync(join(folder, "mine.db"), database);
  await app.restart({ DWLD_BOT_DISPATCH_DELAY: "0s" });

  const page = async () => {
    ann(app).sends("/queue");
    return app.api.message({ id: USER }, ({ byBot, text }) => byBot && text.includes("1. "), { what: "the queue" });
  };
  expect(app.logged()).not.toContain("damaged");
  const { text } = await page();
  expect(text).toContain("v=1");
  expect(text).not.toContain("v=2");
});
