import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { killLeftovers } from "../../src/downloader/leftovers.ts";
import { writeMembership } from "../../src/downloader/membership.ts";
import { createIdentity } from "../../src/grpc/self-signed.ts";
import { createBinaryRig, type RigOptions, USERS } from "../support/binary.ts";
import { call } from "../support/downloader/channel.ts";
import { startFileServer } from "../support/file-server.ts";
import { startNotifyReceiver } from "../support/notify-receiver.ts";
import { reservePort } from "../support/reserved-port.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
const [PERSON] = USERS;
const FILM = Buffer.from("a film");

function rigAt(port: number, { config = {} }: RigOptions = {}) {
  const downloader = { dir: "films", listen: `127.0.0.1:${port}` };
  const command = [process.execPath, MAIN];
  return createBinaryRig({ command, config: { downloader, links: { allow_private: true }, ...config } });
}

describe("a downloader beside the bot", () => {
  test("downloads into the folder of the config, restarts when it dies, and stops with the bot", async () => {
    using reserved = reservePort();
    await using site = await startFileServer();
    for (const path of ["/1.mp4", "/2.mp4"]) site.serves(path, { bytes: FILM });
    await using rig = rigAt(reserved.port, { config: { grpc: { listen: "127.0.0.1:0", token: "sesame" } } });
    const life = rig.spawn();
    const person = rig.api.user({ id: PERSON, username: "ann", languageCode: "en" });
    person.sends(`${site.root}/1.mp4`);
    await rig.api.message(person, ({ text }) => text.includes("1.mp4 is ready"));
    const file = join(rig.folder, "films/[ann]/1.mp4");
    expect(readFileSync(file)).toEqual(FILM);
    // Others may read it, unlike what the bot keeps.
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(statSync(join(rig.folder, "dwld-bot.db")).mode & 0o777).toBe(0o600);

    killLeftovers(rig.folder);
    await life.logs("The downloader beside the bot has ended; starting it again");
    person.sends(`${site.root}/2.mp4`);
    await rig.api.message(person, ({ text }) => text.includes("2.mp4 is ready"));

    // Its output is the bot's, and so ends only when both have.
    expect(await life.stop()).toBe(0);
    expect((await call({ port: reserved.port }, "Healtheck")).error?.details).toContain("ECONNREFUSED");
  });

  test("ends when the bot is killed", async () => {
    using reserved = reservePort();
    await using rig = rigAt(reserved.port);
    const life = rig.spawn();
    await life.says("Registered as");
    await life.kill();
    expect((await call({ port: reserved.port }, "Healtheck")).error?.details).toContain("ECONNREFUSED");
  });

  test("can also be requested on the command line", async () => {
    using reserved = reservePort();
    await using rig = rigAt(reserved.port, { config: { downloader: { listen: `127.0.0.1:${reserved.port}` } } });
    const life = rig.spawn({}, ["run", "--with-downloader", "films"]);
    await life.says("Registered as");
    expect(await life.stop()).toBe(0);
  });

  test("registers with this bot, even in the folder of a downloader that has joined another one", async () => {
    using reserved = reservePort();
    await using rig = rigAt(reserved.port);
    const { cert, key } = await createIdentity("abroad");
    const hidden = join(rig.folder, "films/.dwld-bot");
    mkdirSync(hidden, { recursive: true });
    writeMembership(join(hidden, "joined.json"), {
      ...{ codeId: "00", name: "abroad", token: "of the other bot", bot: { host: "192.0.2.1", port: 9977 } },
      ...{ botCertificate: `${cert}`, certificate: `${cert}`, key: `${key}` },
    });
    const life = rig.spawn();
    await life.says("Registered as");
    expect(life.output).not.toContain('Registered as "abroad"');
    expect(await life.stop()).toBe(0);
  });

  test("is refused under systemd, whose limits for the bot do not fit downloads, in the operator's language", async () => {
    await using rig = rigAt(0);
    const life = rig.spawn({ NOTIFY_SOCKET: "/run/systemd/notify", LANG: "ru_RU.UTF-8" });
    expect(await life.exited).toBe(78);
    expect(life.output).toContain("Под systemd встроенный сервер работает отдельной службой");
  });

  test("runs in a container that a unit starts, whose socket is for the bot alone", async () => {
    using reserved = reservePort();
    await using rig = rigAt(reserved.port);
    const socket = join(rig.folder, "notify");
    await using manager = await startNotifyReceiver(socket);
    const life = rig.spawn({ NOTIFY_SOCKET: socket, container: "podman" });
    await Promise.all([life.says("Registered as"), manager.gets("READY=1")]);
    expect(await life.stop()).toBe(0);
    await manager.gets("STOPPING=1");
    const said = manager.notices.flatMap(({ lines }) => lines).filter((line) => /^(READY|STOPPING)=/.test(line));
    expect(said).toEqual(["READY=1", "STOPPING=1"]);
  });

  test("is refused where it would have to register over TLS", async () => {
    await using rig = rigAt(0, { config: { grpc: { listen: "127.0.0.1:0", tls: { cert: "/c.pem", key: "/k.pem" } } } });
    const life = rig.spawn();
    expect(await life.exited).toBe(78);
    expect(life.output).toContain("registers without TLS: set grpc.tls.listen");
  });
});
