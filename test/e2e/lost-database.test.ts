import { expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { createBackupFiles } from "../../src/store/backup-files.ts";
import { startTestApp, USER } from "../support/app.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const MINUTE = 60_000;

const spoil = (path: string) => writeFileSync(path, "no database ".repeat(1_000));

test.each([
  ["is damaged and has no backup", spoil, false],
  ["is gone and has no backup", (path: string) => rmSync(path), false],
  ["is damaged and has a backup of an earlier time", spoil, true],
] as const)(
  "a database that %s gets its downloaders and the chats' settings from the copy beside it",
  async (_, lose, hasBackup) => {
    await using app = await startTestApp();
    const { path } = app.config.store;
    const backups = createBackupFiles(path);
    const early = backups.make("nightly", Date.now() - MINUTE);
    const nas = await app.downloader({ name: "nas" });
    const ann = app.api.user({ id: USER, username: "ann", languageCode: "en" });
    ann.sends("/settings");
    const settings = await app.api.message(USER, ({ text }) => text.includes("Settings of this chat"));
    await ann.presses(settings.id, "Русский");
    await app.stop();
    lose(path);
    // The bot makes a backup of its own at its start.
    for (const backup of backups.all()) if (backup.path !== early.path || !hasBackup) rmSync(backup.path);

    await app.restart();
    ann.sends(VIDEO);
    await nas.accepts(VIDEO);
    ann.sends("/settings");
    await app.api.message(USER, ({ id, text }) => id !== settings.id && text.includes("Язык: русский"));

    // From now on the database holds it.
    await app.stop();
    rmSync(`${path}.known`);
    await app.restart();
    ann.sends(`${VIDEO}2`);
    await nas.accepts(`${VIDEO}2`);
    expect(nas.accepted).toEqual([VIDEO, `${VIDEO}2`]);
  },
);
