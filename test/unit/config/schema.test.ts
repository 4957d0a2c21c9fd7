import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import { parseListen } from "../../../src/config/addresses.ts";
import { configKeys } from "../../../src/config/keys.ts";
import { nearest } from "../../../src/config/nearest.ts";
import { configSchema } from "../../../src/config/schema.ts";
import { nest } from "../../../src/config/sources.ts";
import { parseDuration } from "../../../src/config/values.ts";

const necessary = { "telegram.token": "1:abc", "telegram.admins": [7] };

function read(values: Readonly<Record<string, unknown>>) {
  return v.safeParse(configSchema, nest(new Map(Object.entries({ ...necessary, ...values }))));
}

function readValue(key: string, value: unknown): unknown {
  const { output, issues } = read({ [key]: value });
  expect(issues).toBeUndefined();
  return key.split(".").reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], output);
}

function blamed(values: Readonly<Record<string, unknown>>): (string | null)[] {
  return (read(values).issues ?? []).map((issue) => v.getDotPath(issue));
}

describe("the schema accepts", () => {
  test.each<[string, unknown, unknown]>([
    ["telegram.token", "123456:AB_c-9", "123456:AB_c-9"],
    ["telegram.admins", ["-1001234567890", 5], [-1001234567890, 5]],
    ["telegram.admins", 5, [5]],
    ["telegram.admins", "5,6", [5, 6]],
    ["telegram.api_roots", "http://127.0.0.1:8081//", ["http://127.0.0.1:8081"]],
    [
      "telegram.api_roots",
      ["https://api.telegram.org/", "https://x.org/tg/"],
      ["https://api.telegram.org", "https://x.org/tg"],
    ],
    ["telegram.proxies", "socks5://a:b@h:1080,http://h:8080", ["socks5://a:b@h:1080", "http://h:8080"]],
    ["telegram.proxies", ["socks5h://[::1]:1", "https://h"], ["socks5h://[::1]:1", "https://h"]],
    ["telegram.language", "ru", "ru"],
    ["time_zone", "Asia/Novosibirsk", "Asia/Novosibirsk"],
    ["time_zone", "UTC", "UTC"],
    ["dispatch.interval", "500ms", 500],
    ["dispatch.interval", "24d", 2_073_600_000],
    ["dispatch.delay", "0s", 0],
    ["dispatch.night", "2:30", "02:30"],
    ["dispatch.concurrency", "32", 32],
    ["downloader.rate", "1.5M", 1_500_000],
    ["downloader.rate", 0, 0],
    ["downloader.min_free", "500M", 500_000_000],
    ["downloader.yt_dlp_arguments", "--embed-subs, -v", ["--embed-subs", "-v"]],
    ["quality.default", "1080", 1080],
    ["quality.choices", ["best", 144, 4320], ["best", 144, 4320]],
    ["folders", ["Films", "Music 2", "Кино"], ["Films", "Music 2", "Кино"]],
    ["folders", ["и\u0306"], ["й"]],
    [
      "folders",
      ["Films", { name: "music", tags: ["#Music", "Песни"], topics: ["7", 8] }, { name: "rest" }],
      ["Films", { name: "music", tags: ["music", "песни"], topics: [7, 8] }, { name: "rest", tags: [], topics: [] }],
    ],
    [
      "folders",
      '[films, {"name": "music", "tags": "a,b"}]',
      ["films", { name: "music", tags: ["a", "b"], topics: [] }],
    ],
    ["routes", [{ match: "*", downloaders: "home" }], [{ match: "*", downloaders: ["home"] }]],
    ["grpc.downloaders", "[{ name: abroad, ca: ca.pem }]", [{ name: "abroad", ca: "ca.pem" }]],
    ["routes", { match: "vk.com/video", downloaders: ["a b"] }, [{ match: "vk.com/video", downloaders: ["a b"] }]],
    [
      "dispatch.windows",
      [{ match: "*", open: "22:00-6:00" }],
      [{ match: "*", downloaders: [], open: [{ from: "22:00", to: "06:00" }] }],
    ],
    [
      "dispatch.windows",
      "[{ downloaders: [abroad], open: '02:00-07:00, 12:00-24:00' }]",
      [
        {
          downloaders: ["abroad"],
          open: [
            { from: "02:00", to: "07:00" },
            { from: "12:00", to: "00:00" },
          ],
        },
      ],
    ],
    ["links.allow_private", "yes", true],
    ["links.max_open", "0", 0],
    ["links.max_open_guest", "7", 7],
    ["grpc.listen", "[::1]:0", { host: "::1", port: 0 }],
    ["grpc.listen", "192.168.1.2:9999", { host: "192.168.1.2", port: 9999 }],
    ["http.listen", "0.0.0.0:80", { host: "0.0.0.0", port: 80 }],
    [
      "grpc.allowed_networks",
      ["10.0.0.0/8", "fd00::/8", "192.168.1.5", "::1"],
      ["10.0.0.0/8", "fd00::/8", "192.168.1.5/32", "::1/128"],
    ],
    [
      "grpc.allowed_networks",
      ["::ffff:10.0.0.0/104", "::ffff:10.0.0.1", "::ffff:0:0/96", "::ffff:0:0/95"],
      ["10.0.0.0/8", "10.0.0.1/32", "0.0.0.0/0", "::ffff:0:0/95"],
    ],
    ["lifetimes.notices", "47h", 169_200_000],
    ["history.keep", "365d", 31_536_000_000],
    ["log.format", "journal", "journal"],
  ])("%s: %j", (key, given, value) => {
    expect(readValue(key, given)).toEqual(value);
  });
});

describe("the schema refuses", () => {
  test.each<[string, unknown, string?]>([
    ["telegram.token", ""],
    ["telegram.token", 123456],
    ["telegram.token", "123456:"],
    ["telegram.token", "bot123:abc"],
    ["telegram.token", "1:a\nbc"],
    ["telegram.admins", [0], "telegram.admins.0"],
    ["telegram.admins", ["@me"], "telegram.admins.0"],
    ["telegram.admins", [1, 1.5], "telegram.admins.1"],
    ["telegram.admins", [2 ** 53], "telegram.admins.0"],
    ["telegram.admins", [1, "1"], "telegram.admins.1"],
    ["telegram.api_roots", []],
    ["telegram.api_roots", ["ftp://x.org"], "telegram.api_roots.0"],
    ["telegram.api_roots", ["https://a:b@x.org"], "telegram.api_roots.0"],
    ["telegram.api_roots", ["https://x.org/?a=1"], "telegram.api_roots.0"],
    ["telegram.api_roots", ["x.org"], "telegram.api_roots.0"],
    ["telegram.proxies", ["socks4://h:1"], "telegram.proxies.0"],
    ["telegram.proxies", ["socks5://"], "telegram.proxies.0"],
    ["telegram.language", "de"],
    ["telegram.max_links_per_message", 0],
    ["telegram.max_links_per_message", 101],
    ["time_zone", "Mars/Olympus"],
    ["time_zone", "+03:00"],
    ["dispatch.interval", "0s"],
    ["dispatch.interval", "-5s"],
    ["dispatch.interval", "5 minutes"],
    ["dispatch.interval", "25d"],
    ["dispatch.interval", 5],
    ["dispatch.backoff.first", "7h", "dispatch.backoff.cap"],
    ["dispatch.night", "24:00"],
    ["dispatch.night", "2"],
    ["dispatch.interval", { toString: 1, valueOf: 1 }],
    ["dispatch.max_attempts", "many"],
    ["dispatch.max_attempts", true],
    ["quality.default", "good"],
    ["quality.default", 1000],
    ["quality.choices", [100], "quality.choices.0"],
    ["quality.choices", ["best", "best"], "quality.choices.1"],
    ["quality.choices", []],
    ["folders", ["a/b"], "folders.0"],
    ["folders", [".."], "folders.0"],
    ["folders", ["-rf"], "folders.0"],
    ["folders", ["x".repeat(65)], "folders.0"],
    ["folders", ["Films", "films"], "folders.1"],
    ["folders", ["Films", { name: "films" }], "folders.1"],
    [
      "folders",
      [
        { name: "a", tags: ["x"] },
        { name: "b", tags: ["#X"] },
      ],
      "folders.1",
    ],
    [
      "folders",
      [
        { name: "a", topics: [7] },
        { name: "b", topics: ["7"] },
      ],
      "folders.1",
    ],
    ["folders", [{ name: "a", tags: ["two words"] }], "folders.0.tags.0"],
    ["folders", [{ name: "a", tags: [2024] }], "folders.0.tags.0"],
    ["folders", [{ name: "a", topics: [0] }], "folders.0.topics.0"],
    ["folders", [{ name: "a", tag: "x" }], "folders.0.tag"],
    ["folders", [{ tags: ["x"] }], "folders.0.name"],
    ["routes", [{ match: "youtube.com" }], "routes.0.downloaders"],
    ["routes", [{ downloaders: ["a"] }], "routes.0.match"],
    ["routes", [{ match: "a.org", downloaders: ["a\nb"] }], "routes.0.downloaders.0"],
    ["routes", [{ match: "a.org", downloaders: ["a"], to: "b" }], "routes.0.to"],
    ["routes", ["youtube.com"], "routes.0"],
    ["grpc.downloaders", [{ name: "abroad" }], "grpc.downloaders.0.ca"],
    ["grpc.downloaders", [{ ca: "ca.pem" }], "grpc.downloaders.0.name"],
    ["grpc.downloaders", [{ name: "abroad", ca: "ca.pem", tls: false }], "grpc.downloaders.0.tls"],
    [
      "grpc.downloaders",
      [
        { name: "abroad", ca: "ca.pem" },
        { name: "ABROAD", ca: "other.pem" },
      ],
      "grpc.downloaders.1",
    ],
    ["dispatch.windows", [{ open: "02:00-07:00" }], "dispatch.windows.0"],
    ["dispatch.windows", [{ match: "a.org" }], "dispatch.windows.0.open"],
    ["dispatch.windows", [{ match: "a.org", open: "2-7" }], "dispatch.windows.0.open"],
    ["dispatch.windows", [{ match: "", open: "02:00-07:00" }], "dispatch.windows.0.match"],
    ["dispatch.windows", [{ downloaders: ["a\nb"], open: "02:00-07:00" }], "dispatch.windows.0.downloaders.0"],
    ["dispatch.windows", [{ match: "a.org", open: "02:00-07:00", days: "sat" }], "dispatch.windows.0.days"],
    ["links.allow_private", "perhaps"],
    ["links.max_open", -1],
    ["links.max_open_guest", -1],
    ["links.max_open", "many"],
    ["grpc.listen", "9999"],
    ["grpc.listen", "localhost:70000"],
    ["grpc.listen", "::1:9999"],
    ["grpc.listen", "[localhost]:1"],
    ["grpc.listen", "300.1.1.1:1"],
    ["grpc.listen", "http://127.0.0.1:1"],
    ["grpc.token", "two words"],
    ["grpc.token", 12345678],
    ["grpc.tls.cert", "c.pem", "grpc.tls.key"],
    ["grpc.tls.key", "k.pem", "grpc.tls.cert"],
    ["grpc.tls.client_ca", "ca.pem", "grpc.tls.cert"],
    ["grpc.tls.listen", "0.0.0.0:9443", "grpc.tls.cert"],
    ["grpc.tls.listen", "9443"],
    ["grpc.allowed_networks", ["10.0.0.0/33"], "grpc.allowed_networks.0"],
    ["grpc.allowed_networks", ["10.0.0/8"], "grpc.allowed_networks.0"],
    ["grpc.allowed_networks", ["fd00::/"], "grpc.allowed_networks.0"],
    ["http.token", "тайна"],
    ["store.path", ""],
    ["lifetimes.answers", "48h"],
    ["history.keep", "29d"],
    ["log.level", "trace"],
  ])("%s: %j", (key, given, where = key) => {
    expect(blamed({ [key]: given })).toEqual([where]);
  });

  test("an open gRPC address with neither a token nor TLS nor allowed networks", () => {
    const open = { "grpc.listen": "0.0.0.0:9999" };
    expect(blamed(open)).toEqual(["grpc.listen"]);
    expect(blamed({ "grpc.listen": "203.0.113.5:9999" })).toEqual(["grpc.listen"]);
    const apart = { "grpc.tls.listen": "0.0.0.0:9443", "grpc.tls.cert": "c", "grpc.tls.key": "k" };
    expect(blamed({ ...open, ...apart })).toEqual(["grpc.listen"]);
    expect(blamed(apart)).toEqual([]);
    expect(blamed({ "grpc.listen": "[::]:9999", "grpc.allowed_networks": ["::/0"] })).toEqual(["grpc.listen"]);
    expect(blamed({ ...open, "grpc.allowed_networks": ["172.18.0.0/16", "0.0.0.0/0"] })).toEqual(["grpc.listen"]);
    expect(blamed({ ...open, "grpc.token": "a-token" })).toEqual([]);
    expect(blamed({ ...open, "grpc.tls.cert": "c.pem", "grpc.tls.key": "k.pem" })).toEqual([]);
  });

  test("neither an open gRPC address with allowed networks nor a host name", () => {
    expect(blamed({ "grpc.listen": "0.0.0.0:9999", "grpc.allowed_networks": ["172.18.0.0/16"] })).toEqual([]);
    expect(blamed({ "grpc.listen": "[::]:9999", "grpc.allowed_networks": ["fd00::/8"] })).toEqual([]);
    for (const name of ["bot", "dwld_bot", "bot.example.org"]) {
      expect(blamed({ "grpc.listen": `${name}:9999` })).toEqual([]);
    }
  });

  test("an address that another of the bot's servers listens on", () => {
    const listen = { "grpc.listen": "127.0.0.1:9999", "http.token": "sesame" };
    expect(blamed({ ...listen, "http.listen": "127.0.0.1:9999" })).toEqual(["http.listen"]);
    for (const every of ["0.0.0.0", "[::]", "[0:0:0:0:0:0:0:0]", "[::ffff:0.0.0.0]"])
      expect(blamed({ ...listen, "http.listen": `${every}:9999` })).toEqual(["http.listen"]);
    expect(blamed({ ...listen, "http.listen": "127.0.0.2:9999" })).toEqual([]);
    expect(blamed({ "grpc.listen": "127.0.0.1:0", "http.token": "sesame", "http.listen": "127.0.0.1:0" })).toEqual([]);
    // Without a token the bot runs without its HTTP server if the address is taken.
    expect(blamed({ ...listen, "http.token": "", "http.listen": "127.0.0.1:9999" })).toEqual([]);
    const tls = { "grpc.tls.listen": "127.0.0.1:9443", "grpc.tls.cert": "c", "grpc.tls.key": "k" };
    expect(blamed({ ...listen, ...tls, "grpc.listen": "127.0.0.1:9443" })).toEqual(["grpc.tls.listen"]);
    expect(blamed({ ...listen, ...tls, "http.listen": "127.0.0.1:9443" })).toEqual(["http.listen"]);
    const beside = { "downloader.dir": "/srv/films", "http.listen": "127.0.0.1:9988" };
    for (const port of [9999, 9443, 9988]) {
      expect(blamed({ ...listen, ...tls, ...beside, "downloader.listen": `127.0.0.1:${port}` })).toEqual([
        "downloader.listen",
      ]);
    }
    const program = { "downloader.backend.kind": "aria2", "downloader.listen": "0.0.0.0:9999" };
    expect(blamed({ ...listen, ...program })).toEqual(["downloader.listen"]);
    // Without a downloader beside the bot, nobody listens there.
    expect(blamed({ ...listen, "downloader.listen": "127.0.0.1:9999" })).toEqual([]);
  });

  test("a default quality that is not among the choices", () => {
    expect(blamed({ "quality.default": 720, "quality.choices": ["best", 480] })).toEqual(["quality.default"]);
  });

  test.each(["grpc.listen", "grpc.tls.listen", "grpc.join.listen", "http.listen", "downloader.listen"])(
    "a port alone as %s, and suggests 0.0.0.0 for all addresses",
    (key) => {
      for (const given of [":9443", "*:9443"]) {
        const [issue] = read({ [key]: given, "grpc.tls.cert": "c", "grpc.tls.key": "k" }).issues ?? [];
        expect(issue?.message).toBe('For every address of this machine write "0.0.0.0:9443".');
      }
      expect(read({ [key]: "9443" }).issues?.[0].message).toBe("");
    },
  );

  test("nonsense of any type without throwing", () => {
    const keys = configKeys().map(({ name }) => name);
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.anything({ withNullPrototype: true }), (key, value) => {
        expect(() => read({ [key]: value })).not.toThrow();
      }),
    );
  });
});

describe("parseDuration()", () => {
  test("multiplies by the unit", () => {
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.constantFrom(["ms", 1], ["s", 1e3], ["m", 6e4], ["h", 36e5], ["d", 864e5]),
        (count, [unit, ms]) => {
          expect(parseDuration(`${count}${unit}`)).toBe(count * Number(ms));
        },
      ),
    );
  });
});

describe("parseListen()", () => {
  test("parses every IPv6 address in brackets and every IPv4 address without", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 0, max: 65_535 }), (host, port) => {
        const written = host.includes(":") ? `[${host}]` : host;
        expect(parseListen(`${written}:${port}`)).toEqual({ host, port });
      }),
    );
  });
});

describe("nearest()", () => {
  test.each([
    ["rnu", "run"],
    ["chekc", "check"],
    ["CHECK", "check"],
    ["xyzzy", undefined],
    ["", undefined],
  ])("%p: %p", (text, meant) => {
    expect(nearest(text, ["run", "check"])).toBe(meant);
  });
});
