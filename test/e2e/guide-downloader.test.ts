import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestApp, type TestApp, USER } from "../support/app.ts";
import { eachText } from "../support/output.ts";
import { createWatch } from "../support/watch.ts";

const SCRIPT = join(import.meta.dir, "../../docs/examples/downloader.mjs");
const FILM = "https://youtube.com/watch?v=1";
/** Stands for yt-dlp: prints its progress, then waits until somebody opens the gate. */
const FETCH = [
  "sh",
  "-c",
  'echo "[download]  42.5% of 10MiB"; read -r _ < "$0"; echo "$2 lines of $1" > "$3/film.mp4"',
];
const FAIL = ["sh", "-c", "echo 'ERROR: no such film' >&2; exit 1"];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dwld-guide-"));
  Bun.spawnSync(["mkfifo", join(folder, "gate")]);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The example as a reader starts it; the token is only needed where the bot has one. */
function startExample(app: TestApp, command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const flags = ["--name", "nas", "--roots", "youtube.com", "--bot", app.address, "--listen", "127.0.0.1:0"];
  const child = Bun.spawn(
    ["node", SCRIPT, ...flags, "--folder", join(folder, "films"), "--", ...command, "{link}", "{lines}", "{folder}"],
    { cwd: folder, env: { PATH: process.env.PATH, ...env }, stdout: "pipe", stderr: "pipe" },
  );
  const watch = createWatch();
  let output = "";
  const collect = (text: string) => {
    output += text;
    watch.changed();
  };
  void Promise.all([eachText(child.stdout, collect), eachText(child.stderr, collect)]);
  return {
    says: (text: string) =>
      watch.until(() => output.includes(text) || undefined, {
        what: `the example to say "${text}"`,
        seen: () => output,
      }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
      watch.close();
    },
  };
}

const fetchThroughGate = () => [...FETCH, join(folder, "gate")];
const openGate = () => writeFileSync(join(folder, "gate"), "\n");
const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const downloaded = () => join(folder, "films/[ann] serials/film.mp4");

describe("the downloader of the guide", () => {
  test("registers, downloads a link in the chosen quality and folder, and the owner is told that it is ready", async () => {
    await using app = await startTestApp({ DWLD_BOT_FOLDERS: "serials", DWLD_BOT_QUALITY_DEFAULT: "720" });
    await using example = startExample(app, fetchThroughGate());
    await example.says("Registered as nas");
    ann(app).sends(FILM);
    const status = await liveStatus(app);
    expect(status.text).toContain("42 %");
    openGate();
    await app.api.message(USER, ({ text }) => text.includes("is ready"));
    expect(readFileSync(downloaded(), "utf8")).toBe(`720 lines of ${FILM}\n`);
  });

  test("starts its unfinished downloads again after it was killed", async () => {
    await using app = await startTestApp({ DWLD_BOT_FOLDERS: "serials" });
    const person = ann(app);
    {
      await using first = startExample(app, fetchThroughGate());
      await first.says("Registered as nas");
      person.sends(FILM);
      await liveStatus(app);
    }
    await using second = startExample(app, fetchThroughGate());
    await second.says("Registered as nas");
    openGate();
    await second.says(`Done: ${FILM}`);
    expect(existsSync(downloaded())).toBe(true);
  });

  test("reports a failure in the program's words", async () => {
    await using app = await startTestApp();
    await using example = startExample(app, FAIL);
    await example.says("Registered as nas");
    ann(app).sends(FILM);
    await example.says(`ERROR: no such film: ${FILM}`);
    await app.api.message(USER, ({ text }) => text.includes("ERROR: no such film"));
  });

  test("says which program is missing", async () => {
    await using app = await startTestApp();
    await using example = startExample(app, ["no-such-program"]);
    await example.says("Registered as nas");
    ann(app).sends(FILM);
    await app.api.message(USER, ({ text }) => text.includes("no-such-program is not installed"));
  });

  test("stops a download that is removed", async () => {
    await using app = await startTestApp({ DWLD_BOT_FOLDERS: "serials" });
    await using example = startExample(app, fetchThroughGate());
    await example.says("Registered as nas");
    const person = ann(app);
    person.sends(FILM);
    await liveStatus(app);
    person.sends(`/remove ${FILM}`);
    await app.api.message(person, ({ text }) => text.includes("Removed from"));
    expect(JSON.parse(readFileSync(join(folder, "films/list.json"), "utf8"))).toEqual([]);
  });

  test("sends the bot's token if it has one, and tries again until it is accepted", async () => {
    await using app = await startTestApp({ DWLD_BOT_GRPC_TOKEN: "sesame" });
    await using stranger = startExample(app, FAIL);
    await stranger.says("The bot does not accept the registration: The registration token is missing or wrong");
    await using friend = startExample(app, FAIL, { DWLD_BOT_TOKEN: "sesame" });
    await friend.says("Registered as nas");
  });
});

/** /status once it shows that the download runs; it keeps itself up to date. */
async function liveStatus(app: TestApp) {
  const person = ann(app);
  person.sends("/status");
  return app.api.message(person, ({ text }) => text.includes("%"), { what: "/status with the running download" });
}
