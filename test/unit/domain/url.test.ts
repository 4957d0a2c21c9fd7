import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { keyOf, parseLink } from "../../../src/domain/url.ts";

const parse = (text: string) => parseLink(text, { allowPrivate: false });

function reasonFor(text: string): string {
  const parsed = parse(text);
  return parsed.ok ? `accepted as ${parsed.url}` : parsed.reason;
}

describe("parseLink()", () => {
  test.each([
    [" https://youtu.be/abc ", "https://youtu.be/abc"],
    ["HTTP://YouTube.COM", "http://youtube.com/"],
    ["https://youtube.com./watch?v=1", "https://youtube.com/watch?v=1"],
    ["https://пример.рф/Путь", "https://xn--e1afmkfd.xn--p1ai/%D0%9F%D1%83%D1%82%D1%8C"],
    ["https://уoutube.com/", "https://xn--outube-vrf.com/"],
    ["https:youtube.com/x", "https://youtube.com/x"],
    ["https://evil.com\\@youtube.com/", "https://evil.com/@youtube.com/"],
    ["http://8.8.8.8:8080/a", "http://8.8.8.8:8080/a"],
    ["http://[2606:4700::1111]/", "http://[2606:4700::1111]/"],
    ["http://100.63.255.255/", "http://100.63.255.255/"],
    ["http://172.32.0.1/", "http://172.32.0.1/"],
    ["https://r3---sn-abc.some_host.example.com/", "https://r3---sn-abc.some_host.example.com/"],
    ["https://mylocal.com/", "https://mylocal.com/"],
    ["https://home.example.org/corp.home", "https://home.example.org/corp.home"],
    ["https://notfritz.box/", "https://notfritz.box/"],
    ["https://mail.com/", "https://mail.com/"],
    ["http://[2001:200::1]/", "http://[2001:200::1]/"],
    ["http://[2a00:1450::8a]/", "http://[2a00:1450::8a]/"],
    ["http://[3ffe::1]/", "http://[3ffe::1]/"],
    ["http://192.0.3.1/", "http://192.0.3.1/"],
    ["https://nip.io.example.com/", "https://nip.io.example.com/"],
    ["https://mysslip.io/", "https://mysslip.io/"],
    ["http://https://a.com/1", "https://a.com/1"],
    ["https://HTTPS://http://a.com/1", "http://a.com/1"],
    ["https://a.com/https://b.com/1", "https://a.com/https://b.com/1"],
    ["https://a.ex\u200bample.com/wat\u00adch?v=\u20601\u200e2", "https://a.example.com/watch?v=12"],
    ["https://a.com/%E2%80%8B\u200c\u200d", "https://a.com/%E2%80%8B"],
    ["https://a.com/\u06a9\u200c\u06a9", "https://a.com/%DA%A9%E2%80%8C%DA%A9"],
  ])("reads %p as %p", (text, url) => {
    expect(parse(text)).toEqual({ ok: true, url, key: keyOf(url), name: null });
  });

  test.each([
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "017700000001",
    "127.1",
    "0.0.0.0",
    "10.255.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "192.168.1.1.",
    "198.18.0.7",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:8.8.8.8]",
    "[::10.0.0.1]",
    "[64:ff9b::10.0.0.1]",
    "[2002:a00:1::]",
    "[fc00::1]",
    "[fdff::1]",
    "[fe80::1]",
    "[ff02::1]",
    "[::ffff:0:127.0.0.1]",
    "[::ffff:0:8.8.8.8]",
    "[2001::1]",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    "[2001:db8::1]",
    "[2001:10::1]",
    "[100::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[4000::1]",
    "[fe00::1]",
    "192.0.2.1",
    "198.51.100.7",
    "203.0.113.255",
    "192.88.99.1",
    "localhost.localdomain",
    "localhost4.localdomain4",
    "localhost6.localdomain6",
    "wiki.intra",
    "nas.priv",
    "nas.home.arpa",
    "1.0.0.127.in-addr.arpa",
    "1.0.0.0.ip6.arpa",
    "ipv4only.arpa",
    "resolver.arpa",
    "service.arpa",
    "shop.test",
    "shop.invalid",
    "market.onion",
    "name.alt",
    "name.i2p",
    "nas.localdomain",
    "nas.home",
    "www.Corp.",
    "wiki.intranet",
    "box.private",
    "kubernetes.default.svc",
    "api.default.svc.cluster.local",
    "vault.service.consul",
    "fritz.box",
    "www.fritz.box.",
    "speedport.ip",
    "my.keenetic.net",
    "localhost",
    "LOCALHOST.",
    "app.localhost",
    "nas.local",
    "printer.lan",
    "metadata.google.internal",
    "router",
    "router.lan",
    "my.router",
    "mobile.hotspot",
    "0300.0250.01.01",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "192.168.1.1.nip.io",
    "c0a80101.nip.io",
    "app-10-0-0-1.sslip.io",
    "8.8.8.8.sslip.io",
    "127-0-0-1.traefik.me",
    "192-168-1-5.abc.plex.direct",
    "localtest.me",
    "shop.lvh.me.",
    "routerlogin.net",
    "www.tplinkwifi.net",
    "tplinkrepeater.net",
    "mafreebox.freebox.fr",
    "metadata.goog",
  ])("refuses the private address %s, unless the operator allows it", (host) => {
    expect(reasonFor(`http://${host}/x`)).toBe("private_address");
    expect(parseLink(`http://${host}/x`, { allowPrivate: true }).ok).toBe(true);
  });

  test.each([
    ["ftp://example.com/x", "not_http"],
    ["javascript:alert(1)", "not_http"],
    ["file:///etc/passwd", "not_http"],
    ["tg://resolve?domain=x", "not_http"],
    ["ed2k://|file|a.avi|1|0|/", "not_http"],
    ["thunder://QUFodHRwOi8v", "not_http"],
    ["http://|a|/", "malformed"],
    ["http://[fe80::1%25eth0]/", "malformed"],
    ["magnet:?xt=urn:btih:0&tr=http://t.example/announce", "magnet"],
    [`MAGNET:?xt=urn:btih:0${"&tr=http://t.example/announce".repeat(100)}`, "magnet"],
    ["https://youtube.com@evil.com/", "credentials"],
    ["https://a:b@example.com/", "credentials"],
    ["https://:b@example.com/", "credentials"],
    ["", "malformed"],
    ["-", "malformed"],
    ["--exec=rm", "malformed"],
    ["youtube.com/watch?v=1", "malformed"],
    ["https://", "malformed"],
    ["https://./", "malformed"],
    ["https://a..b.com/", "malformed"],
    ["https://a.com../", "malformed"],
    ["https://.com/", "malformed"],
    [`https://${"a".repeat(64)}.com/`, "malformed"],
    [`https://${"a.".repeat(127)}com/`, "malformed"],
    ["https://exam;ple.com/", "malformed"],
    ["https://a.com/\nhttps://b.com/", "malformed"],
    ["https://a.com/\u0000", "malformed"],
  ])("refuses %p: %s", (text, reason) => {
    expect(reasonFor(text)).toBe(reason);
  });

  test.each(["\u200e", "\ufeff", "\u2060", "\u00ad", "\u3164", "\u2800", "\ufe0f", "\u{e0020}", " \u202c\n\u200b "])(
    "drops %j at the ends of a link, and accepts it inside",
    (mark) => {
      const url = "https://a.com/watch?v=1";
      expect(parse(mark + url + mark)).toEqual(parse(url));
      if (!/\s/.test(mark)) expect(parse(`https://a.com/a${mark}b`)).toMatchObject({ ok: true });
    },
  );

  test("refuses a text of many blanks quickly", () => {
    expect(reasonFor(`x${" ".repeat(200_000)}x`)).toBe("too_long");
  });

  test("accepts 2048 characters and refuses one more", () => {
    const start = "https://example.com/";
    expect(parse(start + "a".repeat(2048 - start.length)).ok).toBe(true);
    expect(reasonFor(start + "a".repeat(2049 - start.length))).toBe("too_long");
  });

  test("measures the length of the encoded link", () => {
    expect(reasonFor(`https://example.com/${"ж".repeat(400)}`)).toBe("too_long");
  });

  test("is idempotent: parsing the result again changes nothing", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
        const parsed = parse(text);
        if (parsed.ok) expect(parse(parsed.url)).toEqual(parsed);
      }),
    );
  });

  test("never throws, and returns only http and https URLs, for any text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.string().map((rest) => `http://${rest}`),
        ),
        (text) => {
          const parsed = parse(text);
          if (parsed.ok) expect(parsed.url).toMatch(/^https?:\/\/[^/@]+\//);
          else expect(parsed.reason).toBeString();
        },
      ),
    );
  });
});

describe("keyOf()", () => {
  test.each([
    ["http://www.youtube.com/watch?v=1", "https://youtube.com/watch?v=1"],
    ["https://youtube.com:443/watch?v=1", "https://youtube.com/watch?v=1"],
    ["https://YouTube.com./watch?v=1", "https://youtube.com/watch?v=1"],
    ["https://youtu.be/1?si=abc", "https://youtu.be/1"],
    ["https://youtu.be/1?", "https://youtu.be/1#"],
    ["https://a.com/?UTM_Source=x&id=1&fbclid=2&utm_medium", "https://a.com/?id=1"],
    ["https://instagram.com/p/1/?igsh=MzRl&igshid=2", "https://www.instagram.com/p/1/"],
    ["https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/"],
  ])("is the same for %s and %s", (one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
  });

  test.each([
    ["https://a.com/1#t=10", "https://a.com/1"],
    ["https://a.com/1?t=10", "https://a.com/1"],
    ["https://a.com/aB", "https://a.com/Ab"],
    ["https://a.com:8443/", "https://a.com/"],
    ["https://a.com/?a=1&b=2", "https://a.com/?b=2&a=1"],
    ["https://a.com/?sid=1", "https://a.com/?sid=2"],
    ["https://www.com/", "https://com/"],
    ["https://m.youtube.com/", "https://youtube.com/"],
  ])("differs for %s and %s", (one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  test("is the text itself if it is not a link", () => {
    for (const text of ["", "COMING SOON", "https://", "mailto:a@b.c"]) expect(keyOf(text)).toBe(text);
  });
});
