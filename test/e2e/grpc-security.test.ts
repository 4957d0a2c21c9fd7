import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type ClientOptions, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { startApp } from "../../src/app/app.ts";
import { type Config, loadConfig } from "../../src/config/config.ts";
import { loadServices } from "../../src/grpc/proto.ts";
import { startTestApp, type TestApp, TOKEN, USER } from "../support/app.ts";
import { hasOpenssl } from "../support/authority.ts";
import { startDownloader } from "../support/downloader.ts";
import { WAIT_LIMIT_MS } from "../support/patience.ts";
import { createRecordingLog } from "../support/recording-log.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const page = (language: string) => readFileSync(join(import.meta.dir, `../../docs/${language}/hosts.md`), "utf8");
const blocks = (language: string, kind: string) =>
  [...page(language).matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\``, "gms"))].map(([, text = ""]) => text);

/** Runs the commands of docs/en/hosts.md except those for containers; disposing it deletes the files that they made. */
function followThePage() {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-hosts-"));
  const commands = blocks("en", "sh").filter((block) => !block.includes("docker "));
  const { exitCode, stderr } = Bun.spawnSync(["sh", "-eu", "-c", commands.join("\n")], {
    cwd: folder,
    stderr: "pipe",
  });
  if (exitCode !== 0) throw new Error(stderr.toString());
  return {
    path: (name: string) => join(folder, name),
    read: (name: string) => readFileSync(join(folder, name)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** Registers over TLS under this name, with the port of a downloader. */
async function register(
  app: TestApp,
  { name, port, tls, metadata = new Metadata() }: { name: string; port: number; tls: Tls; metadata?: Metadata },
): Promise<ServiceError | null> {
  const options: ClientOptions = { "grpc.ssl_target_name_override": "bot.example.org" };
  const { ca, key = null, cert = null } = tls;
  const client = new Client(
    app.address.replace("127.0.0.1", "localhost"),
    credentials.createSsl(ca, key, cert),
    options,
  );
  const { path, requestSerialize, responseDeserialize } = loadServices().bot.RegisterDownloader;
  const claim = { server_name: name, allowed_roots: ["*"], server_host: "0.0.0.0", server_port: port };
  const deadline = Date.now() + WAIT_LIMIT_MS;
  const error = await new Promise<ServiceError | null>((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, claim, metadata, { deadline }, resolve);
  });
  client.close();
  return error;
}

interface Tls {
  readonly ca: Buffer;
  readonly key?: Buffer;
  readonly cert?: Buffer;
}

const tlsEnv = (path: (name: string) => string) => ({
  DWLD_BOT_GRPC_TLS_CERT: path("bot.pem"),
  DWLD_BOT_GRPC_TLS_KEY: path("bot.key"),
});

describe.skipIf(!hasOpenssl)("docs/en/hosts.md", () => {
  test("its certificates let a downloader register under its name and get links", async () => {
    using made = followThePage();
    await using app = await startTestApp({
      ...tlsEnv(made.path),
      DWLD_BOT_GRPC_TLS_CLIENT_CA: made.path("ca.pem"),
    });
    await using abroad = await startDownloader({ name: "abroad" });
    const tls = { ca: made.read("ca.pem"), key: made.read("abroad.key"), cert: made.read("abroad.pem") };
    expect((await register(app, { name: "home", port: abroad.port, tls }))?.code).toBe(status.PERMISSION_DENIED);
    expect((await register(app, { name: "abroad", port: abroad.port, tls: { ca: tls.ca } }))?.code).toBe(
      status.UNAVAILABLE,
    );
    expect(await register(app, { name: "abroad", port: abroad.port, tls })).toBeNull();
    app.api.user({ id: USER, languageCode: "en" }).sends(VIDEO);
    await abroad.accepts(VIDEO);
  });

  test("TLS without client certificates can be combined with a token", async () => {
    using made = followThePage();
    await using app = await startTestApp({ ...tlsEnv(made.path), DWLD_BOT_GRPC_TOKEN: "a-token-for-downloaders" });
    await using abroad = await startDownloader({ name: "abroad" });
    const tls = { ca: made.read("ca.pem") };
    const known = new Metadata();
    known.set("authorization", "Bearer a-token-for-downloaders");
    const { port } = abroad;
    expect((await register(app, { name: "abroad", port, tls }))?.code).toBe(status.UNAUTHENTICATED);
    expect(await register(app, { name: "abroad", port, tls, metadata: known })).toBeNull();
    expect(app.logged()).not.toContain("a-token-for-downloaders");
  });

  test("the page has the words in which the bot refuses a registration", async () => {
    await using app = await startTestApp({ DWLD_BOT_GRPC_ALLOWED_NETWORKS: "10.8.0.0/24" });
    await using abroad = await startDownloader({ name: "abroad" });
    const refused = await abroad.register(app.address).catch((error: ServiceError) => error);
    expect(refused?.details).toContain("is not in the bot's grpc.allowed_networks");
    for (const language of ["en", "ru"]) {
      expect(page(language)).toContain("The caller's address … is not in the bot's grpc.allowed_networks");
    }
  });
});

describe("docs/*/hosts.md", () => {
  test("both languages have the same commands and settings", () => {
    for (const kind of ["sh", "yaml", "ini", "console"]) {
      expect(blocks("en", kind).length).toBeGreaterThan(0);
      expect(blocks("ru", kind)).toEqual(blocks("en", kind));
    }
  });

  test("every setting in the page is accepted", () => {
    for (const yaml of blocks("en", "yaml")) {
      const folder = mkdtempSync(join(tmpdir(), "dwld-bot-hosts-"));
      const tokenFile = join(folder, "grpc-token");
      const text = `telegram: { token: "${TOKEN}", admins: [1] }\n${yaml.replace("/etc/dwld-bot/grpc-token", tokenFile)}`;
      writeFileSync(tokenFile, "a-token-for-downloaders");
      const path = join(folder, "config.yaml");
      writeFileSync(path, text);
      expect(loadConfig({ path, env: {}, cwd: folder }).grpc).toBeDefined();
      rmSync(folder, { recursive: true });
    }
  });
});

describe("grpc.tls", () => {
  test("keeps the bot from starting when a file cannot be used, and names every key", async () => {
    const config: Config = loadConfig({
      cwd: "/",
      env: {
        DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
        DWLD_BOT_TELEGRAM_ADMINS: "1",
        DWLD_BOT_GRPC_TLS_CERT: "nowhere.pem",
        DWLD_BOT_GRPC_TLS_KEY: import.meta.path,
      },
    });
    const started = startApp(config, { log: createRecordingLog() });
    await expect(started).rejects.toThrow(
      /grpc\.tls\.cert: found \/nowhere\.pem, which does not exist[\s\S]*grpc\.tls\.key: found/,
    );
  });
});
