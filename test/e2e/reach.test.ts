import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { startSocksBridge } from "../../src/telegram/api/socks-bridge.ts";
import { ADMIN, startTestApp, type TestApp, TOKEN, USER } from "../support/app.ts";
import { createAuthority, hasOpenssl } from "../support/authority.ts";
import { createBinaryRig, USERS } from "../support/binary.ts";
import { isAbout } from "../support/bot-api/message.ts";
import { startBotApi } from "../support/bot-api.ts";
import { startForwarder } from "../support/forwarder.ts";
import { startSocksProxy } from "../support/socks-proxy.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const portOf = (app: TestApp) => Number(new URL(app.api.root).port);
const promptsOf = (app: TestApp, link: string) =>
  app.api.messages(USER).filter((message) => message.byBot && isAbout(message, link));
const polls = (app: TestApp) => app.api.calls.filter(({ method }) => method === "getUpdates").length;

describe("reaching Telegram", () => {
  test("when the first root goes down, people are answered once through the second", async () => {
    await using app = await startTestApp(LATER);
    using first = startForwarder({ leadsTo: portOf(app) });
    const after = app.api.calls.length;
    await app.restart({ DWLD_BOT_TELEGRAM_API_ROOTS: `http://127.0.0.1:${first.port},${app.api.root}` });
    await app.api.waitFor(({ method }) => method === "getUpdates", { after });
    first.cut();
    ann(app).sends(VIDEO);
    await app.api.message(USER, (message) => message.byBot && isAbout(message, VIDEO));
    await app.api.settled();
    expect(promptsOf(app, VIDEO)).toHaveLength(1);
    expect(app.logged().match(/Reaching Telegram through/g)).toHaveLength(1);
    expect(app.logged()).not.toContain(TOKEN);
  });

  test("where Telegram cannot be reached directly, a SOCKS proxy with a password leads there", async () => {
    await using app = await startTestApp();
    using socks = startSocksProxy({ leadsTo: portOf(app), login: "me:its-password" });
    const nas = await app.downloader({ name: "nas" });
    const before = polls(app);
    await app.restart({
      DWLD_BOT_TELEGRAM_API_ROOTS: "http://telegram.invalid",
      DWLD_BOT_TELEGRAM_PROXIES: `socks5h://127.0.0.1:1,socks5h://me:its-password@${socks.address}`,
    });
    ann(app).sends(VIDEO);
    await nas.accepts(VIDEO);
    expect(polls(app)).toBeGreaterThan(before);
    const boss = app.api.user({ id: ADMIN, languageCode: "en" });
    boss.sends("/status");
    const status = await app.api.message(boss, ({ byBot, text }) => byBot && text.includes("Reaching Telegram:"));
    expect(status.text).toContain(`🟢 telegram.invalid through socks5h://${socks.address}`);
    expect(socks.asked.length).toBeGreaterThan(0);
    expect(new Set(socks.asked)).toEqual(new Set(["telegram.invalid:80"]));
    expect(app.logged()).toContain(`Reaching Telegram through telegram.invalid through socks5h://${socks.address}`);
    expect(app.logged()).not.toContain("its-password");
  });

  test("a root that does not know the token ends nothing while another root works", async () => {
    await using app = await startTestApp(LATER);
    await using stranger = startBotApi({ token: "987654321:another-token-of-another-bot-entirely" });
    await app.restart({ DWLD_BOT_TELEGRAM_API_ROOTS: `${stranger.root},${app.api.root}` });
    ann(app).sends(VIDEO);
    await app.api.message(USER, (message) => message.byBot && isAbout(message, VIDEO));
    expect(stranger.calls.length).toBeGreaterThan(0);
    expect(app.logged()).toContain("Unauthorized");
  });

  test.skipIf(!hasOpenssl)("a root with TLS is reached through a proxy with TLS", async () => {
    using authority = createAuthority();
    const tls = authority.issue("front", "/CN=front", "-addext", "subjectAltName=DNS:localhost,DNS:telegram.invalid");
    const command = [process.execPath, join(import.meta.dir, "../../src/main.ts")];
    await using outer = createBinaryRig();
    using front = startForwarder({ leadsTo: Number(new URL(outer.api.root).port), tls });
    using socks = startSocksProxy({ leadsTo: front.port });
    using proxy = startSocksBridge(`socks5h://${socks.address}`);
    const { username, password, port } = new URL(proxy.url);
    using proxyFront = startForwarder({ leadsTo: Number(port), tls });
    await using rig = createBinaryRig({
      command,
      config: {
        telegram: {
          token: TOKEN,
          admins: [1],
          users: USERS,
          api_roots: ["https://telegram.invalid"],
          proxies: [`https://${username}:${password}@localhost:${proxyFront.port}`],
        },
      },
    });
    const life = await rig.start({ NODE_EXTRA_CA_CERTS: authority.caFile });
    const nas = await rig.downloader(life, { name: "nas" });
    outer.api.user({ id: USERS[0] }).sends(VIDEO);
    await nas.accepts(VIDEO);
    expect(new Set(socks.asked)).toEqual(new Set(["telegram.invalid:443"]));
    expect(life.output).not.toContain(password);
  });
});
