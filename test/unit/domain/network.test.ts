import { describe, expect, test } from "bun:test";
import {
  canonicalIp,
  isLoopbackHost,
  isNoSite,
  isPrivateAddress,
  isPrivateHost,
  isThisMachine,
  isUnreachable,
  networks,
} from "../../../src/domain/network.ts";

describe("networks()", () => {
  const isInside = networks(["192.168.1.5/24", "10.8.0.1/32", "fd00::/8"]);

  test.each(["192.168.1.0", "192.168.1.255", "::ffff:192.168.1.7", "10.8.0.1", "fd12::1"])("contain %s", (address) => {
    expect(isInside(address)).toBe(true);
  });

  test.each(["192.168.2.1", "10.8.0.2", "fe80::1", "::ffff:10.8.0.2", "fd00::1%eth0", "nas", ""])(
    "do not contain %j",
    (address) => {
      expect(isInside(address)).toBe(false);
    },
  );

  test("contain a whole family for a prefix of 0, and nothing if there are none", () => {
    expect(networks(["0.0.0.0/0"])("203.0.113.9")).toBe(true);
    expect(networks(["0.0.0.0/0"])("2001:db8::1")).toBe(false);
    expect(networks([])("127.0.0.1")).toBe(false);
  });
});

test.each(["127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.1", "100.64.0.1", "::1", "fd00::1", "::ffff:10.0.0.1"])(
  "%s is private",
  (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  },
);

test.each(["8.8.8.8", "172.32.0.1", "100.128.0.1", "0.0.0.0", "::", "2001:db8::1", "::ffff:8.8.8.8", "localhost"])(
  "%s is not private",
  (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  },
);

test.each([
  "169.254.169.254",
  "::ffff:169.254.169.254",
  "224.0.0.1",
  "255.255.255.255",
  "0.1.2.3",
  "fe80::1",
  "ff02::1",
])("no downloader can be at %s", (address) => {
  expect(isUnreachable(address)).toBe(true);
});

test.each([
  ["192.0.0.170", "access networks"],
  ["198.18.0.7", "test beds"],
  ["fec0::1", "site-local networks"],
  ["64:ff9b::a00:1", "NAT64"],
])("a downloader may be at %s, but no public site is in %s", (address) => {
  expect([isUnreachable(address), isPrivateAddress(address), isNoSite(address)]).toEqual([false, false, true]);
});

test.each(["8.8.8.8", "2606:4700::1111", "localhost", ""])("a public site may be at %j", (address) => {
  expect(isNoSite(address)).toBe(false);
});

test("no site is at an IPv4 address that is mapped to IPv6", () => {
  expect(["::ffff:8.8.8.8", "::ffff:808:808"].map(isNoSite)).toEqual([true, true]);
});

test.each([
  ...["localhost", "LOCALHOST", "bot.localhost", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "::ffff:7f00:1"],
  ...["localhost.localdomain", "localhost4", "localhost4.localdomain4", "localhost6", "localhost6.localdomain6"],
  ...["ip6-localhost", "ip6-loopback"],
])("%s is a loopback host, and this machine", (host) => {
  expect([isLoopbackHost(host), isThisMachine(host)]).toEqual([true, true]);
});

test.each(["0.0.0.0", "::", "0::0"])("%s is this machine, but not a loopback host", (host) => {
  expect([isLoopbackHost(host), isThisMachine(host)]).toEqual([false, true]);
});

test.each([
  "localhost.example",
  "notlocalhost",
  "nas.localdomain",
  "localhost5",
  "ip6-nas",
  "127.0.0.1.example",
  "127.0.0.256",
  "10.0.0.1",
  "",
])("%j is another machine", (host) => {
  expect([isLoopbackHost(host), isThisMachine(host)]).toEqual([false, false]);
});

describe("isPrivateHost()", () => {
  test.each([
    ["127.0.0.1", true],
    ["localhost", true],
    ["10.1.2.3", true],
    ["172.31.0.1", true],
    ["192.168.0.1", true],
    ["100.100.1.1", true],
    ["::1", true],
    ["fd12::1", true],
    ["fe80::1", true],
    ["0.0.0.0", false],
    ["::", false],
    ["172.32.0.1", false],
    ["8.8.8.8", false],
    ["2001:db8::1", false],
    ["bot.example.org", false],
  ])("%s: %p", (host, isPrivate) => {
    expect(isPrivateHost(host)).toBe(isPrivate);
  });
});

test("canonicalIp() gives each address one spelling", () => {
  expect(canonicalIp("2001:DB8:0:0::0001")).toBe("2001:db8::1");
  expect(canonicalIp("::ffff:c0a8:0101")).toBe("192.168.1.1");
});

describe("networks()", () => {
  test("give the same answers again, even after more addresses than are remembered", () => {
    const isIn = networks(["10.0.0.0/8", "fd00::/8"]);
    const asked = [
      "10.1.2.3",
      "11.1.2.3",
      "::ffff:10.1.2.3",
      "fd00::1",
      "fe80::1%eth0",
      "nas",
      "",
      `10.${"0".repeat(60)}`,
    ];
    const answers = [true, false, true, true, false, false, false, false];
    expect(asked.map(isIn)).toEqual(answers);
    expect(asked.map(isIn)).toEqual(answers);
    for (let nth = 0; nth < 1_100; nth += 1) expect(isIn(`10.0.${nth >> 8}.${nth & 255}`)).toBe(true);
    expect(asked.map(isIn)).toEqual(answers);
  });
});
