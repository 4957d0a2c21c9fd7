import { expect, test } from "bun:test";
import { environmentFor, ownWords } from "../../../src/commands/command-context.ts";

test("environmentFor() adds systemd's directories for the service's config", () => {
  expect(environmentFor("/etc/dwld-bot/config.yaml", { LANG: "C" })).toEqual({
    CREDENTIALS_DIRECTORY: "/etc/dwld-bot",
    STATE_DIRECTORY: "/var/lib/dwld-bot",
    LANG: "C",
  });
});

test("environmentFor() keeps the directories that systemd has set, and adds none for another config", () => {
  const own = { STATE_DIRECTORY: "/srv/bot", CREDENTIALS_DIRECTORY: "/run/credentials/dwld-bot" };
  expect(environmentFor("/etc/dwld-bot/config.yaml", own)).toEqual(own);
  expect(environmentFor("/home/ann/config.yaml", { LANG: "C" })).toEqual({ LANG: "C" });
});

test("ownWords() prefers the config's language to the terminal's, and ignores line breaks after it", () => {
  const languageOf = (language: string) =>
    ownWords(undefined, { env: { LANG: "C", DWLD_BOT_TELEGRAM_LANGUAGE: language }, cwd: "/nowhere" }).language;
  expect(["ru", "ru\r\n", "\n"].map(languageOf)).toEqual(["ru", "ru", "en"]);
});
