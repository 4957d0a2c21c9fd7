import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { DROP_IN, downloaderRuns, files, handedOver, startedWith } from "./both.ts";
import { type FakeBot, fakeBot } from "./fakes.ts";
import { createMachine, createRelease, type Machine, type RunOptions } from "./machine.ts";
import { modes } from "./tree.ts";

const SECRET = "s3cret of aria2";
const LIST = "/var/lib/dwld-bot-downloader";
const ARIA2 = "http://127.0.0.1:6800/jsonrpc";
const QBITTORRENT = "http://127.0.0.1:8080/";
const BOTH: FakeBot = { version: "1.0.0", secret: SECRET, found: `aria2 ${ARIA2}\nqbittorrent ${QBITTORRENT}\n` };

function install(machine: Machine, bot: FakeBot, options: RunOptions, ...more: string[]) {
  const release = createRelease(join(machine.elsewhere, "asking"), fakeBot(bot));
  return machine.run(["--from", release, "--downloader", ...more], options);
}

describe.skipIf(Bun.which("script") === null)("install.sh --downloader at a terminal", () => {
  test("lists what it found, asks which one downloads, and asks for its secret until the secret is right", async () => {
    using machine = createMachine();
    const { code, said } = await install(machine, BOTH, {
      answers: [
        ["Which one should download? [1]", "2"],
        [`for the files): [${LIST}]`, ""],
        ["The password or key of aria2, which is not shown:", "a wrong one"],
        ["The password or key of aria2, which is not shown:", SECRET],
      ],
    });
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(said).toContain(`  2  aria2 at ${ARIA2}\n  3  qBittorrent at ${QBITTORRENT}\n`);
    expect(said.match(/aria2 does not answer: Unauthorized/g)).toHaveLength(2);
    expect(said).not.toContain("Its user");
    for (const typed of ["a wrong one", SECRET]) expect(said).not.toContain(typed);
    expect(startedWith(machine)).toEqual(["--dir", LIST, "--backend-url", ARIA2, "--backend", "aria2"]);
    expect(handedOver(machine, "backend-secret")).toBe(SECRET);
    expect(modes(machine.tree())).toMatchObject({ "etc/dwld-bot/backend-secret": "600" });
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot-downloader"]);
  });

  test("asks in Russian, and asks for the user if the program has users", async () => {
    using machine = createMachine();
    const { code, said } = await install(machine, BOTH, {
      env: { LANG: "ru_RU.UTF-8" },
      answers: [
        ["Кто будет скачивать? [1]", "9"],
        ["Нужно число от 1 до 3.", "3"],
        ["[/var/lib/dwld-bot-downloader]", "films"],
        ["[/var/lib/dwld-bot-downloader]", "/srv/my list/"],
        ["Имя пользователя в ней: [admin]", "`id`"],
        ["Имя пользователя в ней: [admin]", "ann"],
        ["Пароль или ключ от qBittorrent (при вводе не виден):", SECRET],
      ],
    });
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(said).toContain("для --dir нужен полный путь к папке");
    const chosen = ["--backend-url", QBITTORRENT, "--backend", "qbittorrent", "--backend-user", "ann"];
    expect(startedWith(machine)).toEqual(["--dir", "/srv/my list", ...chosen]);
    expect(said).toContain(`  программа  qBittorrent, ${QBITTORRENT}\n  список     /srv/my list\n`);
  });

  test("installs the built-in downloader if the answer is empty", async () => {
    using machine = createMachine();
    const { code } = await install(machine, BOTH, {
      answers: [
        ["Which one", ""],
        ["The folder for the files: [/srv/dwld-bot]", "/srv/films"],
      ],
    });
    expect(code).toBe(0);
    expect(startedWith(machine)).toEqual(["--dir", "/srv/films"]);
  });

  test("says so if it finds no program, and does not ask for options that were given", async () => {
    using machine = createMachine();
    const { code, said } = await install(machine, { version: "1.0.0" }, { answers: [] }, "--dir", "/srv/films");
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringContaining("There is no aria2, qBittorrent, Transmission, MeTube"),
    });
    expect(said).not.toContain("Which one");
    expect(startedWith(machine)).toEqual(["--dir", "/srv/films"]);
  });

  test("asks only for the secret if the program is named", async () => {
    using machine = createMachine();
    const answers = [["The password or key of aria2", SECRET]] as const;
    const { code } = await install(machine, BOTH, { answers }, "--backend", "aria2");
    expect(code).toBe(0);
    expect(handedOver(machine, "backend-secret")).toBe(SECRET);
  });

  test("changes nothing after three wrong secrets", async () => {
    using machine = createMachine();
    const wrong = ["The password or key of aria2", "wrong"] as const;
    const { code, said } = await install(machine, BOTH, { answers: [wrong, wrong, wrong] }, "--backend", "aria2");
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("does not let the server in") });
    expect(files(machine)).toEqual([]);
  });

  test("changes nothing if nobody answers", async () => {
    using machine = createMachine();
    const { code, said } = await install(machine, BOTH, { answers: [["Which one", "\u0004"]] });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("nobody has answered") });
    expect(files(machine)).toEqual([]);
  });

  test("asks nothing the second time", async () => {
    using machine = createMachine();
    await downloaderRuns(machine);
    const { code, said } = await install(machine, BOTH, { answers: [] });
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(said).not.toContain("Which one");
    expect(machine.has(DROP_IN)).toBe(true);
  });

  test("--dry-run says that it would ask", async () => {
    using machine = createMachine();
    const { said } = await install(machine, BOTH, { answers: [] }, "--dry-run");
    expect(said).toContain("would look for programs that could download, and ask which one to use\n");
    expect(machine.tree()).toEqual({});
  });
});

test("install.sh --downloader does not search for programs without a terminal to ask at", async () => {
  using machine = createMachine();
  const { code, said } = await install(machine, BOTH, {});
  expect({ code, said }).toMatchObject({ code: 0 });
  expect(said).not.toContain("qBittorrent");
  expect(startedWith(machine)).toEqual(["--dir", "/srv/dwld-bot"]);
});
