import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { besideIn } from "../support/back-end/beside.ts";
import { createFakeMetube } from "../support/back-end/metube.ts";
import { createFakeYtptube } from "../support/back-end/ytptube.ts";
import { arrives } from "../support/binary/arrival.ts";
import { createBinaryRig } from "../support/binary.ts";
import { startFileServer } from "../support/file-server.ts";
import { blocksOf, commandsOf, page, ROOT } from "../support/guide.ts";
import { reservePort } from "../support/reserved-port.ts";

const { text } = page("en", "metube.md");
const [beforeMetube = "", beforeYtptube = ""] = commandsOf(text);
const PASSWORD = "a password that nobody prints";

describe("the guide's lines, as they stand, download a link with", () => {
  test.each([
    { name: "MeTube", line: beforeMetube, create: createFakeMetube, behaviour: {} },
    { name: "YTPTube", line: beforeYtptube, create: createFakeYtptube, behaviour: { password: PASSWORD } },
  ])("$name", async ({ line, create, behaviour }) => {
    const files = mkdtempSync(join(tmpdir(), "dwld-bot-metube-"));
    using reserved = reservePort();
    await using site = await startFileServer();
    site.serves("/film.mp4", { bytes: Buffer.from("a film") });
    const program = create(files, { ...behaviour, port: reserved.port });
    await using rig = createBinaryRig({
      command: [process.execPath, join(ROOT, "src/main.ts")],
      config: { links: { allow_private: true } },
    });
    const bot = await rig.start();
    writeFileSync(join(rig.folder, "password.txt"), `${PASSWORD}\n`, { mode: 0o600 });
    const words = line.replace("http://127.0.0.1:8081/", program.url.href).split(" ").slice(1);
    const here = ["--allow-private", "--listen", "127.0.0.1:0", "--bot", await bot.address()];
    const server = rig.spawn({}, [...words, ...here]);
    await arrives(rig, { link: `${site.root}/film.mp4`, as: "film.bin" });
    expect(readFileSync(join(files, "[ann]/film.bin"), "utf8")).toBe("a film");
    expect(server.output).not.toContain(PASSWORD);
    await program.kill();
    rmSync(files, { recursive: true });
  });
});

describe("the guide's lines in the bot's config download a link with", () => {
  test.each([
    { kind: "metube", create: createFakeMetube, behaviour: {} },
    { kind: "ytptube", create: createFakeYtptube, behaviour: { password: PASSWORD } },
  ])("$kind", async ({ kind, create, behaviour }) => {
    const files = mkdtempSync(join(tmpdir(), "dwld-bot-metube-"));
    using reserved = reservePort();
    using own = reservePort();
    await using site = await startFileServer();
    site.serves("/film.mp4", { bytes: Buffer.from("a film") });
    const program = create(files, { ...behaviour, port: reserved.port });
    const config = besideIn(text, { kind, url: program.url.href, port: own.port });
    await using rig = createBinaryRig({ command: [process.execPath, join(ROOT, "src/main.ts")], config });
    writeFileSync(join(rig.folder, "password.txt"), `${PASSWORD}\n`, { mode: 0o600 });
    const bot = rig.spawn();
    await arrives(rig, { link: `${site.root}/film.mp4`, as: "film.bin" });
    expect(readFileSync(join(files, "[ann]/film.bin"), "utf8")).toBe("a film");
    expect(bot.output).not.toContain(PASSWORD);
    await program.kill();
    rmSync(files, { recursive: true });
  });
});

test("the guide's compose file puts MeTube and its files where the guide's lines expect them", () => {
  const [compose] = blocksOf(text).filter(({ kind }) => kind === "yml");
  const { services } = parse(compose?.text ?? "");
  expect(services.metube).toMatchObject({ ports: ["127.0.0.1:8081:8081"], volumes: ["/srv/films:/downloads"] });
  expect(beforeMetube).toContain("--backend metube --backend-url http://127.0.0.1:8081/");
});
