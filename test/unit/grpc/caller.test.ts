import { describe, expect, test } from "bun:test";
import { parsePeer } from "../../../src/grpc/caller.ts";

describe("parsePeer()", () => {
  test.each([
    ["127.0.0.1:5000", "127.0.0.1"],
    ["ipv4:10.0.0.7:5000", "10.0.0.7"],
    ["ipv6:[::1]:5000", "::1"],
    ["[2001:db8::1]:5000", "2001:db8::1"],
    ["::1:5000", "::1"],
    ["::ffff:127.0.0.1:5000", "::ffff:127.0.0.1"],
    ["fe80::1%eth0:5000", "fe80::1"],
    ["::1", "::1"],
    ["10.0.0.7", "10.0.0.7"],
    ["unknown", undefined],
    ["unix:/run/x", undefined],
    ["", undefined],
  ])("reads %s as %p", (peer, host) => {
    expect(parsePeer(peer)).toBe(host as string);
  });
});
