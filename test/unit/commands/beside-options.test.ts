import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCli } from "../../../src/cli.ts";
import { besideCommand, besideDir, refuseBeside } from "../../../src/commands/beside-options.ts";
import { type Config, loadConfig } from "../../../src/config/config.ts";
import { parseOptions } from "../../../src/downloader/options.ts";
import { words } from "../../../src/words/words.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "dwld-beside-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function configOf(downloader: object, more: object = {}): Config {
  const path = join(cwd, "config.yaml");
  writeFileSync(path, JSON.stringify({ telegram: { token: "1:abc", admins: [1] }, downloader, ...more }));
  return loadConfig({ path, env: {}, cwd });
}

const commandOf = (config: Config) =>
  besideCommand({ dir: besideDir(config), config, bot: { host: "127.0.0.1", port: 9999 } });

/** The options of the downloader beside the bot, for a config's `downloader`. */
function optionsOf(downloader: object) {
  const command = commandOf(configOf(downloader));
  const invocation = parseCli(command.slice(command.indexOf("downloader")), words.en.cli);
  if ("usage" in invocation) throw new Error(invocation.usage);
  const { command: _command, files: _files, ...written } = invocation;
  const parsed = parseOptions(written, { cwd, language: "en" });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return parsed.options;
}

test("the downloader beside the bot gets its options from the config", () => {
  writeFileSync(join(cwd, "cookies.txt"), "cookies");
  const given = { concurrency: 3, rate: "2M", min_free: "500M", cookies: "cookies.txt", yt_dlp: "/bin/sh" };
  expect(
    optionsOf({ ...given, dir: "films", yt_dlp_arguments: ["--embed-subs", "--proxy=http://a.org"] }),
  ).toMatchObject({
    dir: join(cwd, "films"),
    concurrency: 3,
    rate: 2_000_000,
    minFree: 500_000_000,
    cookies: join(cwd, "cookies.txt"),
    ytDlp: "/bin/sh",
    ytDlpArguments: ["--embed-subs", "--proxy=http://a.org"],
  });
});

test("its defaults are those of a downloader that runs separately", () => {
  const parsed = parseOptions({ dir: "films" }, { cwd, language: "en" });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  const { language, given, ...itself } = parsed.options;
  expect(optionsOf({ dir: "films" })).toMatchObject({ ...itself });
});

test("it gets its name and roots from the config", () => {
  expect(optionsOf({ dir: "films", name: "Дом", roots: ["youtube.com", "vk.com/video"] })).toMatchObject({
    name: "Дом",
    roots: ["youtube.com", "vk.com/video"],
  });
});

describe("in front of a back-end program", () => {
  const backend = { kind: "qbittorrent", url: "http://nas.lan:8080/", user: "ann", dir: "/downloads" };

  test("it gets the program's options from the config", () => {
    const options = { ...backend, options: ["category=a film"] };
    expect(optionsOf({ dir: "list", backend: options })).toMatchObject({
      dir: join(cwd, "list"),
      roots: ["magnet:"],
      backEnd: {
        options: {
          url: new URL(backend.url),
          user: "ann",
          dir: "/downloads",
          settings: new Map([["category", "a film"]]),
        },
      },
    });
  });

  test("it gets no option that has no effect there", () => {
    const own = { rate: "2M", concurrency: 4, yt_dlp_arguments: ["--embed-subs"] };
    const config = configOf({ ...own, backend: { kind: "aria2", user: "ann" } });
    expect(commandOf(config).join(" ")).not.toMatch(/--(rate|concurrency|min-free|yt-dlp-arg|backend-user)/);
    expect(commandOf(configOf(own)).join(" ")).toMatch(/--concurrency=4 .*--rate=2000000 .*--yt-dlp-arg=--embed-subs/);
  });

  test("it needs no folder: its list is kept beside the database", () => {
    expect(besideDir(configOf({ backend }))).toBe(join(cwd, "dwld-bot.downloader"));
    expect(besideDir(configOf({ backend, dir: "list" }))).toBe(join(cwd, "list"));
    expect(besideDir(configOf({}))).toBe("");
  });

  test("the program's secret is not among its arguments, which every user of the machine can read", () => {
    const command = commandOf(configOf({ backend: { ...backend, secret: "sesame" } }));
    expect(command.join(" ")).toContain("--backend=qbittorrent");
    expect(command.join(" ")).not.toContain("sesame");
  });
});

describe("refuseBeside()", () => {
  const grpc = { listen: "0.0.0.0:9999", token: "sesame" };
  const MANAGED = { NOTIFY_SOCKET: "/run/systemd/notify" };

  test("refuses to start a downloader that the bot would not let register", () => {
    const config = configOf({ dir: "films" }, { grpc: { ...grpc, allowed_networks: ["172.30.99.0/24"] } });
    expect(() => refuseBeside(config, {})).toThrow("is not in grpc.allowed_networks: add 127.0.0.1/32 there");
    expect(() => refuseBeside(config, { LANG: "ru_RU.UTF-8" })).toThrow("добавьте туда 127.0.0.1/32");
  });

  test.each([[[]], [["127.0.0.0/8", "172.30.99.0/24"]]])("accepts allowed_networks %p", (allowed) => {
    expect(refuseBeside(configOf({ dir: "films" }, { grpc: { ...grpc, allowed_networks: allowed } }), {})).toBe(
      undefined,
    );
  });

  test("refuses to start one under systemd, where the limits of the bot's unit do not fit downloads", () => {
    const config = configOf({ dir: "films" });
    expect(() => refuseBeside(config, MANAGED)).toThrow(/Under systemd .*install\.sh --downloader/);
  });

  test("accepts one in a container that a unit starts", () => {
    expect(refuseBeside(configOf({ dir: "films" }), { ...MANAGED, container: "podman" })).toBe(undefined);
  });
});
