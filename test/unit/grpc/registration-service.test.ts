import { describe, expect, test } from "bun:test";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { loadServices } from "../../../src/grpc/proto.ts";
import { createRegistrationService, withClaims } from "../../../src/grpc/registration-service.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

/** A service whose name lookups end when the test says so, in the order in which they were begun. */
function createService() {
  const registered: string[] = [];
  const lookups: { host: string; isOwnPort: boolean | undefined; end(): void }[] = [];
  const joined = new Set<string>();
  const { RegisterDownloader } = createRegistrationService({
    register: ({ name, host }) => void registered.push(`${name} at ${host}`),
    networks: {
      refuseCaller: () => undefined,
      refuseTarget(host, isOwnPort) {
        const { promise, resolve } = Promise.withResolvers<undefined>();
        lookups.push({ host, isOwnPort, end: () => resolve(undefined) });
        return promise;
      },
    },
    bindsNames: false,
    joined: { has: (name) => joined.has(name), isShownBy: () => false },
    ownPort: () => 9999,
    log: createRecordingLog(),
  });
  const register = (name: string, host: string, port = 8888) => {
    const { promise, resolve } = Promise.withResolvers<ServiceError | null>();
    const call = {
      request: { name, roots: ["*"], host, port },
      metadata: new Metadata(),
      getPeer: () => "192.168.1.9:5000",
      getAuthContext: () => undefined,
    };
    (RegisterDownloader as (call: object, answer: (error: ServiceError | null) => void) => void)(call, resolve);
    return promise;
  };
  return { register, registered, lookups, joined };
}

describe("a registration whose host name is being looked up", () => {
  test("does not replace a later one of the same name, however that is spelt", async () => {
    const { register, registered, lookups } = createService();
    const calls = [register("nas", "old.example"), register("NAS", "new.example"), register("b", "b.example")];
    lookups[2]?.end();
    await calls[2];
    lookups[1]?.end();
    lookups[0]?.end();
    expect(await Promise.all(calls)).toEqual([null, null, null]);
    expect(registered).toEqual(["b at b.example", "nas at old.example", "NAS at new.example"]);
  });

  test("is refused when a server with its name has joined meanwhile", async () => {
    const { register, registered, lookups, joined } = createService();
    const call = register("nas", "old.example");
    joined.add("nas");
    lookups[0]?.end();
    expect(await call).toMatchObject({ code: status.PERMISSION_DENIED });
    expect(registered).toEqual([]);
  });

  test("is refused without a lookup when its name belongs to a joined server", async () => {
    const { register, lookups, joined } = createService();
    joined.add("nas");
    const call = register("nas", "old.example");
    lookups[0]?.end();
    expect(await call).toMatchObject({ code: status.PERMISSION_DENIED });
    expect(lookups).toEqual([]);
  });

  test("is not overtaken by a later one that needs no lookup", async () => {
    const { register, registered, lookups } = createService();
    const calls = [register("nas", "old.example"), register("nas", "192.168.1.7")];
    lookups[1]?.end();
    lookups[0]?.end();
    expect(await Promise.all(calls)).toEqual([null, null]);
    expect(registered).toEqual(["nas at old.example", "nas at 192.168.1.7"]);
  });

  test("tells the lookup whether it has the bot's own port", () => {
    const { register, lookups } = createService();
    void register("nas", "a.example", 9999);
    void register("b", "a.example");
    expect(lookups.map(({ isOwnPort }) => isOwnPort)).toEqual([true, false]);
  });
});

describe("withClaims()", () => {
  const { RegisterDownloader: plain } = loadServices().bot;
  const { RegisterDownloader } = withClaims(loadServices().bot);
  const read = (bytes: Buffer) => RegisterDownloader.requestDeserialize(bytes);
  const bytesOf = (name: string, roots = ["*"]) =>
    plain.requestSerialize({ server_name: name, allowed_roots: roots, server_host: "h", server_port: 1 });

  test("reads requests as claims, and equal ones as the same claim", () => {
    const first = read(bytesOf("nas"));
    expect(first).toEqual({ name: "nas", roots: ["*"], host: "h", port: 1 });
    expect(read(bytesOf("nas"))).toBe(first);
  });

  test("remembers no claim with more roots than a downloader may have", () => {
    const withRoots = (count: number) =>
      bytesOf(
        "nas",
        Array.from({ length: count }, (_, nth) => `${nth}`),
      );
    expect(read(withRoots(64))).toBe(read(withRoots(64)));
    expect(read(withRoots(65))).not.toBe(read(withRoots(65)));
  });
});
