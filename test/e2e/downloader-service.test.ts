import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spellJoinCode } from "../../src/domain/join-code.ts";
import { createBinaryRig } from "../support/binary.ts";
import { startNotifyReceiver } from "../support/notify-receiver.ts";
import { reservePort } from "../support/reserved-port.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");

test("under systemd the built-in downloader takes the token from its credentials, and reports readiness and status", async () => {
  const config = { grpc: { listen: "127.0.0.1:0", token: "sesame" } };
  await using rig = createBinaryRig({ command: [process.execPath, MAIN], config });
  const bot = await rig.start();
  const credentials = join(rig.folder, "credentials");
  mkdirSync(credentials);
  writeFileSync(join(credentials, "grpc-token"), "sesame\n");
  const socket = join(rig.folder, "notify");
  await using manager = await startNotifyReceiver(socket);
  const options = ["--dir", "films", "--name", "home", "--listen", "127.0.0.1:0", "--bot", await bot.address()];
  const life = rig.spawn({ NOTIFY_SOCKET: socket, CREDENTIALS_DIRECTORY: credentials }, ["downloader", ...options]);
  await life.says('Registered as "home"');
  const { lines } = await manager.gets("READY=1");
  expect(lines).toEqual(["READY=1", "STATUS=downloading: 0, waiting: 0"]);
  expect(await life.stop()).toBe(0);
  expect(manager.notices.at(-1)?.lines).toEqual(["STOPPING=1", "STATUS=Stopping"]);
});

test("without a token it accepts the empty file that systemd provides", async () => {
  await using rig = createBinaryRig({ command: [process.execPath, MAIN] });
  const bot = await rig.start();
  writeFileSync(join(rig.folder, "grpc-token"), "\n");
  const options = ["--dir", "films", "--name", "home", "--listen", "127.0.0.1:0", "--bot", await bot.address()];
  const life = rig.spawn({ CREDENTIALS_DIRECTORY: rig.folder }, ["downloader", ...options]);
  await life.says('Registered as "home"');
  expect(await life.stop()).toBe(0);
});

test.each([
  ["75, for another try, where the address comes later", ["--dir", "films", "--listen", "192.0.2.1:50051"], 75],
  ["78, for good, where the folder is a file", ["--dir", "config.yaml"], 78],
  ["64, for good, without a folder", [], 64],
])("it ends with %s", async (_, options, code) => {
  await using rig = createBinaryRig({ command: [process.execPath, MAIN] });
  const life = rig.spawn({}, ["downloader", ...options]);
  expect(await life.exited).toBe(code);
});

test("it ends with 75 where another one runs in the folder", async () => {
  await using rig = createBinaryRig({ command: [process.execPath, MAIN] });
  const options = ["downloader", "--dir", "films", "--listen", "127.0.0.1:0"];
  await rig.spawn({}, options).says("Listening");
  expect(await rig.spawn({}, options).exited).toBe(75);
});

test("it ends with 0 and prints no error when it is stopped while it joins", async () => {
  using nobody = reservePort();
  await using rig = createBinaryRig({ command: [process.execPath, MAIN] });
  const join = spellJoinCode({
    ...{ fingerprint: Buffer.alloc(32), id: Buffer.alloc(8), secret: Buffer.alloc(16), name: "home" },
    addresses: [{ host: "127.0.0.1", port: nobody.port }],
  });
  const life = rig.spawn({ LANG: "C" }, ["downloader", "--dir", "films", "--join", join]);
  await life.says("[join] The bot cannot be reached");
  expect(await life.stop()).toBe(0);
  expect(life.output).not.toContain("Is it running");
});

test("it says that the code is incomplete when standard input is empty", async () => {
  await using rig = createBinaryRig({ command: [process.execPath, MAIN] });
  const life = rig.spawn({ LANG: "C" }, ["downloader", "--dir", "films", "--join", "-"]);
  expect(await life.exited).toBe(64);
  expect(life.output).toStartWith("--join: this is not the whole code");
});
