import { randomBytes } from "node:crypto";
import type { Config } from "../config/config.ts";
import { PAIRING_BYTES, pairingCodeOf, pairingOf } from "../domain/pairing.ts";
import { StoreUnavailable } from "../domain/storage.ts";
import { pairingFileOf, writePairing } from "../store/pairing-file.ts";
import { openEndpoints } from "../telegram/api/endpoints.ts";
import type { CommandWords } from "../words/words.ts";
import { type CommandContext, loadOwnConfig, ownWords } from "./command-context.ts";
import { EXIT, type Exit, ExitWith, exitFor } from "./exit.ts";
import { verifyToken } from "./verify-token.ts";

/**
 * Begins a pairing, even while the bot is running, and prints its code: the first person to send it to the bot becomes an admin. Throws
 * `ConfigError` and `ExitWith`; then no pairing was begun, and the previous one still holds.
 */
export async function pair(of: { config?: string | undefined }, context: CommandContext): Promise<Exit> {
  const words = ownWords(of.config, context);
  const config = loadOwnConfig(of.config, context);
  const bot = await askForName(config, words.init);
  const code = beginPairing(config.store.path, words.pair);
  const { pair: said } = words;
  const lines = [
    bot === "" ? said.send : said.sendTo(bot),
    ...["", `    ${code}`, ""],
    ...(bot === "" ? [] : [said.link(`https://t.me/${bot}?start=${code}`)]),
    said.ends,
  ];
  context.write(`${lines.join("\n")}\n`);
  return EXIT.stopped;
}

/** Returns the code, which is stored nowhere else. Throws `ExitWith`. */
function beginPairing(databasePath: string, words: CommandWords["pair"]): string {
  const path = pairingFileOf(databasePath);
  const code = pairingCodeOf(randomBytes(PAIRING_BYTES));
  const pairing = pairingOf(code, { salt: randomBytes(16).toString("hex"), madeAt: Date.now() });
  if (pairing === undefined) throw new Error("Our own code does not parse");
  try {
    writePairing(path, pairing);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new ExitWith(exitFor(error.code), words.failed(path, error.code));
  }
  return code;
}

/** Empty if Telegram cannot be asked now. Throws `ExitWith` for a token that it refuses: nobody could send the code. */
async function askForName({ telegram }: Config, words: CommandWords["init"]): Promise<string> {
  using endpoints = openEndpoints({ roots: telegram.api_roots, proxies: telegram.proxies });
  const verdict = await verifyToken(telegram.token, endpoints.all);
  if (verdict.kind === "unknown_token") throw new ExitWith(EXIT.config, `${words.unknownToken} ${words.tokenAdvice}`);
  return verdict.kind === "known" ? verdict.username : "";
}
