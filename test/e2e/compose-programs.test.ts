import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseCli } from "../../src/cli.ts";
import { TOLD_BY_PARENT } from "../../src/commands/beside.ts";
import { PROGRAM_KINDS } from "../../src/domain/program-kind.ts";
import { parseOptions } from "../../src/downloader/options.ts";
import { words } from "../../src/words/words.ts";
import { blocksOf, LANGUAGES, page, ROOT } from "../support/guide.ts";

/** The parts of a compose file's service that these tests read. */
interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly profiles?: readonly string[];
}

const read = (name: string) => readFileSync(join(ROOT, name), "utf8");
const base = parse(read("compose.yaml"), { merge: true });
const variablesIn = (text: string) => [...new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name = ""]) => name))];

/** For each kind: the guide's page, and the program's variable for the secret. */
const EXAMPLES: readonly (readonly [keyof typeof PROGRAM_KINDS, string, string | undefined])[] = [
  ["aria2", "aria2.md", "RPC_SECRET"],
  ["qbittorrent", "qbittorrent.md", undefined],
  ["transmission", "transmission.md", "PASS"],
  ["metube", "metube.md", undefined],
  ["ytptube", "metube.md", "YTP_AUTH_PASSWORD"],
];

test("there is an example for every kind of program", () => {
  expect(EXAMPLES.map(([kind]) => kind)).toEqual(Object.keys(PROGRAM_KINDS) as (keyof typeof PROGRAM_KINDS)[]);
});

// No container engine runs these tests: they read the files as the program would.
describe.each(EXAMPLES)("compose.%s.yaml", (kind, guide, secretName) => {
  const file = `compose.${kind}.yaml`;
  const text = read(file);
  const example = parse(text);
  const services: Readonly<Record<string, Service>> = example.services;
  const { [kind]: program = {}, [`before-${kind}`]: bridge = {}, ...others } = services;
  const {
    [TOLD_BY_PARENT.token]: token,
    [TOLD_BY_PARENT.backEndSecret]: secret,
    ...unknown
  } = bridge.environment ?? {};

  test("puts the bot's own image in front of the program, with options that are understood", () => {
    const { command, ...written } = { command: "", ...parseCli(bridge.command ?? [], words.en.cli) };
    expect(command).toBe("downloader");
    const parsed = parseOptions(written, { cwd: "/", language: "en", backEndSecret: secret });
    const [, port = ""] = base.services.bot.environment.DWLD_BOT_GRPC_LISTEN.split(":");
    const usual = new URL(PROGRAM_KINDS[kind].defaultUrl);
    usual.hostname = kind;
    expect(parsed).toMatchObject({
      ok: true,
      options: {
        bot: { host: "bot", port: Number(port) },
        listen: { host: `before-${kind}` },
        backEnd: { kind: PROGRAM_KINDS[kind], options: { url: usual } },
      },
    });
    expect(bridge.image).toBe(base.services.bot.image);
    expect(bridge.volumes).toEqual([`before-${kind}:${parsed.ok ? parsed.options.dir : ""}`]);
    // It has the same restrictions as the other containers.
    expect(bridge).toMatchObject(base["x-careful"]);
  });

  test("passes the bot's token and the program's secret in variables that the downloader reads, and nothing else", () => {
    expect(unknown).toEqual({});
    expect(token).toBe(base.services.server.environment.DWLD_BOT_TOKEN);
    if (secretName !== undefined) expect(secret).toBe(program.environment?.[secretName]);
  });

  test("takes the program's image from a variable, and publishes at most its page to this machine", () => {
    expect(program.image).toMatch(/^\$\{\w+_IMAGE:\?/);
    expect(program.networks).toEqual(bridge.networks);
    for (const port of program.ports ?? []) expect(port).toStartWith("127.0.0.1:");
    const named = [program, bridge].flatMap(({ volumes = [] }) => volumes).filter((volume) => !volume.startsWith("/"));
    expect(Object.keys(example.volumes).sort()).toEqual(named.map((volume) => volume.split(":")[0] ?? "").sort());
  });

  test("keeps videos of one title apart where the program names the files", () => {
    const isTemplate = /OUTPUT_TEMPLATE(?:_PLAYLIST|_CHANNEL)?$/;
    const templates = Object.entries(program.environment ?? {}).filter(([name]) => isTemplate.test(name));
    // MeTube has separate templates for playlists and channels.
    const wanted: Readonly<Record<string, number>> = { metube: 3, ytptube: 1 };
    expect(templates).toHaveLength(wanted[kind] ?? 0);
    for (const [, template] of templates) expect(template).toContain("%(id)s");
  });

  test("leaves out the other server where the program reads pages itself", () => {
    const takesPages = (PROGRAM_KINDS[kind].roots as readonly string[]).includes("*");
    const isForPages = takesPages && !bridge.command?.includes("--roots");
    expect(others).toEqual(isForPages ? { server: { profiles: ["yt-dlp"] } } : {});
  });

  test.each(LANGUAGES)("is introduced by docs/%s with every variable that it needs", (language) => {
    const env = blocksOf(page(language, guide).text).find(
      ({ kind: of, text: block }) => of === "ini" && block.includes(file),
    );
    const set = env?.text.match(/^\w+(?==)/gm) ?? [];
    expect(env?.text).toContain(`COMPOSE_FILE=compose.yaml:${file}\n`);
    // The token is set already: docs/en/hosts.md.
    const wanted = variablesIn(text).filter((name) => name !== "GRPC_TOKEN");
    expect(set).toEqual(["COMPOSE_FILE", ...wanted]);
    expect(page(language, guide).text).toContain(`](../../${file})`);
  });
});
