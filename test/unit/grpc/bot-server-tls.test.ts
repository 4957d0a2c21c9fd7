import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { createBotServer } from "../../../src/grpc/bot-server.ts";
import { loadServices } from "../../../src/grpc/proto.ts";
import { recordingLog } from "./peer.ts";

let folder = "";
const pem = (name: string): Buffer => readFileSync(join(folder, `${name}.pem`));

function openssl(...args: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...args], { cwd: folder, stderr: "pipe" });
  if (exitCode !== 0) throw new Error(stderr.toString());
}

/** Makes `<name>.pem` and `<name>-key.pem`, signed by itself or by another. */
function certificate(name: string, commonName: string, ...options: string[]): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${name}-key.pem`];
  openssl("req", "-x509", ...key, "-subj", `/CN=${commonName}`, "-days", "2", "-out", `${name}.pem`, ...options);
}

describe.skipIf(Bun.which("openssl") === null)("createBotServer() with mutual TLS", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "dwld-bot-tls-"));
    const signed = ["-CA", "ca.pem", "-CAkey", "ca-key.pem", "-addext", "basicConstraints=critical,CA:FALSE"];
    certificate("ca", "our authority");
    certificate("server", "localhost", ...signed, "-addext", "subjectAltName=DNS:localhost");
    certificate("nas", "nas", ...signed);
    certificate("stranger", "nas");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function register(certificateName: string | undefined, serverName: string) {
    const names: string[] = [];
    await using server = await createBotServer({
      listen: { host: "localhost", port: 0 },
      register: ({ name }) => void names.push(name),
      tls: { cert: pem("server"), key: pem("server-key"), clientCa: pem("ca") },
      log: recordingLog(),
    });
    const identity = certificateName === undefined ? [] : [pem(`${certificateName}-key`), pem(certificateName)];
    const client = new Client(`localhost:${server.address.port}`, credentials.createSsl(pem("ca"), ...identity));
    const { bot } = loadServices();
    const method = bot.RegisterDownloader;
    if (method === undefined) throw new Error("no such method");
    const { promise, resolve } = Promise.withResolvers<ServiceError | null>();
    const claim = { server_name: serverName, allowed_roots: ["*"], server_host: "10.0.0.7", server_port: 8888 };
    const options = { deadline: Date.now() + 10_000 };
    client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, claim, options, (error) =>
      resolve(error),
    );
    const error = await promise;
    client.close();
    return { code: error?.code ?? status.OK, names };
  }

  test("lets a downloader register under its certificate's name only", async () => {
    expect(await register("nas", "nas")).toEqual({ code: status.OK, names: ["nas"] });
    expect(await register("nas", "box")).toEqual({ code: status.PERMISSION_DENIED, names: [] });
  });

  test.each([undefined, "stranger"])("does not talk to a caller whose certificate is %p", async (name) => {
    expect(await register(name, "nas")).toEqual({ code: status.UNAVAILABLE, names: [] });
  });
});
