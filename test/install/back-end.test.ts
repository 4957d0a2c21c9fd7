import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { botRuns, DROP_IN, downloaderRuns, handedOver, install, startedWith, UNIT } from "./both.ts";
import type { FakeBot } from "./fakes.ts";
import { createMachine, type Machine } from "./machine.ts";
import { modes } from "./tree.ts";

const SECRET = "s3cret of aria2";
const KEPT = "etc/dwld-bot/backend-secret";
const LIST = "var/lib/dwld-bot-downloader";
const URL_OF_ARIA2 = "http://127.0.0.1:6800/jsonrpc";
const KNOWN: FakeBot = { version: "1.0.0", secret: SECRET };
const ARIA2 = ["--downloader", "--backend", "aria2", "--backend-url", URL_OF_ARIA2];
const STARTED = ["--dir", `/${LIST}`, "--backend-url", URL_OF_ARIA2, "--backend", "aria2"];

function secretFile(machine: Machine, secret = SECRET): string[] {
  const file = join(machine.elsewhere, `${secret}.txt`);
  writeFileSync(file, `${secret}\n`);
  return ["--backend-secret-file", file];
}

/** Installs the downloader in front of aria2. */
async function aria2Runs(machine: Machine, bot: FakeBot = KNOWN): Promise<void> {
  const { code, said } = await install(machine, bot, ...ARIA2, ...secretFile(machine));
  if (code !== 0) throw new Error(said);
  machine.told();
}

/** The options that the new version was told to check with. */
const checkedWith = (machine: Machine) => readFileSync(join(machine.root, "../checked"), "utf8").trimEnd().split("\n");

describe("install.sh --downloader --backend", () => {
  test("checks the program first, and keeps the secret in a file that only its owner reads, for systemd to hand over", async () => {
    using machine = createMachine();
    const { code, said } = await install(machine, KNOWN, ...ARIA2, ...secretFile(machine));
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(startedWith(machine)).toEqual(STARTED);
    expect(checkedWith(machine)).toEqual(["--check", "--json", ...STARTED]);
    expect(handedOver(machine, "backend-secret")).toBe(SECRET);
    expect(modes(machine.tree())).toMatchObject({ [KEPT]: "600", [LIST]: "700", [DROP_IN]: "644" });
    for (const text of [said, machine.read(UNIT), machine.read(DROP_IN)]) expect(text).not.toContain(SECRET);
    // Its own list, and no folder of aria2.
    expect(machine.read(DROP_IN).match(/^(Bind|ReadWrite)Paths=.*$/gm)).toEqual([`BindPaths="/${LIST}"`]);
    expect(said).toContain(`aria2 1.36.0 answers at ${URL_OF_ARIA2}\n`);
    expect(said).toContain(`  program  aria2, ${URL_OF_ARIA2}\n  list     /${LIST}\n`);
    expect(said).not.toContain("yt-dlp");

    const before = machine.tree();
    machine.told();
    const again = await install(machine, KNOWN, ...ARIA2, ...secretFile(machine));
    expect(again.said).toContain("Nothing to change");
    expect(machine.tree()).toEqual(before);
    expect(machine.told()).toEqual([]);
  });

  test("takes the secret from standard input, and every option of a program", async () => {
    using machine = createMachine();
    await install(machine, KNOWN, "--downloader", "--no-start");
    const options = ["--backend-user", "ann", "--backend-dir", "films", "--backend-option", "preset=a b"];
    const more = [...options, "--backend-option", "format=any"];
    const args = ["--from", join(machine.elsewhere, "1.0.0"), "--downloader", "--backend", "metube", ...more];
    const { code, said } = await machine.run([...args, "--backend-secret-file", "-"], { stdin: ` ${SECRET} \n` });
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(startedWith(machine)).toEqual(["--dir", "/srv/dwld-bot", ...more, "--backend", "metube"]);
    expect(machine.read(KEPT)).toBe(`${SECRET}\n`);
  });

  test("changes nothing if the program rejects the secret, or if none is given", async () => {
    using machine = createMachine();
    for (const secret of [secretFile(machine, "another"), []]) {
      const { code, said } = await install(machine, KNOWN, ...ARIA2, ...secret);
      expect(code).toBe(1);
      expect(said).toContain("aria2 does not answer: Unauthorized\n");
      expect(said).toContain("aria2 does not let the server in");
      expect(Object.values(machine.tree()).filter((entry) => entry.startsWith("file"))).toEqual([]);
      expect(machine.told()).toEqual([]);
    }
    const careless = await install(machine, KNOWN, ...ARIA2, ...secretFile(machine, "another"), "--skip-check");
    expect(careless.code).toBe(0);
  });

  test("continues if the program does not answer yet, and says that it will ask again", async () => {
    using machine = createMachine();
    const { code, said } = await install(machine, { ...KNOWN, isSilent: true }, ...ARIA2, ...secretFile(machine));
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("It is asked again, as long as the") });
    expect(said).toContain('Is it "running"?');
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot-downloader"]);
  });

  test("reports an invalid option in the program's own words, and changes nothing", async () => {
    using machine = createMachine();
    const { code, said } = await install(machine, KNOWN, "--downloader", "--backend", "nonsense");
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('--backend: found "nonsense"') });
    expect(machine.has(DROP_IN)).toBe(false);
  });

  test("changes only what a second run names, and restarts the service", async () => {
    using machine = createMachine();
    await aria2Runs(machine);
    const other = await install(
      machine,
      { ...KNOWN, secret: "newer" },
      "--downloader",
      ...secretFile(machine, "newer"),
    );
    expect({ code: other.code, told: machine.told() }).toEqual({ code: 0, told: ["restart dwld-bot-downloader"] });
    expect(handedOver(machine, "backend-secret")).toBe("newer");
    expect(startedWith(machine)).toEqual(STARTED);
    const elsewhere = "http://nas:6800/jsonrpc";
    await install(machine, { ...KNOWN, secret: "newer" }, "--downloader", "--backend-url", elsewhere);
    expect(startedWith(machine)).toEqual([...STARTED.slice(0, 2), "--backend", "aria2", "--backend-url", elsewhere]);
    expect(handedOver(machine, "backend-secret")).toBe("newer");
    expect(machine.told()).toEqual(["daemon-reload", "restart dwld-bot-downloader"]);
  });

  test("does not pass the secret of one program to another", async () => {
    using machine = createMachine();
    await aria2Runs(machine);
    const { code } = await install(machine, { version: "1.0.0" }, "--downloader", "--backend", "metube");
    expect(code).toBe(0);
    expect(startedWith(machine)).toEqual(["--dir", `/${LIST}`, "--backend", "metube"]);
    expect([machine.has(KEPT), handedOver(machine, "backend-secret")]).toEqual([false, undefined]);
    await install(machine, { version: "1.0.0" }, "--downloader", "--backend", "auto");
    expect(startedWith(machine)).toEqual(["--dir", `/${LIST}`]);
  });

  test("replaces the options and the secret's file that an operator wrote into the drop-in, and keeps the rest", async () => {
    using machine = createMachine();
    await downloaderRuns(machine);
    const own = "LoadCredential=backend-secret:/etc/dwld-bot/aria2-secret";
    const written = `Environment='OPTIONS=--dir "/srv/aria2" --backend qbittorrent --backend-user ann --rate 2M'\n${own}\nNice=0`;
    machine.write(DROP_IN, `[Service]\nBindPaths="/srv/aria2"\n${written}\n`);
    const { code, said } = await install(machine, KNOWN, ...ARIA2, ...secretFile(machine));
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(startedWith(machine)).toEqual(["--dir", "/srv/aria2", "--rate", "2M", ...STARTED.slice(2)]);
    expect(handedOver(machine, "backend-secret")).toBe(SECRET);
    expect(machine.read(DROP_IN)).toEndWith("Nice=0\n");
    expect(machine.read(DROP_IN)).not.toContain("aria2-secret");
  });

  test("an upgrade keeps the program and its secret without asking", async () => {
    using machine = createMachine();
    await botRuns(machine);
    await aria2Runs(machine);
    const { code } = await install(machine, { version: "2.0.0" });
    expect({ code, told: machine.told() }).toEqual({ code: 0, told: ["restart dwld-bot dwld-bot-downloader"] });
    expect(startedWith(machine)).toEqual(STARTED);
    expect(handedOver(machine, "backend-secret")).toBe(SECRET);
  });

  test("exits with 1 if the service fails", async () => {
    using machine = createMachine();
    const bot = { ...KNOWN, cannotDownload: true };
    const first = await install(machine, bot, ...ARIA2, ...secretFile(machine));
    expect(first).toEqual({ code: 1, said: expect.stringContaining("journalctl -u dwld-bot-downloader") });
    expect((await install(machine, bot, ...ARIA2)).code).toBe(1);
  });

  test("--dry-run lists every change and makes none", async () => {
    using machine = createMachine();
    const { code, said } = await install(machine, KNOWN, ...ARIA2, ...secretFile(machine), "--dry-run");
    expect({ code, tree: machine.tree(), told: machine.told() }).toEqual({ code: 0, tree: {}, told: [] });
    expect(existsSync(join(machine.root, "../checked"))).toBe(false);
    const would = said.split("\n").filter((line) => line.startsWith("would "));
    expect(would.slice(0, 4).map((line) => line.replaceAll(machine.root, ""))).toEqual([
      "would check that aria2 answers and accepts the secret",
      `would create /${LIST}`,
      "would create /etc/dwld-bot",
      `would write the secret of aria2 to /${KEPT}`,
    ]);
  });
});

describe("removing a server in front of another program", () => {
  test("keeps its list and its secret for a new installation, and --purge removes both", async () => {
    using machine = createMachine();
    await aria2Runs(machine);
    machine.write(`${LIST}/.dwld-bot/list.db`, "a list");
    const { said } = await machine.run(["--downloader", "--uninstall"]);
    for (const path of [KEPT, LIST, DROP_IN]) expect(said).toContain(`${machine.root}/${path}`);
    expect([KEPT, LIST, DROP_IN].every(machine.has)).toBe(true);
    const before = machine.tree();
    const dry = await machine.run(["--downloader", "--purge", "--dry-run"]);
    expect(dry.said).toContain(`would remove ${machine.root}/${KEPT}`);
    expect(dry.said).not.toContain("kept");
    expect(machine.tree()).toEqual(before);
    expect((await machine.run(["--downloader", "--purge"])).code).toBe(0);
    expect(Object.values(machine.tree()).filter((entry) => entry.startsWith("file"))).toEqual([]);
    expect([KEPT, LIST].some(machine.has)).toBe(false);
  });

  test("keeps the files that it downloaded itself, until --with-files removes them", async () => {
    using machine = createMachine();
    await aria2Runs(machine);
    await install(machine, { version: "1.0.0" }, "--downloader", "--backend", "auto");
    machine.write(`${LIST}/.dwld-bot/list.db`, "a list");
    machine.write(`${LIST}/[ann]/film.mp4`, "a film");
    const { said } = await machine.run(["--downloader", "--purge"]);
    expect(said).toContain(`kept: ${machine.root}/${LIST}\n`);
    expect((await machine.run(["--downloader", "--purge"])).said).toContain(`kept: ${machine.root}/${LIST}\n`);
    expect(machine.has(`${LIST}/[ann]/film.mp4`)).toBe(true);
    await machine.run(["--downloader", "--purge", "--with-files"]);
    expect(machine.has(LIST)).toBe(false);
  });

  test("leaves the secret in place if only the bot is removed", async () => {
    using machine = createMachine();
    await botRuns(machine);
    await aria2Runs(machine);
    expect((await machine.run(["--purge"])).code).toBe(0);
    expect(machine.read(KEPT)).toBe(`${SECRET}\n`);
    expect(machine.has("etc/dwld-bot/config.yaml")).toBe(false);
  });
});

describe("install.sh", () => {
  test.each([
    [["--backend", "aria2"], "--downloader"],
    [["--downloader", "--backend-url", "http://nas:8081/"], "--backend"],
    [["--downloader", "--backend-secret-file", "-"], "--backend"],
    [["--downloader", "--backend", "aria2", "--backend-user", "`id`"], "quotes"],
    [["--downloader", "--backend", "aria2", "--backend-user", "ann"], "aria2 knows no users"],
    [["--downloader", "--backend", "aria2", "--uninstall"], "removal"],
    [["--downloader", "--backend", "aria2", "--backend-secret-file", "-", "--token-file", "-"], "standard input"],
  ])("rejects %j with exit code 64", async (args, words) => {
    using machine = createMachine();
    const { code, said } = await machine.run(["--from", "/nowhere", ...args], { stdin: "secret\n" });
    expect({ code, said }).toEqual({ code: 64, said: expect.stringContaining(words) });
    expect(machine.tree()).toEqual({});
  });

  test("rejects a file that holds no secret, before it changes anything", async () => {
    using machine = createMachine();
    const args = [...ARIA2, "--backend-secret-file", "-"];
    const { code, said } = await machine.run(args, { stdin: "two\nlines\n" });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("holds no secret") });
    expect(said).not.toContain("lines\n");
    expect(machine.tree()).toEqual({});
  });
});
