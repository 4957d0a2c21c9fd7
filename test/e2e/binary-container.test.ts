import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseCli } from "../../src/cli.ts";
import { loadConfig } from "../../src/config/config.ts";
import { words } from "../../src/words/words.ts";
import { ARIA2C } from "../support/back-end/aria2.ts";
import { TOKEN } from "../support/binary.ts";
import { blocksOf, page, ROOT } from "../support/guide.ts";
import { createPrivateMachine, hasPrivateMachines, whileServing } from "../support/private-machine.ts";

/** The parts of a compose.yaml service that these tests read. */
interface Service {
  readonly build?: { readonly dockerfile: string; readonly target: string };
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: unknown;
}

const compose = parse(readFileSync(join(ROOT, "compose.yaml"), "utf8"), { merge: true });
const services: Readonly<Record<"bot" | "server" | "other", Service>> = compose.services;
const containerfile = readFileSync(join(ROOT, "Containerfile"), "utf8");
const ENV = { TELEGRAM_TOKEN: TOKEN, GRPC_TOKEN: "a".repeat(64), ARIA2_SECRET: "b".repeat(32) };

/** `${NAME:?why}` as compose fills it in. */
function filledIn(values: Readonly<Record<string, string>>): Record<string, string> {
  const fill = (_: string, name: string) => ENV[name as keyof typeof ENV] ?? "";
  return Object.fromEntries(
    Object.entries(values).map(([key, text]) => [key, text.replace(/\$\{(\w+):\?[^}]*\}/g, fill)]),
  );
}

/** The instructions of a stage, by the name that `AS` gives it. */
function stage(name: string): string {
  return containerfile.split(/^(?=FROM )/m).find((text) => text.split("\n")[0]?.endsWith(` AS ${name}`)) ?? "";
}

const quoted = (word: string) => `'${word}'`;
const inShell = (env: Record<string, string>, command: readonly string[]) =>
  ["env", ...Object.entries(env).map(([key, value]) => quoted(`${key}=${value}`)), ...command.map(quoted)].join(" ");

// No container engine runs these tests: they try what the files would make it start. `.ci/image` builds where there is one.
describe("compose.yaml and the Containerfile", () => {
  test("name stages, entry points and commands that exist", () => {
    for (const { build, command } of [services.bot, services.server]) {
      expect(stage(build?.target ?? "")).toContain('\nENTRYPOINT ["/usr/local/bin/dwld-bot"]\n');
      expect(parseCli(command ?? [], words.en.cli)).not.toHaveProperty("usage");
    }
    for (const [, args = ""] of containerfile.matchAll(/^CMD (.*)$/gm)) {
      expect(parseCli(JSON.parse(args), words.en.cli)).not.toHaveProperty("usage");
    }
    // Without a named stage, the last one is built.
    expect(containerfile.match(/^FROM .* AS (\w+)$/gm)?.at(-1)).toEndWith(" AS bot");
  });

  test("install the current yt-dlp, and what YouTube's scripts run in, as the guide does", () => {
    const lines = blocksOf(page("en", "built-in.md").text).flatMap(({ text }) => text.split("\n"));
    const line = lines.find((one) => one.includes("pipx install"))?.replace(/^sudo /, "");
    expect(stage("server")).toContain(` && ${line} \\\n`);
  });

  test("build the bot's image without what only the server's needs, and with a folder that only the bot can read", () => {
    const from = stage("bot").match(/^COPY --from=(\w+) /m)?.[1] ?? "";
    expect(stage(from)).not.toContain("apt-get");
    expect(stage(from)).toContain(" -m 0700 -o 65532 -g 65532 /made/data\n");
    // `COPY … /made/data /data` would make a folder that everybody can read.
    expect(stage("bot")).toContain(" /made/ /\n");
  });

  test("give memory back as often as the services do", async () => {
    const unit = await Bun.file(join(ROOT, "dwld-bot.service")).text();
    const [, setting] = unit.match(/^Environment=(MIMALLOC_\w+=\d+)$/m) ?? [];
    for (const name of ["bot", "server"]) expect(stage(name)).toMatch(new RegExp(`^ENV .*\\b${setting}$`, "m"));
  });

  test("give each server a name that stays when its container is made again", () => {
    const examples = containerfile.match(/^# .* --with-downloader .*$/gm) ?? [];
    expect(examples).toHaveLength(1);
    // Otherwise it takes the host name, which is random in a container.
    expect(examples[0]).toContain(" --hostname home ");
    expect(services.server.command).toContain("--name");
  });

  test("let the bot listen on its own network only, with a token, and publish no port", () => {
    const config = loadConfig({ env: filledIn(services.bot.environment), cwd: "/nonexistent" });
    const [{ subnet }] = compose.networks.servers.ipam.config;
    expect(config.grpc).toMatchObject({ listen: { host: "0.0.0.0", port: 9999 }, token: ENV.GRPC_TOKEN });
    expect(services.bot.environment.DWLD_BOT_GRPC_ALLOWED_NETWORKS).toBe(subnet);
    expect(Object.values(services).flatMap(({ ports }) => ports ?? [])).toEqual([]);
    for (const { environment } of [services.server, services.other]) {
      expect(filledIn(environment).DWLD_BOT_TOKEN).toBe(ENV.GRPC_TOKEN);
    }
  });

  test("send to the build only the files that the images need", () => {
    const copied = containerfile.match(/^COPY (?!--from).*$/gm) ?? [];
    expect(copied).toHaveLength(2);
    expect(copied.every((line) => line.includes(" dist/dwld-bot "))).toBe(true);
    expect(readFileSync(join(ROOT, ".dockerignore"), "utf8")).toContain("\n*\n!dist/dwld-bot\n");
  });
});

describe.skipIf(!hasPrivateMachines)("what compose.yaml starts, run without containers:", () => {
  const machine = hasPrivateMachines
    ? createPrivateMachine({
        addresses: ["172.30.99.2", "172.30.99.3", "172.30.99.4"],
        names: { bot: "172.30.99.2", aria2: "172.30.99.3", server: "172.30.99.4", "before-aria2": "172.30.99.4" },
      })
    : undefined;
  afterAll(() => machine?.[Symbol.dispose]());

  test("the bot makes a code, and then the server registers by its own host name with the bot's", async () => {
    const { bot, server } = services;
    const dir = server.command?.map((word) => (word === "/files" ? "files" : word)) ?? [];
    const said = await machine?.run([
      "mkdir data; cd data; install -D ../dist/dwld-bot /usr/local/bin/dwld-bot",
      inShell(filledIn(bot.environment), ["dwld-bot", "pair"]),
      whileServing(
        inShell(filledIn(bot.environment), ["dwld-bot", ...(bot.command ?? [])]),
        "Downloaders can register",
        {
          name: "bot",
          meanwhile: [
            whileServing(inShell(filledIn(server.environment), ["dwld-bot", ...dir]), 'Registered as "home"'),
            inShell(filledIn(bot.environment), ["dwld-bot", "check"]),
          ].join("\n"),
        },
      ),
    ]);
    expect(said).toContain("Send this code to @my_bot");
    expect(said).toContain('Registered as "home"');
    // Not by an address: its container may get another one at each start.
    expect(said).toContain('"home" at server:50051');
  });

  test.skipIf(ARIA2C === null)(
    "with compose.aria2.yaml, the server in front of aria2 reaches aria2 and the bot by their host names",
    async () => {
      const { "before-aria2": bridge } = parse(readFileSync(join(ROOT, "compose.aria2.yaml"), "utf8")).services;
      const words: string[] = bridge.command.map((word: string) => (word === "/data" ? "list" : word));
      const { bot } = services;
      const aria2 = `aria2c --no-conf --enable-rpc --rpc-listen-all --rpc-secret='${ENV.ARIA2_SECRET}'`;
      const said = await machine?.run([
        "mkdir data; cd data; install -D ../dist/dwld-bot /usr/local/bin/dwld-bot",
        inShell(filledIn(bot.environment), ["dwld-bot", "pair"]),
        whileServing(
          inShell(filledIn(bot.environment), ["dwld-bot", ...(bot.command ?? [])]),
          "Downloaders can register",
          {
            name: "bot",
            meanwhile: whileServing(aria2, "listening on TCP port", {
              name: "aria2",
              meanwhile: whileServing(
                inShell(filledIn(bridge.environment), ["dwld-bot", ...words]),
                "aria2 .* answers",
              ),
            }),
          },
        ),
      ]);
      expect(said).toMatch(/aria2 [\d.]+ answers/);
    },
  );

  test("the guide's first command writes the secrets to a file that only its owner can read", async () => {
    const block = blocksOf(page("en", "hosts.md").text).find(({ text }) => text.includes("docker compose"))?.text ?? "";
    const line = block.split("\n").find((one) => one.includes("> .env")) ?? "";
    const said = await machine?.run([line, "stat -c %a .env; cat .env"]);
    expect(said).toMatch(/^600\nTELEGRAM_TOKEN=123456:ABC-def\nGRPC_TOKEN=[0-9a-f]{64}\n$/);
    expect(block).toContain("docker compose run --rm bot pair\n");
  });
});
