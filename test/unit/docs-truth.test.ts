import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { helpText, parseCli } from "../../src/cli.ts";
import { EXIT } from "../../src/commands/exit.ts";
import { loadConfig } from "../../src/config/config.ts";
import { configKeys } from "../../src/config/keys.ts";
import { REMOTE_KINDS } from "../../src/downloader/back-ends/registry.ts";
import type { RemoteUnreachable } from "../../src/downloader/back-ends/remote.ts";
import { texts } from "../../src/telegram/locales/locales.ts";
import { words } from "../../src/words/words.ts";
import {
  blocksOf,
  changelogIn,
  commandsOf,
  LANGUAGES,
  type Language,
  page,
  pagesOf,
  proseOf,
  ROOT,
  rowsOf,
  spansOf,
} from "../support/guide.ts";
import { reservePort } from "../support/reserved-port.ts";

/** The pages of the guide, and the changelog. */
const pagesIn = (language: Language) => [...pagesOf(language), changelogIn(language)];
const all = LANGUAGES.flatMap(pagesIn);
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const packageJson = JSON.parse(read("package.json"));
const code = (cell = "") => /^`([^`]+)`$/.exec(cell)?.[1];

describe("every config of the guide", () => {
  const snippets = all.flatMap(({ path, text }) =>
    blocksOf(text)
      .filter(({ kind }) => kind === "yaml")
      .map((block) => [path, block.text] as const),
  );

  test.each(snippets)("in %s is accepted by the bot: %s", (_, text) => {
    const folder = mkdtempSync(join(tmpdir(), "dwld-docs-"));
    try {
      for (const owner of ["telegram", "grpc", "http"]) writeFileSync(join(folder, `${owner}-token`), `1:${owner}\n`);
      for (const [secret] of text.matchAll(/(?<=secret_file: )\S+/g))
        writeFileSync(join(folder, basename(secret)), "a secret\n");
      const file = join(folder, "config.yaml");
      writeFileSync(file, text.replaceAll(/((token|secret)_file: )\/etc\/dwld-bot/g, `$1${folder}`));
      const env = {
        ...(!text.includes("token:") && { DWLD_BOT_TELEGRAM_TOKEN: "1:abc" }),
        ...(!text.includes("admins:") && { DWLD_BOT_TELEGRAM_ADMINS: "1" }),
      };
      expect(loadConfig({ path: file, env, cwd: folder }).file).toBe(file);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("names every key with its meaning and default, in both languages", () => {
    const shown = (fallback: unknown) =>
      Array.isArray(fallback) ? `[${fallback.join(", ")}]` : fallback === "" ? '""' : String(fallback);
    const expected = configKeys().map(({ name, fallback }) => `${name} = ${shown(fallback)}`);
    for (const language of LANGUAGES) {
      const described = rowsOf(page(language, "config.md").text).map(
        ([key, fallback]) => `${code(key)} = ${code(fallback)}`,
      );
      expect(described.sort()).toEqual(expected.toSorted());
    }
  });

  test("names only variables of the environment that exist", () => {
    const known = configKeys().map(({ variable }) => variable);
    const named = all.flatMap(({ text }) => text.match(/DWLD_BOT_[A-Z_]*[A-Z]/g) ?? []);
    // Not of the config: its path, the example downloader's token, a test's seed, and what a downloader gets from its parent.
    const others = ["DWLD_BOT_CONFIG", "DWLD_BOT_TOKEN", "DWLD_BOT_SEED", "DWLD_BOT_BACKEND_SECRET"];
    expect(named.filter((name) => !known.includes(name) && !others.includes(name))).toEqual([]);
  });
});

describe("every command of the guide", () => {
  const lines = [...new Set(all.flatMap(({ text }) => commandsOf(text)))].flatMap((line) => line.split(" && "));
  const bare = lines.map((line) => line.replace(/^sudo /, "").replace(/^([A-Z_]+=\S+ )+/, ""));
  const startingWith = (words: RegExp) => bare.filter((line) => words.test(line));

  test("is of a kind that a test covers", () => {
    const kinds = [
      /^(dist\/)?dwld-bot( |$)/,
      /^(sh install\.sh|dwld-bot-uninstall)( |$)/,
      /^npm (ci|test|install|run)\b/,
      /^npx drizzle-kit /,
      /^\.ci\/run$/,
      /^node docs\/examples\/downloader\.mjs /,
      /^(systemctl|journalctl) /,
      /^grpcurl /,
      // test/e2e/guide-http.test.ts
      /^curl .*127\.0\.0\.1:9988/,
      /^sh -c 'umask 077; openssl rand/,
      // test/e2e/guide-restore.test.ts
      /^(mkdir|cp|chown|sh -c 'mv) .*\/var\/lib\/dwld-bot/,
      // test/machine/story.ts
      /^(mv|mkdir|mount) (\/var\/lib\/dwld-bot|\/media\/disk\/dwld-bot| )+$/,
      /^echo '\/media\/disk\/dwld-bot .* bind 0 0' \| sudo tee -a \/etc\/fstab$/,
      // test/e2e/guide-torrents.test.ts
      /^install -m 600 \/dev\/null \S*(?:qbittorrent|transmission)-password$/,
      // test/e2e/guide-aria2.test.ts, test/e2e/binary-guide.test.ts
      /^aria2c --conf-path=aria2\.conf /,
      // test/e2e/grpc-security.test.ts
      /^openssl (req|x509|verify) /,
      // test/e2e/binary-guide.test.ts
      /^export RELEASES=/,
      /^wget -O install\.sh "\$RELEASES\//,
      /^export TOKEN="\$\(sudo cat \/etc\/dwld-bot\/http-token\)"$/,
      // test/e2e/binary-container.test.ts
      /^sh -c 'umask 077; printf .* > \.env'$/,
      // Not ours: commands for stubs, yt-dlp's packages, Litestream, and Docker.
      /^(pip|go) install /,
      /^(python -m grpc_tools\.protoc|protoc|grpc_tools_ruby_protoc) -I proto .* bot\.proto downloader\.proto$/,
      /^mkdir -p wire$/,
      /^(apt|pipx) install /,
      /^docker compose (build( --pull --no-cache server)?|run --rm bot pair|up -d|(stop|start) bot)$/,
      /^docker compose (exec bot dwld-bot backup|cp \S+) \S+$/,
      /^docker run --rm -v dwld-bot_queue:\/data debian:13-slim (rm|sh -ec) /,
      /^litestream restore /,
    ];
    expect(bare.filter((line) => !kinds.some((kind) => kind.test(line)))).toEqual([]);
  });

  test("of dwld-bot is understood", () => {
    const inline = all
      .flatMap(({ text }) => spansOf(proseOf(text)))
      .filter((span) => /^(dist\/)?dwld-bot [a-z-]/.test(span));
    const ours = [...startingWith(/^(dist\/)?dwld-bot( |$)/), ...inline];
    expect(ours.length).toBeGreaterThan(15);
    const refused = ours.filter((line) => "usage" in parseCli(line.split(" ").slice(1), words.en.cli));
    expect(refused).toEqual([]);
  });

  test("of install.sh is understood", () => {
    const ours = startingWith(/^(sh install\.sh|dwld-bot-uninstall)/).map((line) =>
      line.replace("dwld-bot-uninstall", "sh install.sh"),
    );
    expect(ours.length).toBeGreaterThan(5);
    for (const line of ours) {
      const args = line.split(" ").slice(2);
      const { exitCode, stderr } = Bun.spawnSync(["sh", join(ROOT, "install.sh"), ...args, "--help"]);
      expect({ line, exitCode, stderr: stderr.toString() }).toEqual({ line, exitCode: 0, stderr: "" });
    }
  });

  test("of npm names scripts and packages that exist", () => {
    const scripts = startingWith(/^npm run /).map((line) => line.split(" ")[2] ?? "");
    const packages = startingWith(/^npm install /).flatMap((line) => line.split(" ").slice(2));
    expect(scripts.filter((name) => packageJson.scripts[name] === undefined)).toEqual([]);
    expect(packages.filter((name) => packageJson.dependencies[name] === undefined)).toEqual([]);
  });

  test("of a program that no test runs has only options of its manual", () => {
    // `grpcurl -help` (1.9.3), `litestream restore -h` (0.3.13), docs.docker.com/reference/cli/docker.
    const manuals: Readonly<Record<string, readonly string[]>> = {
      grpcurl: ["-plaintext", "-d", "-H", "-import-path", "-proto"],
      "litestream restore": ["-o"],
      "docker compose build": ["--no-cache", "--pull"],
      "docker compose run": ["--rm"],
      "docker compose up": ["-d"],
      "docker run": ["--rm", "-v", "-ec"],
    };
    for (const [program, known] of Object.entries(manuals)) {
      const ours = startingWith(new RegExp(`^${program} `)).concat(startingWith(new RegExp(`^${program}$`)));
      expect(ours.length).toBeGreaterThan(0);
      const used = ours.flatMap((line) => line.replace(/'[^']*'/g, "").match(/(?<= )-[\w-]+/g) ?? []);
      expect(used.filter((flag) => !known.includes(flag))).toEqual([]);
    }
    const inline = all
      .flatMap(({ text }) => spansOf(proseOf(text)))
      .filter((span) => /^(grpcurl |-H |-import)/.test(span));
    const used = inline.flatMap((span) => span.replace(/"[^"]*"/g, "").match(/(?<= |^)-[\w-]+/g) ?? []);
    expect(inline.length).toBeGreaterThan(3);
    expect(used.filter((flag) => !manuals.grpcurl?.includes(flag))).toEqual([]);
  });

  test("of the example downloader has options that it knows", () => {
    const source = read("docs/examples/downloader.mjs");
    const flags = startingWith(/^node docs\/examples/).flatMap((line) => line.split(" -- ")[0]?.match(/--\w+/g) ?? []);
    expect(flags.length).toBeGreaterThan(5);
    expect(flags.filter((flag) => !source.includes(`    ${flag.slice(2)}: text(`))).toEqual([]);
  });

  test("of systemd concerns our services", () => {
    expect(
      startingWith(/^(systemctl|journalctl) /).filter((line) => !/ dwld-bot(-downloader)?( |$)/.test(line)),
    ).toEqual([]);
  });
});

describe("the guide's page about the built-in downloader", () => {
  test.each(LANGUAGES)("explains every option that it has, in %s", (language) => {
    const help = helpText(words[language].cli);
    const [, ofDownloader = ""] = /(?:of|команды) downloader:\n(.*?)\n\n/s.exec(help) ?? [];
    const options = [...ofDownloader.matchAll(/^ {6}(--[a-z-]+)/gm)].map(([, option = ""]) => option);
    const explained = rowsOf(page(language, "built-in.md").text).flatMap(([cell]) => code(cell) ?? []);
    expect(explained.sort()).toEqual(options.sort());
  });
});

describe("the guide's pages about back ends", () => {
  test.each([
    ["aria2.md", "aria2"],
    ["qbittorrent.md", "qbittorrent"],
    ["transmission.md", "transmission"],
    ["metube.md", "metube"],
  ] as const)("explain, in %s, the message when nobody listens", async (name, kind) => {
    using nobody = reservePort();
    const url = new URL(`http://127.0.0.1:${nobody.port}/`);
    const remote = REMOTE_KINDS[kind].create({ url, user: "a", secret: "b", dir: undefined, settings: new Map() });
    const silence = await remote.health(new AbortController().signal).catch((error: RemoteUnreachable) => error.detail);
    for (const language of LANGUAGES) {
      const said = rowsOf(page(language, name).text).map(([cell = ""]) => cell);
      expect(said.filter((cell) => cell.split(" ").includes(silence))).toHaveLength(1);
    }
  });
});

describe("the guide, about the chat,", () => {
  test.each(LANGUAGES)("explains every command, in %s", (language) => {
    const explained = rowsOf(page(language, "chat.md").text).flatMap(
      ([cell]) => /^`\/(\w+)`$/.exec(cell ?? "")?.[1] ?? [],
    );
    expect(explained.sort()).toEqual(Object.keys(texts[language].commands).sort());
  });

  test.each(LANGUAGES)("names buttons as the bot does, in %s", (language) => {
    const spans = pagesIn(language)
      .flatMap(({ text }) => spansOf(proseOf(text)))
      .filter((span) => /^\p{Extended_Pictographic}/u.test(span));
    expect(spans.length).toBeGreaterThan(20);
    const source = linesOf(`src/telegram/locales/${language}/*.ts`);
    expect([...new Set(spans)].filter((span) => !isSaid(span, source))).toEqual([]);
  });
});

test("the Russian pages contain no word that a native reader has struck out", () => {
  const struck = /договор|сторож|открытость|доск[аиу] |жребий|дорог[аиуе]|звон(ит|ят|ю)|парадн/gi;
  const found = pagesIn("ru").flatMap(({ path, text }) =>
    [...proseOf(text).matchAll(struck)].map(([word]) => `${path}: ${word}`),
  );
  expect(found).toEqual([]);
});

describe("troubleshooting", () => {
  test.each(LANGUAGES)("explains messages that the bot or install.sh can print, in %s", (language) => {
    const source = linesOf("src/**/*.ts", "install.sh");
    const messages = rowsOf(page(language, "trouble.md").text).flatMap(([cell = ""]) => spansOf(cell));
    expect(messages.length).toBeGreaterThan(45);
    expect(messages.filter((message) => !isSaid(message, source))).toEqual([]);
  });

  test.each(LANGUAGES)("lists the exit codes, in %s", (language) => {
    for (const text of [page(language, "service.md").text, helpText(words[language].cli)]) {
      for (const value of Object.values(EXIT)) expect(text).toContain(String(value));
    }
    const listed = rowsOf(page(language, "service.md").text).flatMap(([cell]) =>
      /^\d+$/.test(cell ?? "") ? Number(cell) : [],
    );
    expect(listed).toEqual(Object.values(EXIT));
  });
});

describe("the guide, about the wire,", () => {
  const downloader = read("proto/downloader.proto");
  const fieldsIn = (proto: string, message: string) => {
    const [, body = ""] = new RegExp(`message ${message} \\{(.*?)\\n\\}`, "s").exec(proto) ?? [];
    return [...body.matchAll(/^ {2}((?:optional |repeated )?\w+) (\w+) = (\d+);/gm)].map(
      ([, type, name, no]) => `${no} ${name} ${type}`,
    );
  };

  test.each(LANGUAGES)("agrees with the protos, in %s", (language) => {
    const rows = rowsOf(page(language, "downloader.md").text);
    const fields = rows.flatMap(([no, name, type]) => (/^\d+$/.test(no ?? "") ? `${no} ${code(name)} ${type}` : []));
    expect(fields).toEqual([
      ...fieldsIn(read("proto/bot.proto"), "RegisterDownloaderRequest"),
      ...["SetToQueueRequest", "DeleteFromQueueRequest", "Task", "OnWork"].flatMap((name) =>
        fieldsIn(downloader, name),
      ),
    ]);
    const methods = [...downloader.matchAll(/rpc (\w+)\((\S+)\) returns \((\S+)\)/g)].map(
      ([, name, request, reply]) => [name, request, reply],
    );
    const described = rows.flatMap(([name = "", request = "", reply]) =>
      code(reply)?.endsWith("Response") ? [[code(name), code(request) ?? "google.protobuf.Empty", code(reply)]] : [],
    );
    expect(described.sort()).toEqual(methods.sort());
  });

  test("gives an example call that the contract allows", () => {
    const fields = fieldsIn(read("proto/bot.proto"), "RegisterDownloaderRequest").map((field) => field.split(" ")[1]);
    for (const { text } of all) {
      for (const line of commandsOf(text).filter((command) => command.startsWith("grpcurl "))) {
        const [, request = ""] = /-d '([^']+)'/.exec(line) ?? [];
        expect(Object.keys(JSON.parse(request))).toEqual(fields.map(String));
        expect(line).toEndWith("grpc.v1.Bot/RegisterDownloader");
      }
    }
  });
});

test("the files that the guide names exist", () => {
  for (const path of [
    "docs/examples/downloader.mjs",
    "docs/grafana/dwld-bot.json",
    "config.example.yaml",
    "install.sh",
  ]) {
    expect({ path, exists: existsSync(join(ROOT, path)) }).toEqual({ path, exists: true });
  }
});

function linesOf(...patterns: readonly string[]): string[] {
  const files = patterns.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync(ROOT)]);
  return files.flatMap((file) => read(file).split("\n"));
}

/** Whether one line contains all parts between the dots, in this order. */
function isSaid(message: string, lines: readonly string[]): boolean {
  const parts = message
    .split("…")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (!parts.some((part) => part.length > 3)) throw new Error(`"${message}" could be anything`);
  return lines.some((line) => {
    let from = 0;
    return parts.every((part) => {
      const at = line.indexOf(part, from);
      from = at + part.length;
      return at >= 0;
    });
  });
}
