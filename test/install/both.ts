import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type FakeBot, fakeBot } from "./fakes.ts";
import { createRelease, type Machine } from "./machine.ts";

export const BIN = "usr/local/bin/dwld-bot";
export const BOT = "etc/systemd/system/dwld-bot.service";
export const UNINSTALLER = "usr/local/sbin/dwld-bot-uninstall";
export const UNIT = "etc/systemd/system/dwld-bot-downloader.service";
/** The file with the operator's choices. */
export const DROP_IN = `${UNIT}.d/override.conf`;

/** Installs a version of the fake bot. */
export function install(machine: Machine, bot: FakeBot, ...more: string[]) {
  return machine.run(["--from", createRelease(join(machine.elsewhere, bot.version), fakeBot(bot)), ...more]);
}

/** Installs the built-in downloader, and expects it to become ready. */
export async function downloaderRuns(machine: Machine, ...more: string[]): Promise<void> {
  const { code, said } = await install(machine, { version: "1.0.0" }, "--downloader", ...more);
  if (code !== 0) throw new Error(said);
  machine.told();
}

/** Installs the bot, and expects it to become ready. */
export async function botRuns(machine: Machine): Promise<void> {
  machine.write("etc/dwld-bot/config.yaml", "telegram: { admins: [7] }\n", 0o640);
  const { code, said } = await install(machine, { version: "1.0.0" });
  if (code !== 0) throw new Error(said);
  machine.told();
}

/** The options that the built-in downloader was started with. */
export function startedWith(machine: Machine): string[] {
  return readFileSync(join(machine.root, "../options"), "utf8").trimEnd().split("\n");
}

/** The credential of this name that systemd handed over when it started the downloader; undefined if there was none. */
export function handedOver(machine: Machine, name: string): string | undefined {
  const path = join(machine.root, "../credentials.dwld-bot-downloader", name);
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

/** The paths of all files, without folders. */
export function files(machine: Machine): string[] {
  return Object.entries(machine.tree()).flatMap(([path, entry]) => (entry.startsWith("file") ? [path] : []));
}
