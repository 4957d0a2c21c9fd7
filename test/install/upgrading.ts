import { install } from "./both.ts";
import type { FakeBot } from "./fakes.ts";
import { createMachine, type Machine } from "./machine.ts";

/** The bot's database under its default name. */
export const DB = "var/lib/dwld-bot/dwld-bot.db";

/** A machine with a running bot. */
export async function running(bot: FakeBot): Promise<Machine> {
  const machine = createMachine();
  machine.write("etc/dwld-bot/config.yaml", "telegram: { admins: [7] }\n", 0o640);
  machine.write("etc/dwld-bot/telegram-token", "7:mine\n", 0o600);
  const { code, said } = await install(machine, bot);
  if (code !== 0) throw new Error(said);
  machine.told();
  return machine;
}

/** The paths of the databases among the backups. */
export function backups(machine: Machine): string[] {
  return Object.keys(machine.tree()).filter((path) => path.endsWith(".db") && path.includes("/backups/"));
}
