import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "../../../src/commands/command-context.ts";
import { type BotApi, startBotApi } from "../../support/bot-api.ts";

/** A folder to run a command in; `printed` is the command's output. */
export interface CommandPlace extends CommandContext, Disposable {
  readonly printed: string;
  path(name: string): string;
}

export function createCommandPlace(env: Readonly<Record<string, string>> = {}): CommandPlace {
  const cwd = mkdtempSync(join(tmpdir(), "dwld-bot-command-"));
  let printed = "";
  return {
    env,
    cwd,
    write: (text) => (printed += text),
    get printed() {
      return printed;
    },
    path: (name) => join(cwd, name),
    [Symbol.dispose]: () => rmSync(cwd, { recursive: true, force: true }),
  };
}

export const TOKEN = "123456789:TEST-token-that-must-never-be-printed-anywhere";

/** A folder to run a command in, with a Bot API that knows `TOKEN`; the environment may depend on its address. */
export function createCommandRig(
  envFor: (api: BotApi) => Readonly<Record<string, string>>,
): { readonly api: BotApi; readonly place: CommandPlace } & AsyncDisposable {
  const api = startBotApi({ token: TOKEN, username: "my_bot" });
  const place = createCommandPlace(envFor(api));
  return {
    api,
    place,
    async [Symbol.asyncDispose]() {
      place[Symbol.dispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}
