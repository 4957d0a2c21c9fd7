import { addServer } from "../../src/commands/add-server.ts";
import { parseJoinCode, spellJoinCode } from "../../src/domain/join-code.ts";
import { startDownloader } from "../../src/downloader/downloader.ts";
import { withMembership } from "../../src/downloader/joining.ts";
import { parseOptions } from "../../src/downloader/options.ts";
import { ADMIN, type TestApp, TOKEN } from "./app.ts";
import { createRecordingLog } from "./recording-log.ts";

/** What `dwld-bot add-server` prints while the bot is running; resolves once the bot has noticed. */
export async function printedBy(app: TestApp, of: { name: string; address?: string }): Promise<string> {
  let printed = "";
  const { store, grpc } = app.config;
  const env = {
    DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
    DWLD_BOT_TELEGRAM_ADMINS: String(ADMIN),
    DWLD_BOT_STORE_PATH: store.path,
    DWLD_BOT_GRPC_JOIN_LISTEN: `${grpc.join.listen.host}:${grpc.join.listen.port}`,
  };
  await addServer(of, { env, cwd: "/", write: (text) => (printed += text) });
  await app.logs("Servers can join");
  return printed;
}

/** The code of the printed line. */
export function codeIn(printed: string): string {
  const [, code] = /^dwld-bot downloader --dir downloads --join (\S+)$/m.exec(printed) ?? [];
  if (code === undefined) throw new Error(`There is no line to run in:\n${printed}`);
  return code;
}

/** The same code with some content changed. */
export function changed(code: string, change: Partial<Parameters<typeof spellJoinCode>[0]>): string {
  const read = parseJoinCode(code);
  if (!read.ok) throw new Error(`The code is ${read.why}`);
  return spellJoinCode({ ...read.code, ...change });
}

type Written = Readonly<Record<string, string | boolean>> & { readonly dir: string };

/** The built-in downloader as its command starts it; what keeps it from starting is thrown with its text. */
export async function startJoining(written: Written, language: "en" | "ru" = "en") {
  const { options, log } = await joinOnly(written, language);
  return startDownloader(options, { log });
}

/** The same, ended before it registers. */
export async function joinOnly(written: Written, language: "en" | "ru" = "en") {
  const quick = { listen: "127.0.0.1:0", "allow-private": true, "min-free": "0" };
  const parsed = parseOptions({ ...quick, ...written }, { cwd: written.dir, language });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  const log = createRecordingLog();
  const stop = new AbortController().signal;
  const joined = await withMembership(
    { ...parsed.options, ytDlp: undefined },
    // What is missing comes at once or not at all.
    { log, wait: async () => {}, now: Date.now, random: Math.random, stop },
  );
  if (!joined.ok) throw new Error(joined.problem);
  return { options: joined.options, log };
}
