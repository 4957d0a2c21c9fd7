import { describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeBot } from "./fakes.ts";
import { createMachine, createRelease, INSTALL, type Machine } from "./machine.ts";
import { serve } from "./serving.ts";

const BIN = "usr/local/bin/dwld-bot";

function release(machine: Machine, version = "1.0.0", folder = "release"): string {
  return createRelease(join(machine.elsewhere, folder), fakeBot({ version }));
}

describe("install.sh takes the bot", () => {
  test("from the release that contains the script", async () => {
    using machine = createMachine();
    const script = join(release(machine), "install.sh");
    expect((await machine.run([], { script })).code).toBe(0);
    expect(machine.read(BIN)).toContain("1.0.0");
  });

  test("from a server, and does not download an installed version again", async () => {
    using machine = createMachine();
    await using server = serve(release(machine));
    expect((await machine.run(["--from", server.url])).code).toBe(0);
    expect(machine.read(BIN)).toContain("1.0.0");
    server.asked.length = 0;
    expect((await machine.run(["--from", server.url])).said).toContain("Nothing to change");
    expect(server.asked).toEqual(["/SHA256SUMS", "/dwld-bot.service", "/install.sh", "/config.example.yaml"]);
  });

  test("from a server or a folder, and repeats that source in the next step's command", async () => {
    using machine = createMachine();
    await using server = serve(join(machine.elsewhere, "all"));
    release(machine, "1.0.0", "all/v1.0.0");
    const of = ["--from", server.url, "--version", "1.0.0"];
    const installed = await machine.run([...of, "--token-file", "-", "--admin", "42"], { stdin: "1:secret\n" });
    const [, line = ""] = /^ {2}then +sudo sh install\.sh (.*)$/m.exec(installed.said) ?? [];
    expect(line).toBe(`${of.join(" ")} --downloader`);
    expect(await machine.run(line.split(" "))).toMatchObject({ code: 0 });
    const folder = release(machine, "1.0.0", "a release");
    expect((await machine.run(["--purge", "--downloader"])).code).toBe(0);
    const { said } = await machine.run(["--from", folder]);
    expect(said).toContain(` install.sh --from '${folder}' --downloader\n`);
  });

  test("in the requested version", async () => {
    using machine = createMachine();
    release(machine, "1.0.0", "all/v1.0.0");
    release(machine, "1.1.0", "all/v1.1.0");
    const all = join(machine.elsewhere, "all");
    expect((await machine.run(["--from", all, "--version", "v1.0.0"])).code).toBe(0);
    expect(machine.read(BIN)).toContain("1.0.0");
    cpSync(join(all, "v1.1.0"), join(all, "v1.2.0"), { recursive: true });
    const { code, said } = await machine.run(["--from", all, "--version", "1.2.0"]);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("1.1.0 (fake) and not 1.2.0") });
  });

  test("from a single binary, and warns if there is no SHA256SUMS beside it", async () => {
    using machine = createMachine();
    const folder = release(machine);
    expect((await machine.run(["--from", join(folder, "dwld-bot-linux-x64")])).said).not.toContain("as it is");
    rmSync(join(folder, "SHA256SUMS"));
    writeFileSync(join(folder, "dwld-bot-linux-x64"), fakeBot({ version: "1.0.1" }));
    const { code, said } = await machine.run(["--from", join(folder, "dwld-bot-linux-x64")]);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("no SHA256SUMS beside it") });
    expect(machine.read(BIN)).toContain("1.0.1");
  });

  test("from the checkout that contains the script, by building it", async () => {
    using machine = createMachine();
    const checkout = join(machine.elsewhere, "checkout");
    mkdirSync(checkout);
    for (const file of ["install.sh", "dwld-bot.service"]) cpSync(join(INSTALL, "..", file), join(checkout, file));
    writeFileSync(join(checkout, "package.json"), `{ "name": "dwld-bot" }`);
    writeFileSync(join(checkout, "built"), fakeBot({ version: "3.0.0" }));
    const npm = `#!/bin/sh\nprintf '%s\\n' "$*" >>npm.log\n[ "$1" = ci ] || { mkdir -p dist; cp built dist/dwld-bot; }\n`;
    const { code } = await machine.run([], { script: join(checkout, "install.sh"), programs: { npm } });
    expect(code).toBe(0);
    expect(machine.read(BIN)).toContain("3.0.0");
    expect(readFileSync(join(checkout, "npm.log"), "utf8")).toBe("ci --no-audit --no-fund\nrun build\n");
  });

  test.each([
    ["x86_64", "linux-x64"],
    ["aarch64", "linux-arm64"],
  ])("for the processor %s", async (kind, wanted) => {
    using machine = createMachine();
    const programs = { uname: `#!/bin/sh\n[ "$1" = -m ] && echo ${kind} || echo Linux\n` };
    expect((await machine.run(["--from", release(machine)], { programs })).code).toBe(0);
    expect(machine.read(BIN)).toContain(`# ${wanted}\n`);
  });

  test("without AVX2, since the one x86-64 build detects it at run time", async () => {
    using machine = createMachine();
    writeFileSync(join(machine.elsewhere, "cpuinfo"), "flags\t\t: fpu sse sse2 ssse3 sse4_1 sse4_2 popcnt\n");
    const env = { CPUINFO: join(machine.elsewhere, "cpuinfo") };
    expect((await machine.run(["--from", release(machine)], { env })).code).toBe(0);
  });

  test("if the processor is unknown, as in a packager's chroot without /proc", async () => {
    using machine = createMachine();
    const env = { CPUINFO: join(machine.elsewhere, "cpuinfo") };
    expect(await machine.run(["--from", release(machine)], { env })).toMatchObject({ code: 0 });
  });
});

describe("install.sh changes nothing", () => {
  async function refused(machine: Machine, words: string, ...how: Parameters<Machine["run"]>) {
    const { code, said } = await machine.run(...how);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(words) });
    expect(machine.tree()).toEqual({});
    expect(machine.told()).toEqual([]);
  }

  test.each(["dwld-bot-linux-x64", "dwld-bot.service"])("when the sum of %s is wrong", async (file) => {
    using machine = createMachine();
    const folder = release(machine);
    writeFileSync(join(folder, file), "something else");
    await refused(machine, `${file} is not what was released`, ["--from", folder]);
  });

  test("when SHA256SUMS does not name the file, or is missing", async () => {
    using machine = createMachine();
    const folder = release(machine);
    writeFileSync(join(folder, "SHA256SUMS"), `${"0".repeat(64)}  another-dwld-bot-linux-x64\n`);
    await refused(machine, "SHA256SUMS does not name dwld-bot-linux-x64", ["--from", folder]);
    rmSync(join(folder, "SHA256SUMS"));
    await refused(machine, "SHA256SUMS", ["--from", folder]);
  });

  test("when the server has no such release, or when the address has no https", async () => {
    using machine = createMachine();
    await using server = serve(machine.elsewhere);
    await refused(machine, "cannot download", ["--from", server.url]);
    await refused(machine, "only https", ["--from", "http://example.org/dwld-bot"]);
  });

  test("when OWNER in the guide's address was not replaced", async () => {
    using machine = createMachine();
    const address = "https://github.com/OWNER/dwld-bot/releases/latest/download";
    await refused(machine, "replace OWNER with", ["--from", address]);
  });

  test("in a checkout without a recent Node, and says how to get one or to install without", async () => {
    using machine = createMachine();
    const script = join(machine.elsewhere, "install.sh");
    cpSync(INSTALL, script);
    writeFileSync(join(machine.elsewhere, "package.json"), `{ "name": "dwld-bot" }`);
    const programs = { node: "#!/bin/sh\necho v18.20.4\n" };
    await refused(machine, "building needs Node 20 or newer, and this is v18.20.4", [], { script, programs });
    await refused(machine, "A release needs no Node", [], { script, programs });
  });

  test("when there is nothing to install", async () => {
    using machine = createMachine();
    const script = join(machine.elsewhere, "install.sh");
    cpSync(INSTALL, script);
    await refused(machine, "nothing to install", [], { script });
  });

  test("on a processor or a system without a build", async () => {
    using machine = createMachine();
    const folder = release(machine);
    const uname = (kind: string, system: string) => ({
      uname: `#!/bin/sh\n[ "$1" = -m ] && echo ${kind} || echo ${system}\n`,
    });
    await refused(machine, "no build for riscv64", ["--from", folder], { programs: uname("riscv64", "Linux") });
    await refused(machine, "this is Darwin", ["--from", folder], { programs: uname("x86_64", "Darwin") });
    writeFileSync(join(machine.elsewhere, "cpuinfo"), "flags\t\t: fpu sse sse2 ssse3\n");
    const env = { CPUINFO: join(machine.elsewhere, "cpuinfo") };
    await refused(machine, "no SSE4.2", ["--from", folder], { env, programs: uname("x86_64", "Linux") });
  });

  test("without systemd, or with one that is too old, and names --no-service", async () => {
    using machine = createMachine();
    const args = ["--from", release(machine)];
    await refused(machine, "--no-service", args, { systemctl: "no-systemctl-here" });
    await refused(machine, "systemd is 246 here, and the service needs 247", args, { env: { SYSTEMD_VERSION: "246" } });
  });

  test("when only a part of it arrived, wherever it was cut", async () => {
    using machine = createMachine();
    const folder = release(machine);
    const whole = readFileSync(INSTALL, "utf8");
    const cuts = [...whole.matchAll(/\n/g)].map(({ index }) => index);
    const call = whole.trimEnd().length;
    // After each line, and at every place within the final call.
    for (let cut = whole.lastIndexOf("{ main"); cut < call; cut++) cuts.push(cut);
    const script = join(machine.elsewhere, "install.sh");
    for (const cut of cuts.filter((cut) => cut < call)) {
      writeFileSync(script, whole.slice(0, cut));
      await machine.run(["--from", folder], { script });
    }
    expect(cuts.length).toBeGreaterThan(400);
    expect(machine.tree()).toEqual({});
    expect(machine.told()).toEqual([]);
  });
});
