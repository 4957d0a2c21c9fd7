import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { ExitWith } from "../../../src/commands/exit.ts";
import { pair } from "../../../src/commands/pair.ts";
import { isCodeOf } from "../../../src/domain/pairing.ts";
import { openPairingFile } from "../../../src/store/pairing-file.ts";
import { refusal } from "../../support/bot-api/faults.ts";
import type { BotApi } from "../../support/bot-api.ts";
import { type CommandPlace, createCommandRig, TOKEN } from "./place.ts";

const rig = (more: Readonly<Record<string, string>> = {}) =>
  createCommandRig((api: BotApi) => ({
    DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
    DWLD_BOT_TELEGRAM_API_ROOTS: api.root,
    ...more,
  }));
const file = (place: CommandPlace) => place.path("dwld-bot.db.pairing");
const shown = (place: CommandPlace) => [...place.printed.matchAll(/^ {4}(\S+)$/gm)].map(([, code = ""]) => code);

describe("pair()", () => {
  test("shows a code and where to send it, and keeps only its digest, in a private file", async () => {
    await using world = rig();
    const { place } = world;
    expect(await pair({}, place)).toBe(0);
    const [code = ""] = shown(place);
    expect(place.printed).toBe(`Send this code to @my_bot, in a private chat. Whoever sends it first becomes an admin:

    ${code}

Or open https://t.me/my_bot?start=${code} and press Start.
It works once, within an hour, while the bot is running; five wrong tries cancel it, and so does a new code.
`);
    expect(statSync(file(place)).mode & 0o777).toBe(0o600);
    expect(readFileSync(file(place), "utf8").toUpperCase()).not.toContain(code.slice(0, 4));
    const begun = openPairingFile(file(place)).begun();
    expect(begun && isCodeOf(code, begun)).toBe(true);
  });

  test("makes a new code each time, and only the last one is valid", async () => {
    await using world = rig();
    const { place } = world;
    await pair({}, place);
    await pair({}, place);
    const codes = shown(place);
    const begun = openPairingFile(file(place)).begun();
    expect(codes.map((code) => begun && isCodeOf(code, begun))).toEqual([false, true]);
  });

  test("speaks Russian if the environment does, and works without Telegram", async () => {
    await using world = rig({ LANG: "ru_RU.UTF-8", DWLD_BOT_TELEGRAM_API_ROOTS: "http://127.0.0.1:9" });
    await pair({}, world.place);
    expect(world.place.printed).toMatch(
      /^Отправьте боту этот код в личном чате\..*\n\n {4}\S+\n\nОн сработает один раз в течение часа/,
    );
  });

  test("begins no pairing if Telegram refuses the token or the file cannot be written", async () => {
    await using world = rig();
    const { place } = world;
    world.api.fail("getMe", refusal(401, "Unauthorized"), { times: 1 });
    const failure = await pair({}, place).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ExitWith);
    expect([failure instanceof ExitWith && failure.code, existsSync(file(place))]).toEqual([78, false]);
    mkdirSync(file(place));
    writeFileSync(`${file(place)}/x`, "");
    const blocked = await pair({}, place).catch((error: unknown) => error);
    expect(blocked instanceof ExitWith && blocked.message).toContain(`${file(place)} cannot be written`);
    expect(shown(place)).toEqual([]);
  });
});
