import { readFileSync } from "node:fs";
import { join } from "node:path";

const UNIT = join(import.meta.dir, "../../../dwld-bot.service");

/** The variables that dwld-bot.service gives to the bot: everything that is measured has them, also what the bot is compared with. */
export const SERVICE_ENV: Readonly<Record<string, string>> = Object.fromEntries(
  readFileSync(UNIT, "utf8")
    .matchAll(/^Environment=(\w+)=(\S+)$/gm)
    .map(([, name = "", value = ""]) => [name, value]),
);
