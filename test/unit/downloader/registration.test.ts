import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Server, ServerCredentials, type ServerWritableStream, type sendUnaryData, status } from "@grpc/grpc-js";
import type { KnownBot } from "../../../src/downloader/bot-identity.ts";
import { startRegistration } from "../../../src/downloader/registration.ts";
import { type BotServerOptions, createBotServer } from "../../../src/grpc/bot-server.ts";
import { loadServices } from "../../../src/grpc/proto.ts";
import { createAuthority, hasOpenssl } from "../../support/authority.ts";
import { createClock } from "../../support/clock.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { reservePort } from "../../support/reserved-port.ts";
import { createWatch } from "../../support/watch.ts";

const HOME = { name: "home", roots: ["*"], host: "127.0.0.1", port: 50_051 };

/** A bot that opens and closes at one address. */
function createBot() {
  const reserved = reservePort();
  const watch = createWatch();
  let registrations = 0;
  const log = createRecordingLog();
  return {
    address: { host: "127.0.0.1", port: reserved.port },
    async opens({ token, tls }: Pick<BotServerOptions, "token" | "tls"> = {}) {
      const register = () => {
        registrations += 1;
        watch.changed();
      };
      const server = await createBotServer({
        listen: { host: "127.0.0.1", port: reserved.port },
        register,
        token,
        tls,
        log,
      });
      server.setServing(true);
      return server;
    },
    registrations: () => registrations,
    registers: (times: number) =>
      watch.until(() => registrations >= times || undefined, {
        what: `registration ${times}`,
        seen: () => `There were ${registrations}`,
      }),
    [Symbol.dispose]: () => reserved[Symbol.dispose](),
  };
}

function start(
  bot: Pick<ReturnType<typeof createBot>, "address">,
  {
    isAway = () => false,
    ...shown
  }: Partial<Pick<KnownBot, "token" | "botCa" | "tls">> & { isAway?: () => boolean } = {},
) {
  const clock = createClock();
  const { promise: watches, resolve } = Promise.withResolvers<void>();
  const log = { ...createRecordingLog(), debug: () => resolve() };
  const registration = startRegistration({
    known: { bot: bot.address, botCa: undefined, isBotPinned: false, tls: undefined, token: undefined, ...shown },
    registration: HOME,
    isAway,
    log,
    wait: clock.wait,
    now: clock.now,
    random: () => 0,
  });
  return { clock, log, watches, [Symbol.asyncDispose]: () => registration[Symbol.asyncDispose]() };
}

test("startRegistration() tries until the bot is there", async () => {
  using bot = createBot();
  await using downloader = start(bot);
  const first = await downloader.clock.sleeping(1, 60_000);
  downloader.clock.advance(first);
  const second = await downloader.clock.sleeping(first + 1, 60_000);
  await using _server = await bot.opens();
  downloader.clock.advance(second);
  await bot.registers(1);
});

test("startRegistration() registers again when the bot was away, and after an hour in any case", async () => {
  using bot = createBot();
  const before = await bot.opens();
  await using downloader = start(bot);
  await bot.registers(1);
  await downloader.watches;
  await before.stop();
  await using _after = await bot.opens();
  downloader.clock.advance(await downloader.clock.sleeping(1, 60_000));
  await bot.registers(2);
  await downloader.clock.sleeping(3_600_000);
  downloader.clock.advance(3_600_000);
  downloader.clock.advance(await downloader.clock.sleeping(1, 60_000));
  await bot.registers(3);
});

test("startRegistration() does not take a bot without room for watchers for gone, and registers again after an hour", async () => {
  const services = loadServices();
  const server = new Server();
  let registrations = 0;
  const watch = createWatch();
  server.addService(services.bot, {
    RegisterDownloader(_call: unknown, answer: sendUnaryData<object>) {
      registrations += 1;
      watch.changed();
      answer(null, {});
    },
  });
  const refuse = (call: ServerWritableStream<unknown, object>) =>
    void call.emit("error", { code: status.RESOURCE_EXHAUSTED, details: "Too many watchers" });
  server.addService(services.health, { Check: () => {}, Watch: refuse });
  using reserved = reservePort();
  const address = { host: "127.0.0.1", port: reserved.port };
  const { promise: listens, resolve } = Promise.withResolvers<unknown>();
  server.bindAsync(`${address.host}:${address.port}`, ServerCredentials.createInsecure(), resolve);
  expect(await listens).toBe(null);
  const downloader = start({ address });
  try {
    const backsOff = downloader.clock.sleeping(1, 60_000);
    expect(await Promise.race([downloader.watches, backsOff])).toBeUndefined();
    await downloader.clock.sleeping(3_600_000);
    downloader.clock.advance(3_600_000);
    // As after a watch that has lasted.
    downloader.clock.advance(await backsOff);
    await watch.until(() => registrations === 2 || undefined, {
      what: "two registrations",
      seen: () => `${registrations}`,
    });
  } finally {
    await downloader[Symbol.asyncDispose]();
    server.forceShutdown();
  }
});

test("startRegistration() does not register again while its program is away", async () => {
  using bot = createBot();
  await using _server = await bot.opens();
  let isAway = true;
  await using downloader = start(bot, { isAway: () => isAway });
  await bot.registers(1);
  await downloader.clock.sleeping(3_600_000);
  downloader.clock.advance(3_600_000);
  downloader.clock.advance(await downloader.clock.sleeping(1, 1_600));
  downloader.clock.advance(await downloader.clock.sleeping(5_000));
  await downloader.clock.sleeping(5_000);
  expect(bot.registrations()).toBe(1);
  isAway = false;
  downloader.clock.advance(5_000);
  await bot.registers(2);
});

test("startRegistration() sends the token, and logs the bot's reason when it is refused", async () => {
  using bot = createBot();
  await using _server = await bot.opens({ token: "sesame" });
  await using stranger = start(bot);
  await stranger.clock.sleeping(1, 60_000);
  expect(stranger.log.lines).toMatchObject([
    { level: "warn", fields: { problem: "The registration token is missing or wrong" } },
  ]);
  await using _friend = start(bot, { token: "sesame" });
  await bot.registers(1);
});

test.skipIf(!hasOpenssl)("startRegistration() registers over TLS with its certificate", async () => {
  using authority = createAuthority();
  const botCa = readFileSync(authority.caFile);
  using bot = createBot();
  const tls = authority.issue("bot", "/CN=bot", "-addext", "subjectAltName=IP:127.0.0.1");
  await using _server = await bot.opens({ tls: { ...tls, clientCa: botCa } });
  await using _downloader = start(bot, { botCa, tls: authority.issue("home", "/CN=home") });
  await bot.registers(1);
});

test.skipIf(!hasOpenssl).each([
  ["another authority's", "unable to verify"],
  ["expired", "certificate has expired"],
  ["of another host", "does not match certificate's altnames"],
  ["not there", "WRONG_VERSION_NUMBER"],
])("startRegistration() sends nothing, not even the token, to a bot whose certificate is %s", async (which, why) => {
  using ours = createAuthority();
  using theirs = createAuthority();
  const here = ["-addext", "subjectAltName=IP:127.0.0.1"];
  const issued = new Map([
    ["another authority's", () => theirs.issue("bot", "/CN=bot", ...here)],
    ["expired", () => ours.issueExpired("bot", "/CN=bot")],
    ["of another host", () => ours.issue("bot", "/CN=bot", "-addext", "subjectAltName=IP:127.0.0.2")],
  ]);
  const tls = issued.get(which)?.();
  using bot = createBot();
  await using _server = await bot.opens({ tls });
  await using downloader = start(bot, { botCa: readFileSync(ours.caFile), token: "sesame" });
  await downloader.clock.sleeping(1, 60_000);
  expect(downloader.log.lines).toMatchObject([{ level: "warn", fields: { problem: expect.stringContaining(why) } }]);
  expect(bot.registrations()).toBe(0);
});
