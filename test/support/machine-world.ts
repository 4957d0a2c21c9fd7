import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { TOKEN } from "./binary.ts";
import { startBotApi } from "./bot-api.ts";

/*
 * Runs the shell script that it is given in a folder, beside a Telegram and a page of releases of its own: it is started where
 * nothing else of this machine can be reached. Run: bun test/support/machine-world.ts FOLDER SCRIPT. Ends as the script does.
 */

const [, , folder = "", script = ""] = process.argv;
mkdirSync(folder, { recursive: true });
await using api = startBotApi({ token: TOKEN, username: "my_bot" });
await using releases = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  // `latest/download/FILE` and `download/v0.1.0/FILE`, of the only release.
  fetch: (request) =>
    new Response(Bun.file(join(folder, "release", new URL(request.url).pathname.split("/").at(-1) ?? ""))),
});
const child = Bun.spawn(["sh", "-c", script], {
  cwd: folder,
  env: {
    ...process.env,
    DWLD_BOT_TELEGRAM_API_ROOTS: api.root,
    RELEASES_PAGE: `http://127.0.0.1:${releases.port}`,
  },
  stdin: "ignore",
  stdout: "inherit",
  stderr: "inherit",
});
process.exitCode = await child.exited;
