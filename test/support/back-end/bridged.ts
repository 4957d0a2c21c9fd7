import { expect } from "bun:test";
import { join } from "node:path";
import { conformance } from "../../../src/commands/conformance.ts";
import { startDownloader } from "../../../src/downloader/downloader.ts";
import { parseOptions, type WrittenOptions } from "../../../src/downloader/options.ts";
import { ADMIN, startTestApp, type TestApp, USER } from "../app.ts";
import { createRecordingLog } from "../recording-log.ts";

/** A percentage in the chat that is above zero. */
export const PERCENT = /[1-9]\d? %/;

/** The bot, with an admin who is told about new servers. */
export async function startBot(env: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  // A server whose program is away is only asked for its health until it is back.
  const app = await startTestApp({ DWLD_BOT_LINKS_ALLOW_PRIVATE: "true", ...env }, { healthEveryMs: 50 });
  app.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
  return app;
}

export const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });

/** A magnet only counts as a link once a server takes it. */
export const isThere = (app: TestApp, name: string) =>
  app.api.message(ADMIN, ({ text }) => text.includes(`New server “${name}”`));

/** Resolves with a message of the bot to Ann. */
export const says = (app: TestApp, part: RegExp) =>
  app.api.message(USER, ({ byBot, text }) => byBot && part.test(text), { what: String(part) });

/**
 * Resolves with the news that a file of this name is ready, alone or among others; a prompt and the list of what is in work may contain the
 * name too.
 */
export const saysReady = (app: TestApp, file: string) => says(app, new RegExp(`✅[^]*${RegExp.escape(file)}`));

/** A downloader as its command starts it, with its list in a folder of `home`; without the yt-dlp that this machine may have. */
export async function startNamed(
  name: string,
  of: { home: string; bot: string; written?: WrittenOptions; secret?: string | undefined },
) {
  const given = { dir: join(of.home, name), bot: of.bot, name, listen: "127.0.0.1:0" };
  const all = { ...given, "allow-private": true, "min-free": "0", ...of.written };
  const parsed = parseOptions(all, { cwd: of.home, language: "en", backEndSecret: of.secret });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return startDownloader({ ...parsed.options, ytDlp: undefined }, { log: createRecordingLog() });
}

/** Expects that it passes `dwld-bot conformance` without warnings. */
export async function expectConformance({ address }: { address: { port: number } }): Promise<void> {
  let printed = "";
  const write = (text: string) => {
    printed += text;
  };
  const wait = async () => undefined;
  const code = await conformance({ address: `127.0.0.1:${address.port}`, wait }, { env: {}, write });
  expect({ code, printed }).toEqual({ code: 0, printed: expect.not.stringMatching(/^(warn|fail)/m) });
}
