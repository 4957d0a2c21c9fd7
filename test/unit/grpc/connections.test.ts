import { describe, expect, test } from "bun:test";
import { type Client, connectivityState } from "@grpc/grpc-js";
import { channelTarget, createConnections } from "../../../src/grpc/connections.ts";
import { loadServices } from "../../../src/grpc/proto.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";
import { reservePort } from "../../support/reserved-port.ts";
import { replies, startPeer } from "./peer.ts";

const NAS = { name: "nas", host: "127.0.0.1", port: 1 };

const stateOf = (client: Client) => client.getChannel().getConnectivityState(false);

/** Resolves to whether the server at the other end replied. */
function reaches(client: Client): Promise<boolean> {
  const { path, requestSerialize, responseDeserialize } = loadServices().downloader.Healtheck;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const options = { deadline: Date.now() + WAIT_LIMIT_MS };
  client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, options, (error) => resolve(error === null));
  return promise;
}

describe("channelTarget()", () => {
  test.each([
    ["10.0.0.7", "ipv4:10.0.0.7:8888"],
    ["2001:db8::1", "ipv6:[2001:db8::1]:8888"],
    ["nas.local", "dns:///nas.local:8888"],
    ["unix", "dns:///unix:8888"],
  ])("names %s as %s", (host, target) => {
    expect(channelTarget({ host, port: 8888 })).toBe(target);
  });
});

describe("createConnections()", () => {
  test("keeps one channel for each name while the address stays", () => {
    const connections = createConnections();
    const first = connections.to(NAS);
    expect(connections.to({ ...NAS })).toBe(first);
    expect(connections.to({ ...NAS, name: "box" })).not.toBe(first);
    connections.close();
  });

  test.each([{ host: "127.0.0.2" }, { port: 2 }])("closes the old channel when the address becomes %j", (change) => {
    const connections = createConnections();
    const before = connections.to(NAS);
    const moved = { ...NAS, ...change };
    const after = connections.to(moved);
    expect(stateOf(before)).toBe(connectivityState.SHUTDOWN);
    expect(stateOf(after)).toBe(connectivityState.IDLE);
    expect([connections.leadsTo(NAS), connections.leadsTo(moved)]).toEqual([false, true]);
    connections.close();
  });

  test("renews a channel once, however many calls ask for that", () => {
    const connections = createConnections();
    const stale = connections.to(NAS);
    connections.renew(NAS, stale);
    const fresh = connections.to(NAS);
    connections.renew(NAS, stale);
    expect(fresh).not.toBe(stale);
    expect(connections.to(NAS)).toBe(fresh);
    connections.close();
  });

  test("closes the channel of a forgotten downloader, and all channels at the end", () => {
    const connections = createConnections();
    const nas = connections.to(NAS);
    const box = connections.to({ ...NAS, name: "box" });
    connections.forget("nas");
    connections.forget("nobody");
    expect([stateOf(nas), stateOf(box)]).toEqual([connectivityState.SHUTDOWN, connectivityState.IDLE]);
    connections.close();
    expect(stateOf(box)).toBe(connectivityState.SHUTDOWN);
  });

  test("does not let one channel's back-off hold up another", async () => {
    const connections = createConnections();
    using reserved = reservePort();
    const target = { ...NAS, port: reserved.port };
    expect(await reaches(connections.to(target))).toBe(false);
    using _back = await startPeer({ Healtheck: replies({}) }, reserved);
    expect(await reaches(connections.to({ ...target, name: "box" }))).toBe(true);
    connections.close();
  });
});
