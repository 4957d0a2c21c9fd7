import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { status } from "@grpc/grpc-js";
import type { Identity } from "../../src/domain/tls.ts";
import { createIdentity } from "../../src/grpc/self-signed.ts";
import { securely } from "../../src/grpc/tls.ts";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { call } from "../support/downloader/channel.ts";
import { registerDownloader } from "../support/downloader/wire.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { changed, codeIn, joinOnly, printedBy, startJoining } from "../support/joining.ts";
import { type ReservedPort, reservePort } from "../support/reserved-port.ts";

const FILM = Buffer.from("a film, ".repeat(1_000));

let reserved: ReservedPort;
let folder: string;
let site: FileServer;
beforeEach(async () => {
  reserved = reservePort();
  folder = mkdtempSync(join(tmpdir(), "dwld-joining-"));
  site = await startFileServer();
  site.serves("/film.mp4", { bytes: FILM });
  site.serves("/other.mp4", { bytes: FILM });
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  reserved[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const startBot = () =>
  startTestApp({
    DWLD_BOT_GRPC_JOIN_LISTEN: `127.0.0.1:${reserved.port}`,
    DWLD_BOT_FOLDERS: "serials",
    DWLD_BOT_LINKS_ALLOW_PRIVATE: "true",
  });
const here = () => `127.0.0.1:${reserved.port}`;
const codeFor = async (app: TestApp, name = "abroad") => codeIn(await printedBy(app, { name, address: here() }));
const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });

async function gets(app: TestApp, file: string): Promise<void> {
  ann(app).sends(`${site.root}/${file}`);
  await app.api.message(USER, ({ text }) => text.includes(`${file} is ready`));
  expect(readFileSync(join(folder, `[ann] serials/${file}`))).toEqual(FILM);
}

/** A server in the bot's place, which hears what is said once the connection is secure. */
async function startTls({ cert, key }: Identity, hears: (text: string) => void) {
  const server = createServer({ cert, key, ALPNProtocols: ["h2"] }, (socket) => {
    socket.on("data", (bytes) => {
      hears(bytes.toString("latin1"));
      socket.destroy();
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(reserved.port, "127.0.0.1", resolve));
  return { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

describe("a machine that joins", () => {
  test("needs only the printed code and a folder: it registers over TLS, is called over TLS, and gets links", async () => {
    await using app = await startBot();
    const code = await codeFor(app);
    await using abroad = await startJoining({ dir: folder, join: code });
    await gets(app, "film.mp4");
    expect((await call(abroad.address, "Queue")).error?.code).toBe(status.UNAVAILABLE);
    expect(app.logged()).not.toContain(code);
  });

  test("needs no code after a restart of either side, and ignores one that is still given", async () => {
    await using app = await startBot();
    const code = await codeFor(app);
    {
      await using _first = await startJoining({ dir: folder, join: code });
      await gets(app, "film.mp4");
    }
    await app.restart();
    await using _again = await startJoining({ dir: folder });
    await gets(app, "other.mp4");
    await _again[Symbol.asyncDispose]();
    await using third = await startJoining({ dir: folder, join: code });
    expect(third.address.port).toBeGreaterThan(0);
  });

  test("keeps its secrets readable only for its owner", async () => {
    await using app = await startBot();
    await using _abroad = await startJoining({ dir: folder, join: await codeFor(app) });
    const hidden = join(folder, ".dwld-bot");
    expect(statSync(hidden).mode & 0o077).toBe(0);
    expect(statSync(join(hidden, "joined.json")).mode & 0o077).toBe(0);
    expect(readdirSync(hidden)).not.toContain("joining.json");
  });

  test("has the name of its code, and refuses options that contradict the code", async () => {
    await using app = await startBot();
    const code = await codeFor(app);
    await expect(startJoining({ dir: folder, join: code, name: "home" })).rejects.toThrow(
      "This server joins with a code: leave out --name.",
    );
    await using _abroad = await startJoining({ dir: folder, join: code });
    await expect(startJoining({ dir: folder, name: "home", "token-file": "/dev/null" })).rejects.toThrow(
      "--token-file",
    );
  });
});

describe("a machine that has sent its code", () => {
  const file = (name: string) => join(folder, ".dwld-bot", name);

  test("sends it again when it was killed before it heard the answer", async () => {
    await using app = await startBot();
    const code = await codeFor(app);
    {
      await using _first = await startJoining({ dir: folder, join: code });
    }
    renameSync(file("joined.json"), file("joining.json"));
    await using _again = await startJoining({ dir: folder, join: code });
    await gets(app, "film.mp4");
  });

  test("joins anew with a new code, and stays as it was when a code is useless", async () => {
    await using app = await startBot();
    const [used, name] = [await codeFor(app, "home"), "abroad"];
    await using _home = await startJoining({ dir: join(folder, "home"), join: used, roots: "example.org" });
    {
      await using _first = await startJoining({ dir: folder, join: await codeFor(app, name) });
    }
    const before = readFileSync(file("joined.json"), "utf8");
    await expect(startJoining({ dir: folder, join: used })).rejects.toThrow("already used this code");
    expect(readFileSync(file("joined.json"), "utf8")).toBe(before);
    await using _again = await startJoining({ dir: folder, join: await codeFor(app, name) });
    expect(readFileSync(file("joined.json"), "utf8")).not.toBe(before);
    await gets(app, "film.mp4");
  });

  test("does not use up a code in a folder where another one runs", async () => {
    await using app = await startBot();
    const code = await codeFor(app, "home");
    {
      await using _abroad = await startJoining({ dir: folder, join: await codeFor(app) });
      const before = readFileSync(file("joined.json"), "utf8");
      await expect(startJoining({ dir: folder, join: code })).rejects.toMatchObject({ code: "SQLITE_BUSY" });
      expect(readFileSync(file("joined.json"), "utf8")).toBe(before);
    }
    await using _home = await startJoining({ dir: join(folder, "home"), join: code });
  });

  test("says which file it cannot read", async () => {
    await using app = await startBot();
    {
      await using _first = await startJoining({ dir: folder, join: await codeFor(app) });
    }
    writeFileSync(file("joined.json"), "{");
    await expect(startJoining({ dir: folder })).rejects.toThrow(`Cannot read ${file("joined.json")}`);
  });

  test("registers under its own name only", async () => {
    await using app = await startBot();
    await using _home = await startJoining({ dir: join(folder, "home"), join: await codeFor(app, "home") });
    await using _abroad = await startJoining({ dir: folder, join: await codeFor(app) });
    const { token, botCertificate } = JSON.parse(readFileSync(file("joined.json"), "utf8"));
    const channel = securely("127.0.0.1", { ca: Buffer.from(botCertificate) }, () => undefined);
    const register = (name: string) =>
      registerDownloader(
        here(),
        { name, roots: ["*"], host: "127.0.0.1", port: 50_051, metadata: { authorization: `Bearer ${token}` } },
        channel,
      );
    for (const name of ["home", "HOME", "new"]) {
      await expect(register(name)).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
    }
    await register("abroad");
  });
});

describe("a code", () => {
  test("is useless to a second machine", async () => {
    await using app = await startBot();
    const code = await codeFor(app);
    await using _abroad = await startJoining({ dir: folder, join: code });
    const other = join(folder, "other");
    await expect(startJoining({ dir: other, join: code })).rejects.toThrow(
      "Another machine has already used this code. If that was not you, remove that server with /servers",
    );
    await expect(startJoining({ dir: other, join: code }, "ru")).rejects.toThrow("уже подключилась другая машина");
  });

  test("with another secret is refused as unknown", async () => {
    await using app = await startBot();
    const code = changed(await codeFor(app), { secret: Buffer.alloc(16) });
    await expect(startJoining({ dir: folder, join: code })).rejects.toThrow("The bot does not know this code");
    expect(app.logged()).toContain("its code is unknown");
  });

  test("with a changed name is refused", async () => {
    await using app = await startBot();
    const code = changed(await codeFor(app), { name: "home" });
    await expect(startJoining({ dir: folder, join: code })).rejects.toThrow("does not accept the certificate");
  });

  test("is shown only to the bot that it comes from", async () => {
    await using app = await startBot();
    const code = await codeFor(app);
    await app.stop();
    let heard = "";
    await using _between = await startTls(await createIdentity("dwld-bot"), (text) => (heard += text));
    await expect(startJoining({ dir: folder, join: code })).rejects.toThrow(
      `Nothing was sent: the certificate at ${here()} is not that of the bot`,
    );
    expect(heard).toBe("");
  });

  test("needs its bot to run", async () => {
    await using app = await startBot();
    const code = await codeFor(app);
    await app.stop();
    await expect(startJoining({ dir: folder, join: code })).rejects.toThrow(`The bot cannot be reached at ${here()}.`);
    await expect(startJoining({ dir: folder, join: code }, "ru")).rejects.toThrow("Бот недоступен по адресу");
    await app.restart();
    await using _abroad = await startJoining({ dir: folder, join: code });
    await gets(app, "film.mp4");
  });
});

describe("the name of a server that has joined", () => {
  const PLAIN = { roots: ["*"], host: "127.0.0.1", port: 50_051 };

  test("is refused to everybody who registers without TLS, however it is spelt", async () => {
    await using app = await startBot();
    await using _abroad = await startJoining({ dir: folder, join: await codeFor(app) });
    for (const name of ["abroad", "Abroad", "ABROAD"]) {
      await expect(registerDownloader(app.address, { name, ...PLAIN })).rejects.toMatchObject({
        code: status.PERMISSION_DENIED,
        details: "server_name belongs to a server that has joined; that one must register over TLS with its own token",
      });
    }
    await app.restart();
    await expect(registerDownloader(app.address, { name: "abroad", ...PLAIN })).rejects.toMatchObject({
      code: status.PERMISSION_DENIED,
    });
  });

  test("is taken from a server that registered it without TLS, which gets no more links", async () => {
    await using app = await startBot();
    await using before = await app.downloader({ name: "abroad" });
    await using _abroad = await startJoining({ dir: folder, join: await codeFor(app) });
    await gets(app, "film.mp4");
    expect(before.accepted).toEqual([]);
  });

  test("is free again once an admin has removed the server, which is then refused", async () => {
    await using app = await startBot();
    await using _abroad = await startJoining({ dir: folder, join: await codeFor(app) });
    await gets(app, "film.mp4");
    const admin = app.api.user({ id: ADMIN, languageCode: "en" });
    admin.sends("/servers");
    // The news that it has registered names it, too.
    const list = await app.api.message(ADMIN, ({ text }) => text.startsWith("1 server") && text.includes("abroad"));
    await admin.presses(list.id, "1. ");
    await app.api.message(ADMIN, ({ text }) => text.includes("abroad") && text.includes("registered"));
    await admin.presses(list.id, "Remove");
    const sure = await app.api.message(ADMIN, ({ text }) => text.includes("Remove “abroad”?"));
    expect(sure.text).toContain("It has joined with a code, and needs a new one to come back.");
    await admin.presses(list.id, "Yes, remove");
    await app.restart();
    await app.logs("Only servers that have joined may register here");
    await registerDownloader(app.address, { name: "abroad", ...PLAIN });
  });
});

describe("a machine that has joined but not registered", () => {
  async function servers(app: TestApp, languageCode: "en" | "ru") {
    const admin = app.api.user({ id: ADMIN, languageCode });
    admin.sends("/servers");
    const says = (...words: readonly string[]) =>
      app.api.message(ADMIN, ({ text }) => words.every((word) => text.includes(word)), { what: words.join(" … ") });
    const { id } = await says("abroad");
    return { says, presses: (button: string) => admin.presses(id, button) };
  }

  test("is shown in /servers with advice, until it registers", async () => {
    await using app = await startBot();
    await using _home = await app.downloader({ name: "home" });
    await joinOnly({ dir: folder, join: await codeFor(app) });
    const list = await servers(app, "en");
    const { text } = await list.says("2 servers", "1. 🟢 home", "2. ⚪ abroad\njoined ");
    expect(text).toContain("not registered yet\nStart it on its machine; its log says why it does not register.");
    await list.presses("2. abroad");
    const { buttons } = await app.api.message(ADMIN, ({ text }) => text.startsWith("⚪ abroad"));
    expect(buttons.flat().map(({ text }) => text)).toEqual(["🗑 Remove", "‹ Back"]);
    await using _abroad = await startJoining({ dir: folder });
    await list.says("➕ New server “abroad”");
    await list.presses("Back");
    await list.says("2 servers", "1. 🟢 abroad");
  });

  test("can be removed, and then needs a new code", async () => {
    await using app = await startBot();
    await joinOnly({ dir: folder, join: await codeFor(app) });
    const list = await servers(app, "ru");
    await list.says("1 сервер", "подключён по коду", "ещё не зарегистрирован\nЗапустите его на той машине");
    await list.presses("1. abroad");
    await app.api.message(ADMIN, ({ text }) => text.startsWith("⚪ abroad"));
    await list.presses("Убрать");
    await list.says("Убрать «abroad»?", "понадобится новый код");
    expect((await list.presses("Да, убрать")).text).toBe("Сервер убран");
    await list.says("Ни один сервер ещё не зарегистрировался");
    await using _again = await startJoining({ dir: folder, join: await codeFor(app) });
    await list.says("➕ Новый сервер «abroad»");
  });
});
