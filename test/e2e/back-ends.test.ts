import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { conformance } from "../../src/commands/conformance.ts";
import { RemoteUnreachable } from "../../src/downloader/back-ends/remote.ts";
import { startDownloader } from "../../src/downloader/downloader.ts";
import { parseOptions } from "../../src/downloader/options.ts";
import { ADMIN } from "../support/app.ts";
import { ann, isThere, says, startBot, startNamed } from "../support/back-end/bridged.ts";
import { createFakeMetube } from "../support/back-end/metube.ts";
import { createProgram } from "../support/back-end/program.ts";
import { connect } from "../support/downloader/channel.ts";
import { startFileServer } from "../support/file-server.ts";
import { createRecordingLog } from "../support/recording-log.ts";
import { reservePort } from "../support/reserved-port.ts";
import { until } from "../support/until.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dwld-back-ends-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A downloader in front of this program. */
async function startBefore(program: ReturnType<typeof createProgram>) {
  const kinds = {
    program: {
      roots: ["*"],
      defaultUrl: "http://127.0.0.1:1",
      settings: [],
      asksFor: "secret" as const,
      create: () => program.remote,
    },
  };
  const written = { dir: folder, listen: "127.0.0.1:0", bot: "127.0.0.1:1", backend: "program" };
  const parsed = parseOptions(written, { cwd: folder, language: "en", kinds });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return await startDownloader(parsed.options, { log: createRecordingLog() });
}

test("a downloader in front of another program passes the conformance check", async () => {
  const program = createProgram();
  await using home = await startBefore(program);
  await program.called("health");
  let printed = "";
  const write = (text: string) => {
    printed += text;
  };
  const wait = async () => undefined;
  const code = await conformance({ address: `127.0.0.1:${home.address.port}`, wait }, { env: {}, write });
  expect({ code, printed }).toEqual({ code: 0, printed: expect.not.stringMatching(/^(warn|fail)/m) });
});

test('a downloader whose program answers "too many requests" takes no new link, and answers everything else', async () => {
  const program = createProgram();
  await using home = await startBefore(program);
  using bot = connect(home.address);
  const submission = (link: string) => ({ link, user_name: "[ann] a/b", max_quality: 720 });
  expect((await bot.call("SetToQueue", submission("https://films.example/1"))).error).toBeUndefined();
  await program.has("https://films.example/1");
  const healthSays = (words: string) => until(`the health says "${words}"`, () => home.health().includes(words));
  await healthSays("downloading: 1");
  program.becomes("https://films.example/1", { state: "waiting" });
  await healthSays("downloading: 0");
  program.fails(new RemoteUnreachable("HTTP 429", { isHarmless: true }));
  await healthSays("HTTP 429");
  const { error } = await bot.call("SetToQueue", submission("https://films.example/2"));
  expect(error).toMatchObject({ code: status.FAILED_PRECONDITION, details: "program does not answer: HTTP 429" });
  const again = await bot.call("SetToQueue", submission("https://films.example/1"));
  expect(again.error?.code).toBe(status.ALREADY_EXISTS);
  expect((await bot.call("Queue")).reply).toMatchObject({
    tasks: [{ link: "https://films.example/1", status: "NEW", message: "program does not answer: HTTP 429" }],
  });
  expect((await bot.call("Healtheck")).reply).toEqual({ message: "program does not answer: HTTP 429" });
});

test("a link for a program that is away waits without an attempt, admins are told once, and it goes when it is back", async () => {
  await using site = await startFileServer();
  site.serves("/film.mp4", { bytes: Buffer.from("a film") });
  // A single attempt would be its last.
  await using app = await startBot({ DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" });
  using place = reservePort();
  const metube = createFakeMetube(join(folder, "metube"), { port: place.port });
  const written = { backend: "metube", "backend-url": metube.url.href };
  await metube.kill();
  await using films = await startNamed("films", { home: folder, bot: app.address, written });
  await isThere(app, "films");
  await until("the server notices that MeTube is away", () => films.health().includes("MeTube does not answer"));
  ann(app).sends(`${site.root}/film.mp4`);
  await says(app, /“films” cannot be reached/);
  const alarm = await app.api.message(ADMIN, ({ text }) => /“films” .*does not answer/.test(text));
  metube.start();
  await says(app, /film\.bin is ready/);
  await app.api.message(ADMIN, ({ text }) => /“films” .*is back/.test(text));
  expect(alarm.text).toContain("1 link");
  const silences = app.api.messages(ADMIN).filter(({ text }) => /“films” .*does not answer/.test(text));
  expect(silences).toHaveLength(1);
  await metube.kill();
});
