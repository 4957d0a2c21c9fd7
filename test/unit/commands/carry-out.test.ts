import { expect, test } from "bun:test";
import { parseCli } from "../../../src/cli.ts";
import { carryOut } from "../../../src/commands/carry-out.ts";
import { version } from "../../../src/version.ts";
import { words } from "../../../src/words/words.ts";
import { createCommandPlace } from "./place.ts";

async function carried(env: Readonly<Record<string, string>>, ...argv: string[]) {
  using place = createCommandPlace(env);
  const invocation = parseCli(argv, words.en.cli);
  if ("usage" in invocation) throw new Error(invocation.usage);
  const code = await carryOut(invocation, place).catch((error: Error) => error.message.replaceAll(place.cwd, "."));
  return { code, printed: place.printed };
}

test("--version prints the version, and help prints the usage in the operator's language", async () => {
  expect(await carried({}, "--version")).toEqual({ code: 0, printed: `dwld-bot ${version}\n` });
  expect((await carried({}, "help")).printed).toContain("Usage: dwld-bot");
  expect((await carried({ LANG: "ru_RU.UTF-8" }, "help")).printed).toContain("Запуск: dwld-bot");
});

test("a command gets its arguments, with and without a flag", async () => {
  const env = { DWLD_BOT_TELEGRAM_TOKEN: "123456:a-token-of-a-bot", DWLD_BOT_TELEGRAM_ADMINS: "1" };
  const { code } = await carried(env, "backup", "copy.db");
  expect(code).toContain("There is no database at ./dwld-bot.db");
  expect((await carried(env, "conformance", "no-port")).code).toContain("conformance needs an address with a port");
  expect((await carried({}, "import", "--from", "none")).code).toBe("There is no ./none.");
  expect((await carried({}, "import", "none")).code).toBe("There is no ./none.");
});
