import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { spellJoinCode } from "../../../src/domain/join-code.ts";
import { parseOptions, type WrittenOptions } from "../../../src/downloader/options.ts";
import { createAuthority, hasOpenssl } from "../../support/authority.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "dwld-options-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const parse = (written: WrittenOptions, language: "en" | "ru" = "en") => parseOptions(written, { cwd, language });

describe("parseOptions()", () => {
  test("needs only a folder", () => {
    expect(parse({ dir: "films" })).toEqual({
      ok: true,
      options: {
        name: hostname(),
        roots: ["*"],
        bot: { host: "127.0.0.1", port: 9999 },
        listen: { host: "127.0.0.1", port: 50051 },
        dir: join(cwd, "films"),
        tls: undefined,
        botCa: undefined,
        backEnd: undefined,
        isBotPinned: false,
        join: undefined,
        token: undefined,
        concurrency: 2,
        rate: undefined,
        minFree: 1e9,
        ytDlp: Bun.which("yt-dlp") ?? undefined,
        ytDlpArguments: [],
        cookies: undefined,
        allowPrivate: false,
        plainToken: false,
        language: "en",
        given: ["dir"],
      },
    });
  });

  test("reads every option", () => {
    writeFileSync(join(cwd, "token"), "sesame\n");
    const written = {
      dir: "/films",
      name: "Дом",
      roots: "youtube.com, vk.com/video",
      bot: "[fd00::1]:9",
      listen: "0.0.0.0:0",
    };
    const more = { "yt-dlp": "/bin/sh", "yt-dlp-arg": ["--embed-subs"], cookies: "token" };
    const parsed = parse({
      ...written,
      "token-file": "token",
      concurrency: "4",
      rate: "1.5M",
      "min-free": "500k",
      ...more,
    });
    expect(parsed).toMatchObject({
      ok: true,
      options: {
        name: "Дом",
        roots: ["youtube.com", "vk.com/video"],
        bot: { host: "fd00::1", port: 9 },
        listen: { host: "0.0.0.0", port: 0 },
        dir: "/films",
        token: "sesame",
        concurrency: 4,
        rate: 1_500_000,
        minFree: 500_000,
        ytDlp: "/bin/sh",
        ytDlpArguments: ["--embed-subs"],
        cookies: join(cwd, "token"),
      },
    });
  });

  test("refuses a pipe that nobody writes to, instead of waiting forever", () => {
    Bun.spawnSync(["mkfifo", join(cwd, "pipe")]);
    const patience = { aloneMs: 0, writingMs: 0 };
    const options = ["token-file", "tls-cert", "bot-ca", "join-file", "backend-secret-file"];
    for (const option of options) {
      const written = { dir: "films", backend: "aria2", [option]: "pipe" };
      const parsed = parseOptions(written, { cwd, language: "en", patience });
      const told = option === "backend-secret-file" ? join(cwd, "pipe") : "pipe";
      const problem = `--${option}: found "${told}", expected a regular file, or a pipe with data`;
      expect(parsed).toEqual({ ok: false, problems: [problem] });
    }
  });

  test("reports every mistake with its option, what was found and what is expected", () => {
    const written = {
      name: " ",
      roots: "",
      bot: "9999",
      listen: "a:70000",
      "token-file": "no",
      concurrency: "0",
      rate: "0",
    };
    expect(parse({ ...written, "min-free": "much", "yt-dlp": "no", language: "de" })).toEqual({
      ok: false,
      problems: [
        '--name: found " ", expected 1 to 64 printable characters',
        '--roots: found "", expected parts of addresses with commas, such as youtube.com,vk.com/video, or *',
        '--bot: found "9999", expected HOST:PORT, such as 127.0.0.1:9999 or [::1]:9999',
        '--listen: found "a:70000", expected HOST:PORT, such as 127.0.0.1:9999 or [::1]:9999',
        "--dir is missing: the folder for the files, such as --dir downloads",
        '--token-file: found "no", expected a readable file with the bot\'s grpc.token and nothing else: one line without spaces',
        '--concurrency: found "0", expected a number from 1 to 64',
        '--rate: found "0", expected bytes per second, such as 500K or 2M',
        '--min-free: found "much", expected a size such as 500M or 2G',
        '--yt-dlp: found "no", expected a program that can be started',
        '--language: found "de", expected en or ru',
      ],
    });
  });

  test("reads a code, also from a file, and never shows a wrong one", () => {
    const id = Buffer.alloc(8);
    const code = { id, fingerprint: Buffer.alloc(32), secret: Buffer.alloc(16, 7), name: "abroad", addresses: [] };
    const word = spellJoinCode(code);
    writeFileSync(join(cwd, "code"), `${word}\n`);
    for (const written of [{ join: word }, { "join-file": "code" }]) {
      expect(parse({ dir: "films", ...written })).toMatchObject({ ok: true, options: { join: code } });
    }
    const wrong = parse({ dir: "films", join: word.slice(1), "join-file": "no" });
    expect(wrong).toEqual({
      ok: false,
      problems: [
        "--join: this is not the whole code. Copy everything that dwld-bot add-server has printed.",
        '--join-file: found "no", expected a file that can be read',
      ],
    });
    const content = Buffer.of(9);
    const checksum = createHash("sha256").update(content).digest().subarray(0, 4);
    expect(parse({ dir: "films", join: Buffer.concat([content, checksum]).toString("base64url") }, "ru")).toEqual({
      ok: false,
      problems: ["--join: код создан более новой версией dwld-bot. Установите на этой машине такую же."],
    });
  });

  test.skipIf(!hasOpenssl)("reads certificates, and accepts a key only with its certificate", () => {
    using authority = createAuthority();
    const { cert, key, certFile, keyFile } = authority.issue("home", "/CN=home");
    const other = authority.issue("other", "/CN=other");
    const given = { dir: "films", "tls-cert": certFile, "tls-key": keyFile, "bot-ca": authority.caFile };
    const parsed = parse(given);
    const { tls, botCa } = parsed.ok ? parsed.options : {};
    const read = [tls?.cert, tls?.key, botCa].map(String);
    expect(read).toEqual([cert, key, readFileSync(authority.caFile)].map((pem) => pem.toString().trim()));
    const notOwn = "--tls-key is missing: the key that belongs to --tls-cert";
    expect(parse({ ...given, "tls-key": other.keyFile })).toEqual({ ok: false, problems: [notOwn] });
    expect(parse({ dir: "films", "tls-cert": certFile })).toEqual({ ok: false, problems: [notOwn] });
    expect(parse({ dir: "films", "tls-key": keyFile })).toEqual({
      ok: false,
      problems: ["--tls-cert is missing: a certificate in a PEM file that can be read"],
    });
    expect(parse({ dir: "films", "tls-cert": keyFile, "tls-key": certFile }, "ru")).toEqual({
      ok: false,
      problems: [
        `--tls-cert: указано «${keyFile}», нужно: сертификат в файле PEM, который можно прочитать`,
        `--tls-key: указано «${certFile}», нужно: закрытый ключ без пароля в файле PEM, который можно прочитать`,
      ],
    });
  });

  test("reports mistakes in Russian", () => {
    expect(parse({ rate: "x" }, "ru")).toEqual({
      ok: false,
      problems: [
        "не указан --dir: папка для файлов, например --dir downloads",
        "--rate: указано «x», нужно: скорость в байтах в секунду, например 500K или 2M",
      ],
    });
  });
});
