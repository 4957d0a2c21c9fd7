import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { callOf } from "../../src/commands/calls-over-tls.ts";
import { conformance } from "../../src/commands/conformance.ts";
import { startDownloader } from "../../src/downloader/downloader.ts";
import { parseOptions } from "../../src/downloader/options.ts";
import { createAuthority, hasOpenssl } from "../support/authority.ts";
import { createDownloaderServer, type Method } from "../support/downloader/server.ts";
import { startDownloader as startGoLike } from "../support/downloader.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { startForwarder } from "../support/forwarder.ts";
import { eachText } from "../support/output.ts";
import { createRecordingLog } from "../support/recording-log.ts";
import { createWatch } from "../support/watch.ts";

const EXAMPLE = join(import.meta.dir, "../../docs/examples/downloader.mjs");

let folder: string;
let site: FileServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dwld-conformance-"));
  site = await startFileServer();
  site.serves("/film.mp4", { bytes: Buffer.from("a film") });
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** What the command prints, without waiting between its questions, and its exit code. */
async function judged(
  port: number,
  { env = {}, ...of }: Omit<Parameters<typeof conformance>[0], "address"> & { env?: Record<string, string> } = {},
) {
  let printed = "";
  const write = (text: string) => {
    printed += text;
  };
  const code = await conformance({ address: `127.0.0.1:${port}`, ...of, wait: async () => undefined }, { env, write });
  return { code, printed, levels: [...(printed.match(/^(ok|warn|fail)\b/gm) ?? [])] };
}

const ALL_OK = Array.from({ length: 12 }, () => "ok");

test("the built-in downloader passes every check, up to a finished download", async () => {
  const written = { dir: folder, listen: "127.0.0.1:0", bot: "127.0.0.1:1", "allow-private": true, "min-free": "0" };
  const parsed = parseOptions(written, { cwd: folder, language: "en" });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  await using home = await startDownloader(parsed.options, { log: createRecordingLog() });
  const { code, printed, levels } = await judged(home.address.port, { link: `${site.root}/film.mp4` });
  expect(printed).toContain("the list says DONE: film.mp4");
  expect(levels).toEqual(ALL_OK);
  expect(code).toBe(0);
});

test("the example of the guide passes every check", async () => {
  await using example = startExample(["sh", "-c", "true"]);
  const { code, printed } = await judged(await example.port, { link: "https://films.example/1" });
  expect(printed).not.toContain("fail");
  expect(code).toBe(0);
});

test.skipIf(!hasOpenssl)(
  "over TLS a downloader is checked with the bot's certificate, and each mistake is explained",
  async () => {
    using authority = createAuthority();
    const nas = authority.issue("nas", "/CN=nas");
    const bot = authority.issue("bot", "/CN=bot.example.org", "-addext", "subjectAltName=DNS:bot.example.org");
    writeFileSync(join(folder, "token"), "sesame\n");
    const shown = {
      "tls-cert": nas.certFile,
      "tls-key": nas.keyFile,
      "bot-ca": authority.caFile,
      "token-file": "token",
    };
    const where = { dir: folder, listen: "127.0.0.1:0", bot: "bot.example.org:1", "yt-dlp": "/bin/sh" };
    const parsed = parseOptions({ ...where, ...shown }, { cwd: folder, language: "en" });
    if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
    await using home = await startDownloader(parsed.options, { log: createRecordingLog() });
    const files = { ca: authority.caFile, "tls-cert": bot.certFile, "tls-key": bot.keyFile, "token-file": "token" };
    const called = (options: Parameters<typeof callOf>[0]) => callOf(options, { cwd: folder, env: {} });
    const right = await judged(home.address.port, called({ ...files, name: "nas" }));
    expect(right).toMatchObject({ code: 0, levels: ALL_OK.slice(1) });
    using elsewhere = createAuthority("another authority");
    using proxy = startForwarder({ leadsTo: home.address.port, tls: nas });
    for (const [wrong, en, ru, port = home.address.port] of [
      [{ ...files, name: "other" }, "The certificate is not trusted", "Дело в сертификате"],
      [{ ...files, ca: elsewhere.caFile, name: "nas" }, "The certificate is not trusted", "Дело в сертификате"],
      [{ ca: files.ca, name: "nas" }, "--tls-cert with --tls-key", "Сервер не пускает"],
      [{ ...files, name: "nas" }, "h2 by ALPN", "h2 через ALPN", proxy.port],
      [{}, "Is it running", "Запущен ли он"],
    ] as const) {
      const { code, printed } = await judged(port, called(wrong));
      expect({ code, printed }).toEqual({ code: 78, printed: expect.stringContaining("It does not answer") });
      expect(printed).toContain(en);
      expect((await judged(port, { ...called(wrong), env: { LANG: "ru_RU.UTF-8" } })).printed).toContain(ru);
    }
  },
);

describe("conformance()", () => {
  test("passes a downloader like the existing ones, in the operator's language", async () => {
    await using nas = await startGoLike({ name: "nas" });
    const english = await judged(nas.port);
    expect(english.levels).toEqual(ALL_OK.slice(1));
    const russian = await judged(nas.port, { env: { LANG: "ru_RU.UTF-8" } });
    expect(russian.printed).toContain("SetToQueue принимает ссылку");
  });

  test("says why, and ends with 78, when nobody answers", async () => {
    await using nas = await startGoLike({ name: "nas" });
    nas.closes();
    const { code, printed } = await judged(nas.port);
    expect(printed).toMatch(/^fail +It does not answer: UNAVAILABLE/);
    expect(code).toBe(78);
  });

  test.each<[string, (list: string[]) => Partial<Record<string, Method>>]>([
    [
      "An empty link is not refused",
      (list) => ({
        SetToQueue: async ({ link }) => (list.includes(String(link)) ? known() : reply(list, String(link))),
      }),
    ],
    [
      "SetToQueue does not accept a link",
      () => ({ SetToQueue: () => Promise.reject({ code: status.UNKNOWN, details: "disk is full" }) }),
    ],
    ["is not in its list", () => ({ SetToQueue: async ({ link }) => (link === "" ? refused() : { tasks: [] }) })],
    [
      "A link that is sent again is listed 3 times",
      (list) => ({ SetToQueue: async ({ link }) => (link === "" ? refused() : reply(list, String(link))) }),
    ],
    [
      "would also give the link to another server",
      (list) => ({
        SetToQueue: async ({ link }) => (link === "" || list.length > 0 ? refused() : reply(list, String(link))),
      }),
    ],
    ["A link is still in the list after DeleteFromQueue", () => ({ DeleteFromQueue: async () => ({ tasks: [] }) })],
    ["CleanHistory fails", () => ({ CleanHistory: () => Promise.reject({ code: status.UNIMPLEMENTED, details: "" }) })],
  ])("fails a downloader with this fault: %s", async (sentence, faults) => {
    const list: string[] = [];
    const tasks = () => ({ tasks: list.map((link) => ({ link, status: "NEW", max_quality: "720" })) });
    const good: Record<string, Method> = {
      SetToQueue: async ({ link }) =>
        link === "" ? refused() : list.includes(String(link)) ? known() : reply(list, String(link)),
      DeleteFromQueue: async ({ link }) => {
        list.splice(0, list.length, ...list.filter((one) => one !== link));
        return tasks();
      },
      CleanHistory: async () => tasks(),
      Queue: async () => tasks(),
      Status: async () => ({ on_work: [], sensors: "" }),
      Healtheck: async () => ({ message: "ok" }),
    };
    const methods = { ...good, ...(faults(list) as Record<string, Method>) };
    const server = createDownloaderServer({ host: "127.0.0.1", port: 0, methods, onCall: () => undefined });
    await server.opens();
    try {
      const { code, printed } = await judged(server.port);
      expect(printed.split("\n").filter((line) => line.startsWith("fail"))).toEqual([
        expect.stringContaining(sentence),
      ]);
      expect(code).toBe(78);
    } finally {
      server.closes();
    }
  });

  test.each([
    [{ "tls-cert": "cert.pem" }, "--tls-cert needs --ca as well."],
    [{ "token-file": "token" }, "--token-file needs --ca as well."],
    [{ ca: "none.pem" }, "none.pem cannot be read, or contains something else."],
  ])("says what is wrong with files for TLS: %p", (options, message) => {
    expect(() => callOf(options, { cwd: folder, env: {} })).toThrow(message);
  });

  test.skipIf(!hasOpenssl).each(["", "two\nlines", "имя"])(
    "does not repeat a token that cannot be sent: %j",
    (text) => {
      using authority = createAuthority();
      writeFileSync(join(folder, "wrong"), text);
      const options = { ca: authority.caFile, "token-file": "wrong" };
      expect(() => callOf(options, { cwd: folder, env: {} })).toThrow(
        "wrong cannot be read, or contains something else.",
      );
    },
  );

  test("requires an address", () => {
    return expect(conformance({ address: "50051" }, { env: {}, write: () => undefined })).rejects.toMatchObject({
      code: 64,
    });
  });
});

const refused = (): never => {
  throw { code: status.INVALID_ARGUMENT, details: "No link" };
};
const known = (): never => {
  throw { code: status.ALREADY_EXISTS, details: "It is here" };
};
const reply = (list: string[], link: string) => {
  list.push(link);
  return { tasks: [] };
};

/** The example as a reader starts it, on a port of its own. */
function startExample(command: readonly string[]) {
  const flags = ["--listen", "127.0.0.1:0", "--bot", "127.0.0.1:1", "--folder", join(folder, "films")];
  const child = Bun.spawn(["node", EXAMPLE, ...flags, "--", ...command], { stdout: "pipe", stderr: "inherit" });
  const watch = createWatch();
  let output = "";
  void eachText(child.stdout, (text) => {
    output += text;
    watch.changed();
  });
  const port = () => Number(/Listening on port (\d+)/.exec(output)?.[1] ?? Number.NaN);
  return {
    port: watch.until(() => port() || undefined, { what: "the example to listen", seen: () => output }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
      watch.close();
    },
  };
}
