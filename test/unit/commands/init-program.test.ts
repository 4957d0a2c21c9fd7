import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { type InitOptions, init } from "../../../src/commands/init/init.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { REMOTE_KINDS } from "../../../src/downloader/back-ends/registry.ts";
import { type Programs, programsOf } from "../../../src/downloader/programs.ts";
import { startAria2Answers } from "../../support/back-end/aria2-answers.ts";
import { createFakeMetube } from "../../support/back-end/metube.ts";
import { createFakeYtptube } from "../../support/back-end/ytptube.ts";
import { reservePort } from "../../support/reserved-port.ts";
import { somebody } from "./answers.ts";
import { createCommandRig, TOKEN } from "./place.ts";

const SECRET = "a secret that nobody prints";

/** Ann has a token and has already written to the bot. */
function rig(env: Readonly<Record<string, string>> = {}) {
  const world = createCommandRig(() => env);
  world.api.user({ id: 1001, username: "ann", firstName: "Ann" }).sends("/start");
  const { place, api } = world;
  return {
    ...world,
    /** Returns the exit code and what was said. */
    async init(answers: readonly string[], programs: Programs, options: InitOptions = {}) {
      const terminal = somebody([TOKEN, "y", ...answers]);
      const code = await init({ apiRoot: api.root, ...options }, { ...place, write: place.write, terminal, programs });
      return { code, said: terminal.said };
    },
    load: () => loadConfig({ path: place.path("config.yaml"), env: {}, cwd: place.cwd }),
  };
}

/** The kinds of programs that are named, at these URLs. */
function kindsAt(urls: Readonly<Record<string, string>>): Programs {
  const kinds = Object.entries(REMOTE_KINDS).filter(([name]) => urls[name] !== undefined);
  return programsOf(
    Object.fromEntries(kinds.map(([name, kind]) => [name, { ...kind, defaultUrl: urls[name] ?? kind.defaultUrl }])),
  );
}

describe("init() with a back-end program on the machine", () => {
  test("offers the program first, asks for its secret, tries it, and keeps it in a private file", async () => {
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    await using world = rig();
    const { code, said } = await world.init(["1", "wrong", SECRET], kindsAt({ aria2: aria2.url }));
    expect(code).toBe(0);
    expect(said).toContain(`Found on this machine:\n  1  aria2, ${aria2.url}\n`);
    expect(said.indexOf("Found on this machine")).toBeLessThan(said.indexOf("Download on this machine"));
    expect(said).toContain("The password or key for aria2 (it is not shown)");
    expect(said).toContain("aria2 does not answer: Unauthorized\n");
    expect(said).toContain("aria2 1.36.0 lets the bot in.\n");
    const file = world.place.path("aria2-secret");
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual([`${SECRET}\n`, 0o600]);
    expect(world.load()).toMatchObject({
      downloader: { dir: "", backend: { kind: "aria2", url: aria2.url, secret: SECRET, secret_file: file } },
      warnings: [],
    });
    const text = readFileSync(world.place.path("config.yaml"), "utf8");
    expect(text).toContain(
      '\ndownloader:\n  # Its name in the chat.\n  name: "aria2"\n  # The program that downloads; it saves files where it is set to.\n  backend:\n    kind: "aria2"\n',
    );
    expect(text + said + world.place.printed).not.toContain(SECRET);
  });

  test("asks for no secret if the program needs none, and speaks Russian", async () => {
    using reserved = reservePort();
    await using world = rig({ LANG: "ru_RU.UTF-8" });
    const metube = createFakeMetube(world.place.path("files"), { port: reserved.port });
    const { said } = await world.init(["1"], kindsAt({ metube: metube.url.href }));
    await metube.kill();
    expect(said).toContain(`На этой машине найдено:\n  1  MeTube, ${metube.url.href}\n`);
    expect(said).toContain("MeTube 2026.07 впускает бота.\n");
    expect(world.load().downloader.backend).toMatchObject({ kind: "metube", url: metube.url.href, secret_file: "" });
    expect(readdirSync(world.place.cwd)).not.toContain("metube-secret");
  });

  test("asks for the user name too if the program has one", async () => {
    using reserved = reservePort();
    await using world = rig();
    const ytptube = createFakeYtptube(world.place.path("files"), { port: reserved.port, password: SECRET });
    const { said } = await world.init(["1", "ann", SECRET], kindsAt({ ytptube: ytptube.url.href }));
    await ytptube.kill();
    expect(said).toContain("The user name for YTPTube (Enter: none): ");
    expect(world.load().downloader.backend).toMatchObject({ kind: "ytptube", user: "ann", secret: SECRET });
  });

  test.each([
    ["", { dir: "", kind: "auto" }],
    ["/srv/films", { dir: "/srv/films", kind: "auto" }],
  ])("uses no program if the answer is another: %p", async (answer, { dir, kind }) => {
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    await using world = rig();
    await world.init([answer], kindsAt({ aria2: aria2.url }));
    expect(world.load().downloader).toMatchObject({ dir, backend: { kind } });
  });

  test.each([
    ["wrong three times", ["1", "a", "b", "c", ""]],
    ["left empty", ["1", "", ""]],
  ])("asks again what should download if the secret is %s, and writes no secret", async (_, answers) => {
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    await using world = rig();
    const { said } = await world.init(answers, kindsAt({ aria2: aria2.url }));
    expect(said.match(/Download on this machine/g)).toHaveLength(2);
    expect(world.load().downloader.backend.kind).toBe("auto");
    expect(existsSync(world.place.path("aria2-secret"))).toBe(false);
  });

  test("removes the secret's new file if the config cannot be written", async () => {
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    await using world = rig();
    // As if another program had written a config meanwhile.
    const programs = kindsAt({ aria2: aria2.url });
    const ask: Programs["ask"] = (login) => {
      writeFileSync(world.place.path("config.yaml"), "mine");
      return programs.ask(login);
    };
    const work = world.init(["1", SECRET], { ...programs, ask });
    await expect(work).rejects.toMatchObject({ code: 64 });
    expect(readdirSync(world.place.cwd)).toEqual(["config.yaml"]);
  });
});

describe("init() over an existing config", () => {
  test("keeps the program and all other settings of the server beside the bot", async () => {
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    await using world = rig();
    writeFileSync(world.place.path("mine"), SECRET, { mode: 0o600 });
    const backend = { kind: "aria2", url: aria2.url, secret_file: world.place.path("mine") };
    const downloader = { name: "films", roots: ["magnet:"], backend, listen: "127.0.0.1:50052" };
    writeFileSync(world.place.path("config.yaml"), JSON.stringify({ telegram: {}, downloader }));
    const { said } = await world.init([""], kindsAt({ aria2: aria2.url }), { force: true });
    expect(said).toContain(`What downloads on this machine so far: aria2, ${aria2.url}. Keep it?`);
    expect(said).not.toContain("Found on this machine");
    expect(world.load().downloader).toMatchObject({
      ...{ name: "films", roots: ["magnet:"], listen: { port: 50_052 } },
      backend: { kind: "aria2", url: aria2.url, secret: SECRET },
    });
  });

  test("keeps the server's name if another program is chosen", async () => {
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    await using world = rig();
    const downloader = { name: "films", backend: { kind: "metube", url: "http://nas:8081/" } };
    writeFileSync(world.place.path("config.yaml"), JSON.stringify({ telegram: {}, downloader }));
    await world.init(["n", "1", SECRET], kindsAt({ aria2: aria2.url }), { force: true });
    expect(world.load().downloader).toMatchObject({ name: "films", backend: { kind: "aria2" } });
  });

  test("keeps the folder, or asks again if it is not wanted", async () => {
    await using world = rig();
    const write = () =>
      writeFileSync(world.place.path("config.yaml"), JSON.stringify({ downloader: { dir: "/srv/films" } }));
    write();
    await world.init(["y"], kindsAt({}), { force: true });
    expect(world.load().downloader.dir).toBe("/srv/films");
    write();
    await world.init(["n", ""], kindsAt({}), { force: true });
    expect(world.load().downloader.dir).toBe("");
  });

  test("tries the secret in the existing file, and asks for none if it is right", async () => {
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    await using world = rig();
    const file = world.place.path("aria2-secret");
    writeFileSync(file, `${SECRET}\n`, { mode: 0o600 });
    chmodSync(file, 0o400);
    const { said } = await world.init(["1"], kindsAt({ aria2: aria2.url }));
    expect(said).not.toContain("The password or key");
    expect([statSync(file).mode & 0o777, world.load().downloader.backend.secret]).toEqual([0o400, SECRET]);
  });

  test("overwrites a secret that the program refused", async () => {
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    await using world = rig();
    const file = world.place.path("aria2-secret");
    writeFileSync(file, "an old one\n", { mode: 0o600 });
    await world.init(["1", SECRET], kindsAt({ aria2: aria2.url }));
    expect(readFileSync(file, "utf8")).toBe(`${SECRET}\n`);
  });
});
