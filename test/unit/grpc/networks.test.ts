import { describe, expect, test } from "bun:test";
import { createNetworkRules } from "../../../src/grpc/networks.ts";

/** A name server that knows these names; "silent" never answers. */
const resolving = (names: Record<string, string[]>) => async (name: string) => {
  if (name === "silent") await new Promise(() => {});
  const addresses = names[name];
  if (addresses === undefined) throw new Error("ENOTFOUND");
  return addresses.map((address) => ({ address }));
};

describe("refuseCaller()", () => {
  test("accepts anyone where a token or a certificate identifies callers", () => {
    const { refuseCaller } = createNetworkRules({ isOpen: false });
    expect(refuseCaller("203.0.113.9")).toBeUndefined();
    expect(refuseCaller(undefined)).toBeUndefined();
  });

  test("accepts only private addresses where nothing identifies callers", () => {
    const { refuseCaller } = createNetworkRules({ isOpen: true });
    for (const host of ["127.0.0.1", "::1", "192.168.1.7", "::ffff:10.0.0.7", "fd00::7"]) {
      expect(refuseCaller(host)).toBeUndefined();
    }
    for (const host of ["203.0.113.9", "2001:db8::1", "::ffff:203.0.113.9", undefined]) {
      expect(refuseCaller(host)).toContain("private addresses only");
    }
  });

  test("accepts only the allowed networks", () => {
    const { refuseCaller } = createNetworkRules({ allowed: ["10.8.0.0/24"], isOpen: false });
    expect(refuseCaller("10.8.0.7")).toBeUndefined();
    expect(refuseCaller("::ffff:10.8.0.7")).toBeUndefined();
    for (const host of ["10.8.1.7", "127.0.0.1", undefined]) expect(refuseCaller(host)).toContain("allowed_networks");
  });

  test("still requires a token for public addresses of an allowed network", () => {
    const { refuseCaller } = createNetworkRules({ allowed: ["203.0.113.0/24"], isOpen: true });
    expect(refuseCaller("203.0.113.9")).toContain("private addresses only");
  });
});

describe("refuseTarget()", () => {
  const lookup = resolving({
    nas: ["192.168.1.7"],
    two: ["192.168.1.7", "203.0.113.9"],
    metadata: ["169.254.169.254"],
    half: ["192.168.1.7", "fe80::1"],
    choir: ["224.0.0.1"],
    mapped: ["::ffff:169.254.169.254"],
    me: ["192.168.1.7", "127.0.1.1"],
  });
  const { refuseTarget } = createNetworkRules({ isOpen: false, lookup });

  test.each(["metadata", "half", "choir", "mapped"])(
    "refuses a name that leads to a forbidden address: %s",
    async (name) => {
      expect(await refuseTarget(name)).toMatch(new RegExp(`^server_host ${name} \\(.*link-local`));
    },
  );

  test.each(["nas", "two", "unknown", "203.0.113.9"])("accepts %s", async (host) => {
    expect(await refuseTarget(host)).toBeUndefined();
  });

  test("refuses a name that leads to this machine with the bot's own port, and with no other", async () => {
    expect(await refuseTarget("me", true)).toBe("server_host me (127.0.1.1) is the bot itself");
    expect([await refuseTarget("me"), await refuseTarget("nas", true)]).toEqual([undefined, undefined]);
  });

  test("does not wait long for a name server", async () => {
    const rules = createNetworkRules({ isOpen: false, lookup, lookupMs: 1 });
    expect(await rules.refuseTarget("silent")).toBeUndefined();
  });

  test("refuses addresses and names outside the allowed networks", async () => {
    const strict = createNetworkRules({ allowed: ["192.168.1.0/24"], isOpen: false, lookup });
    expect(await strict.refuseTarget("192.168.1.9")).toBeUndefined();
    expect(await strict.refuseTarget("nas")).toBeUndefined();
    expect(await strict.refuseTarget("203.0.113.9")).toContain("allowed_networks");
    expect(await strict.refuseTarget("two")).toContain("two (203.0.113.9)");
  });

  test("asks the system's resolver, whose answer for localhost is right", async () => {
    const strict = createNetworkRules({ allowed: ["10.0.0.0/8"], isOpen: false });
    expect(await strict.refuseTarget("localhost")).toContain("allowed_networks");
  });
});
