import { expect, test } from "bun:test";
import { environmentFor, ownWords } from "../../../src/commands/command-context.ts";

test("environmentFor() reads the service's config as systemd lets the service read it", () => {
  expect(environmentFor("/etc/dwld-bot/config.yaml", { LANG: "C" })).toEqual({
    CREDENTIALS_DIRECTORY: "/etc/dwld-bot",
    STATE_DIRECTORY: "/var/lib/dwld-bot",
    LANG: "C",
  });
});

test("environmentFor() leaves what systemd itself says, and any other config's environment", () => {
  const own = { STATE_DIRECTORY: "/srv/bot", CREDENTIALS_DIRECTORY: "/run/credentials/dwld-bot" };
  expect(environmentFor("/etc/dwld-bot/config.yaml", own)).toEqual(own);
  expect(environmentFor("/home/ann/config.yaml", { LANG: "C" })).toEqual({ LANG: "C" });
});

test("ownWords() are in the language that the config will have: a variable without the end of a line, before the file", () => {
  const languageOf = (language: string) =>
    ownWords(undefined, { env: { LANG: "C", DWLD_BOT_TELEGRAM_LANGUAGE: language }, cwd: "/nowhere" }).language;
  expect(["ru", "ru\r\n", "\n"].map(languageOf)).toEqual(["ru", "ru", "en"]);
});
