import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downloader } from "../../../src/commands/downloader.ts";
import { spellJoinCode } from "../../../src/domain/join-code.ts";
import { startTestApp } from "../../support/app.ts";
import { startAria2Answers } from "../../support/back-end/aria2-answers.ts";
import { reservePort } from "../../support/reserved-port.ts";

const SECRET = "a secret that nobody prints";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "dwld-check-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

async function check(written: Parameters<typeof downloader>[0], secret = SECRET, more: Record<string, string> = {}) {
  let said = "";
  const write = (text: string) => {
    said += text;
  };
  const env = { DWLD_BOT_BACKEND_SECRET: secret, ...more };
  const code = await downloader({ dir: "films", check: true, language: "en", ...written }, { env, cwd, write });
  return { code, said };
}

describe("dwld-bot downloader --check", () => {
  test("says which program accepts the secret, and that the bot answers; changes nothing", async () => {
    await using app = await startTestApp();
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: cwd });
    const { code, said } = await check({ backend: "aria2", "backend-url": aria2.url, bot: app.address });
    expect(said).toContain(`aria2 1.36.0 answers at ${aria2.url}, and lets the server in`);
    expect(said).toContain(`aria2 saves files in ${cwd}, and this machine has that folder`);
    expect(said).toContain(`The bot answers at ${app.address}`);
    expect(said).toMatch(/\nAll is well\.\n$/);
    expect(code).toBe(0);
    expect(existsSync(join(cwd, "films"))).toBe(false);
  });

  test("warns of options that have no effect for the program", async () => {
    await using app = await startTestApp();
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: cwd });
    const given = { backend: "aria2", "backend-url": aria2.url, rate: "2M", bot: app.address };
    const { code, said } = await check(given);
    expect(said).toMatch(/^warn +--rate has no effect: aria2 downloads, and has its own settings\.$/m);
    expect(code).toBe(0);
  });

  test("says that the secret is wrong and what to do, without printing it", async () => {
    await using app = await startTestApp();
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: cwd });
    const wrong = "another secret";
    const { code, said } = await check({ backend: "aria2", "backend-url": aria2.url, bot: app.address }, wrong);
    expect(said).toContain("aria2 does not answer: Unauthorized");
    expect(said).toContain("--backend-secret-file");
    expect(said).not.toContain(wrong);
    expect(code).toBe(78);
  });

  test.each([
    ["refuses the secret", true, "secret"],
    ["does not answer", false, "program"],
  ])("gives the area of the failure in JSON: the program %s", async (_, isThere, area) => {
    await using app = await startTestApp();
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    using reserved = reservePort();
    const url = isThere ? aria2.url : `http://127.0.0.1:${reserved.port}/jsonrpc`;
    const options = { backend: "aria2", "backend-url": url, bot: app.address, json: true };
    const { code, said } = await check(options, "another secret");
    const { ok, findings } = JSON.parse(said);
    expect(findings.map((one: { area: string; level: string }) => [one.area, one.level])).toEqual([
      ["folder", "ok"],
      [area, "fail"],
      ["bot", "ok"],
    ]);
    expect({ ok, code }).toEqual({ ok: false, code: 78 });
  });

  test("says in Russian that neither the program nor the bot answers", async () => {
    using reserved = reservePort();
    const nowhere = `127.0.0.1:${reserved.port}`;
    const { code, said } = await check({
      backend: "aria2",
      "backend-url": `http://${nowhere}/jsonrpc`,
      bot: nowhere,
      language: "ru",
    });
    expect(said).toContain("aria2 не отвечает: ");
    // The sentence ends here: there is no advice that it would introduce.
    expect(said).toMatch(new RegExp(`Бот не отвечает по адресу ${nowhere}: .*ECONNREFUSED ${nowhere}\\.$`, "m"));
    expect(code).toBe(78);
  });

  test("uses the join code among systemd's credentials, unless its file is empty", async () => {
    const bytes = { fingerprint: Buffer.alloc(32), id: Buffer.alloc(8), secret: Buffer.alloc(16) };
    const code = spellJoinCode({ ...bytes, name: "home", addresses: [{ host: "192.0.2.1", port: 9977 }] });
    const handedOver = { CREDENTIALS_DIRECTORY: cwd };
    writeFileSync(join(cwd, "join-code"), `${code}\n`);
    expect(await check({ "yt-dlp": "sh" }, SECRET, handedOver)).toMatchObject({
      code: 0,
      said: expect.stringContaining("It has not joined the bot yet"),
    });
    await using app = await startTestApp();
    writeFileSync(join(cwd, "join-code"), "\n");
    const { said } = await check({ "yt-dlp": "sh", bot: app.address }, SECRET, handedOver);
    expect(said).toContain(`The bot answers at ${app.address}`);
  });

  test("fails if the file that identifies it to the bot is damaged", async () => {
    mkdirSync(join(cwd, "films/.dwld-bot"), { recursive: true });
    writeFileSync(join(cwd, "films/.dwld-bot/joined.json"), "{}");
    const { code, said } = await check({ "yt-dlp": "sh" });
    expect(said).toContain("joined.json");
    expect(code).toBe(78);
  });
});
