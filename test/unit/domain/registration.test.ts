import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  createRegistrationReader,
  parseRegistration,
  type RegistrationClaim,
} from "../../../src/domain/registration.ts";

const CLAIM: RegistrationClaim = { name: "nas", roots: ["youtube.com"], host: "192.168.1.5", port: 8888 };
const ELSEWHERE = "192.168.1.9";

const parse = (claim: Partial<RegistrationClaim>, callerHost: string | undefined = ELSEWHERE, ownPort?: number) =>
  parseRegistration({ ...CLAIM, ...claim }, { callerHost, ...(ownPort === undefined ? {} : { ownPort }) });

const hostOf = (host: string, callerHost: string | undefined = ELSEWHERE) => {
  const parsed = parse({ host }, callerHost);
  return parsed.ok ? parsed.registration.host : parsed.problem;
};

describe("parseRegistration()", () => {
  test("accepts the existing downloader's registration", () => {
    expect(parse({ roots: ["a.com", " B.com ", "", "a.com"], host: "127.0.0.1" })).toEqual({
      ok: true,
      registration: { name: "nas", roots: ["a.com", "b.com"], host: ELSEWHERE, port: 8888 },
      ignored: [],
    });
  });

  const printable = ["nas", "Дача 2", "box.at-home_1", "家", "(home) #2", "<b>&one", "😀", "👨‍👩‍👧 home", `"a/b"; {c}`];
  test.each([...printable, "x".repeat(64), "😀".repeat(64)])("accepts the name %s", (name) => {
    expect(parse({ name: ` ${name} ` })).toMatchObject({ ok: true, registration: { name } });
  });

  test("normalises a name", () => {
    expect(parse({ name: "e\u0301" })).toMatchObject({ ok: true, registration: { name: "\u00e9" } });
  });

  const unprintable = [
    "a\nb",
    "\u001b[31mred",
    "\u202Enas",
    "na\u200bs",
    "\u2028",
    "\ud800",
    "\ufff0",
    "\ue000",
    "n\ufffds",
  ];
  const unseen = ["", "  ", "\u200d", "\u3164", "\u2800 \u2800", "\ufe0f"];
  test.each([...unprintable, ...unseen, "x".repeat(65), "😀".repeat(65)])("refuses the name %j", (name) => {
    expect(parse({ name })).toMatchObject({ ok: false, problem: expect.stringContaining("server_name") });
  });

  test.each([0, -1, 65_536, 70_000, 1.5, Number.NaN])("refuses the port %p", (port) => {
    expect(parse({ port })).toMatchObject({ ok: false, problem: expect.stringContaining("server_port") });
  });

  test.each([
    [[]],
    [["", "  "]],
    [Array.from({ length: 65 }, (_, n) => `a${n}.com`)],
    [["a.com", `${"x/".repeat(128)}`]],
  ])("refuses empty, too many or too long roots: %#", (roots) => {
    expect(parse({ roots })).toMatchObject({ ok: false, problem: expect.stringContaining("allowed_roots") });
  });

  test("returns the roots that it ignores", () => {
    expect(parse({ roots: ["*", "user:pw@a.com"] })).toMatchObject({
      ok: true,
      registration: { roots: ["*"] },
      ignored: ["user:pw@a.com"],
    });
  });

  test.each([
    ["10.0.0.7", "10.0.0.7"],
    ["nas", "nas"],
    ["NAS.Local.", "nas.local"],
    ["xn--80a.example", "xn--80a.example"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["::ffff:10.0.0.7", "10.0.0.7"],
  ])("stores the host %s as %s", (host, stored) => {
    expect(hostOf(host)).toBe(stored);
  });

  test.each([
    "",
    "unix:/run/x",
    "unix:///run/x",
    "dns://8.8.8.8/e",
    "dns:e",
    "ipv4:1.2.3.4",
    "http://nas",
    "nas:80",
    "[::1]",
    "10.0.0.7:80",
    "a b",
    "a/b",
    "-a.com",
    "a..b",
    "nas_1",
    "127.1",
    "2852039166",
    "0xa9fea9fe",
    "1.2.3.256",
    "010.0.0.1",
    "fe80::1%eth0",
    "x".repeat(64),
    `${"abc.".repeat(75)}com`,
    "a\0b",
  ])("refuses the host %j", (host) => {
    expect(parse({ host })).toMatchObject({ ok: false, problem: expect.stringContaining("server_host") });
    expect(parse({ host }, "127.0.0.1")).toMatchObject({ ok: false });
  });

  test.each([
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "fe80::1",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
    "0.0.0.1",
  ])("refuses %s, where no downloader can be", (host) => {
    expect(parse({ host })).toMatchObject({ ok: false });
  });

  test.each(["127.0.0.1", "127.9.9.9", "0.0.0.0", "::", "::1", "localhost", "a.localhost", "::ffff:127.0.0.1"])(
    "replaces %s from another machine with the caller's address",
    (host) => {
      expect(hostOf(host)).toBe(ELSEWHERE);
      expect(hostOf(host, `::ffff:${ELSEWHERE}`)).toBe(ELSEWHERE);
      expect(hostOf(host, "2001:db8::9")).toBe("2001:db8::9");
    },
  );

  test.each([
    ["127.0.0.1", "127.0.0.1", "127.0.0.1"],
    ["127.0.0.2", "::ffff:127.0.0.1", "127.0.0.2"],
    ["localhost", "::1", "localhost"],
    ["0.0.0.0", "127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "::1", "127.0.0.1"],
    ["::", "::1", "::1"],
    ["::", "::ffff:127.0.0.1", "127.0.0.1"],
    ["192.168.1.5", "127.0.0.1", "192.168.1.5"],
  ])("keeps a caller of this machine local: %s from %s becomes %s", (host, caller, stored) => {
    expect(hostOf(host, caller)).toBe(stored);
  });

  test("refuses loopback from a caller whose address is unknown or link-local", () => {
    const unknown = parseRegistration({ ...CLAIM, host: "127.0.0.1" }, { callerHost: undefined });
    expect(unknown.ok).toBe(false);
    expect(parse({ host: "0.0.0.0" }, "169.254.7.7").ok).toBe(false);
  });

  test("refuses the bot's own address, but not its port on another machine", () => {
    expect(parse({ host: "127.0.0.1" }, "127.0.0.1", 8888).ok).toBe(false);
    expect(parse({ host: "0.0.0.0" }, "::1", 8888).ok).toBe(false);
    expect(parse({ host: "127.0.0.1" }, "127.0.0.1", 8889).ok).toBe(true);
    expect(parse({ host: "127.0.0.1" }, ELSEWHERE, 8888).ok).toBe(true);
  });

  test("accepts only hosts that are names or IP addresses, whatever is sent", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.ipV4(), fc.ipV6(), fc.domain()), (host) => {
        const parsed = parse({ host });
        if (parsed.ok) expect(parsed.registration.host).toMatch(/^(?:[a-z0-9.-]+|[0-9a-f:]+)$/);
      }),
    );
  });
});

describe("createRegistrationReader()", () => {
  const context = { callerHost: ELSEWHERE };

  test("returns the same result for the same claim object and caller", () => {
    const read = createRegistrationReader();
    const claim = { ...CLAIM };
    expect(read(claim, { ...context })).toBe(read(claim, { ...context }));
    expect(read({ ...claim }, context)).not.toBe(read(claim, context));
  });

  test("reads a claim again for another caller, and when the bot listens elsewhere", () => {
    const read = createRegistrationReader();
    const claim = { ...CLAIM, host: "127.0.0.1" };
    const hostFor = (callerHost: string, ownPort?: number) => {
      const result = read(claim, { callerHost, ...(ownPort === undefined ? {} : { ownPort }) });
      return result.ok ? result.registration.host : result.problem;
    };
    expect(hostFor(ELSEWHERE)).toBe(ELSEWHERE);
    expect(hostFor("192.168.1.10")).toBe("192.168.1.10");
    expect(hostFor("127.0.0.1")).toBe("127.0.0.1");
    expect(hostFor("127.0.0.1", CLAIM.port)).toBe(`127.0.0.1:${CLAIM.port} is the bot itself`);
  });

  test("remembers a refusal too", () => {
    const read = createRegistrationReader();
    const claim = { ...CLAIM, roots: [] };
    expect(read(claim, context)).toMatchObject({ ok: false });
    expect(read(claim, context)).toBe(read(claim, context));
  });

  const text = fc.constantFrom("a.com", "A.com", " a.com", "b.com/x", "*", "", "user:pw@a.com", "x".repeat(256));
  test("gives the same results as parseRegistration(), however often it is called", () => {
    const claim = fc.record({ name: fc.constantFrom("nas", " nas", ""), roots: fc.array(text, { maxLength: 4 }) });
    const callers = fc.array(fc.constantFrom(ELSEWHERE, "127.0.0.1", undefined), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(claim), callers, (claims, hosts) => {
        const read = createRegistrationReader();
        for (const said of claims.map((one) => ({ ...CLAIM, host: "0.0.0.0", ...one }))) {
          for (const callerHost of hosts)
            expect(read(said, { callerHost })).toEqual(parseRegistration(said, { callerHost }));
        }
      }),
    );
  });
});
