import { expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { status } from "@grpc/grpc-js";
import type { KnownBot } from "../../../src/downloader/bot-identity.ts";
import { type Service, startServer } from "../../../src/downloader/server.ts";
import { classify, exchangeOf } from "../../../src/grpc/outcome.ts";
import { createAuthority, hasOpenssl } from "../../support/authority.ts";
import { call } from "../../support/downloader/channel.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const PLAIN: KnownBot = {
  tls: undefined,
  botCa: undefined,
  isBotPinned: false,
  bot: { host: "127.0.0.1", port: 9999 },
  token: undefined,
};
const EMPTY: Service = {
  away: () => undefined,
  take: () => "taken",
  drop() {},
  clean() {},
  list: () => [],
  markTold() {},
  status: () => ({ running: [], sensors: "" }),
  health: () => "idle",
};

const METHODS = ["SetToQueue", "DeleteFromQueue", "CleanHistory", "Status", "Queue", "Healtheck"];

async function start(known = PLAIN, connections = { inAll: 9, fromOneAddress: 9 }, service = EMPTY) {
  const log = createRecordingLog();
  const server = await startServer({ host: "127.0.0.1", port: 0 }, service, { known, connections, log });
  return { ...server, log };
}

test("startServer() hangs up on one connection too many, so that strangers cannot use up the descriptors", async () => {
  await using server = await start(PLAIN, { inAll: 2, fromOneAddress: 2 });
  const held = [];
  for (let nth = 0; nth < 2; nth += 1) held.push(connect(server.address));
  for (const socket of held) if (socket.connecting) await once(socket, "connect");
  const third = connect(server.address).resume();
  await once(third, "close");
  expect(server.log.lines).toMatchObject([{ level: "warn", fields: { caller: "127.0.0.1", open: 2 } }]);
  for (const socket of held) socket.destroy();
});

test.skipIf(!hasOpenssl)("startServer() logs whose call it refused and why, without the token", async () => {
  using authority = createAuthority();
  const tls = authority.issue("home", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost");
  await using server = await start({ ...PLAIN, tls, token: "sesame" });
  const { port } = server.address;
  const { error } = await call({ host: "localhost", port, ca: await Bun.file(authority.caFile).bytes() }, "Healtheck");
  expect(error?.code).toBe(status.UNAUTHENTICATED);
  expect(server.log.lines).toMatchObject([
    { level: "warn", fields: { caller: "127.0.0.1", problem: "The token is missing or wrong" } },
  ]);
});

test("startServer() makes every call look unsent while its program is away", async () => {
  let why: string | undefined = "aria2 does not answer: ConnectionRefused";
  await using server = await start(PLAIN, undefined, { ...EMPTY, away: () => why });
  const ask = async (method: string) => (await call({ port: server.address.port }, method)).error;
  for (const method of METHODS) {
    const { code = 0, details = "" } = (await ask(method)) ?? {};
    expect(classify({ code, details })).toMatchObject({ kind: "never_sent", detail: expect.stringContaining(why) });
    expect(exchangeOf({ code, details })).toBe("unconnected");
  }
  why = undefined;
  for (const method of METHODS) expect(await ask(method)).toBeUndefined();
});

test("startServer() removes a link even while its program is away, but carries out no other call", async () => {
  const done: string[] = [];
  const noting = (what: string) => () => void done.push(what);
  const take = () => {
    done.push("take");
    return "taken" as const;
  };
  const away = () => "aria2 does not answer: ConnectionRefused";
  const drop = (link: string) => void done.push(`drop ${link}`);
  await using server = await start(PLAIN, undefined, {
    ...EMPTY,
    away,
    drop,
    take,
    clean: noting("clean"),
    markTold: noting("told"),
  });
  for (const method of METHODS) {
    const { error } = await call({ port: server.address.port }, method, { link: "https://films.example/1" });
    expect(error?.code).toBe(status.UNAVAILABLE);
  }
  expect(done).toEqual(["drop https://films.example/1"]);
});
