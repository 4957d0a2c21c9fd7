import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ADMIN, startTestApp, USER } from "../support/app.ts";
import { type Authority, createAuthority, hasOpenssl } from "../support/authority.ts";
import { startDownloader } from "../support/downloader.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const TOKEN = "a-token-for-downloaders";

describe.skipIf(!hasOpenssl)("a server that the config calls over TLS", () => {
  let authority: Authority;
  beforeAll(() => {
    authority = createAuthority();
  });
  afterAll(() => authority[Symbol.dispose]());

  const startBot = (env: Record<string, string> = {}) =>
    startTestApp({ DWLD_BOT_GRPC_DOWNLOADERS: `[{ name: abroad, ca: ${authority.caFile} }]`, ...env });

  test("gets links over TLS, and is the only one that gets the token", async () => {
    await using app = await startBot({ DWLD_BOT_GRPC_TOKEN: TOKEN });
    const tls = authority.issue("abroad", "/CN=abroad");
    await using abroad = await startDownloader({ name: "abroad", roots: ["youtube.com"], tls });
    await using home = await startDownloader({ name: "home", roots: ["vk.com"] });
    const metadata = { authorization: `Bearer ${TOKEN}` };
    for (const one of [abroad, home]) await one.register(app.address, { metadata });
    const user = app.api.user({ id: USER, languageCode: "en" });
    for (const link of [VIDEO, "https://vk.com/video1"]) user.sends(link);
    await abroad.accepts(VIDEO);
    await home.accepts("https://vk.com/video1");
    expect(abroad.calls.map((call) => call.metadata.authorization)).toContain(metadata.authorization);
    expect(home.calls.map((call) => call.metadata.authorization)).not.toContain(metadata.authorization);
    expect(app.logged()).not.toContain(TOKEN);
  });

  test("is never called in plain text when somebody registers in its name; admins are told, and links wait for the real one", async () => {
    await using app = await startBot();
    app.api.user({ id: ADMIN, languageCode: "en" }).sends("/start");
    await using abroad = await app.downloader({ name: "abroad", tls: authority.issue("abroad", "/CN=abroad") });
    await using stranger = await startDownloader({ name: "Abroad" });
    await stranger.register(app.address);
    const user = app.api.user({ id: USER, languageCode: "en" });
    user.sends(VIDEO);
    const { text } = await app.api.message(ADMIN, ({ text }) => text.includes("certificate"));
    expect(text).toContain("“abroad” answers, but cannot prove its identity: its certificate is not the right one.");
    await abroad.register(app.address);
    await abroad.accepts(VIDEO);
    expect(stranger.calls).toEqual([]);
  });

  test("is also reported in Russian", async () => {
    await using app = await startBot();
    app.api.user({ id: ADMIN, languageCode: "ru" }).sends("/start");
    await using stranger = await startDownloader({ name: "abroad" });
    await stranger.register(app.address);
    app.api.user({ id: USER, languageCode: "ru" }).sends(VIDEO);
    const { text } = await app.api.message(ADMIN, ({ text }) => text.includes("сертификат"));
    expect(text).toContain("«abroad» отвечает, но не подтвердил, что это он: сертификат не подходит.");
  });
});
