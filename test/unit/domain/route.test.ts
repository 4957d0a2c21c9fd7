import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  candidatesAmong,
  createRootParser,
  createRouting,
  drawOrder,
  parseRoot,
  type Route,
  rootMatches,
} from "../../../src/domain/route.ts";
import { seeded } from "../../support/seeded.ts";

function matches(root: string, url: string): boolean {
  const parsed = parseRoot(root);
  if (parsed === undefined) throw new Error(`${root} is no root`);
  return rootMatches(parsed, new URL(url));
}

function routingOf(of: {
  downloaders: readonly { name: string; roots: readonly string[] }[];
  routes?: readonly Route[];
}) {
  const routing = createRouting(of.routes ?? []);
  routing.update(of.downloaders);
  return routing;
}

/** Names of the downloaders that may get a link. */
function candidatesFor(of: {
  url: string;
  chosen?: string | null;
  downloaders: readonly { name: string; roots: readonly string[]; paused: boolean }[];
  routes: readonly Route[];
}): string[] {
  const { matches } = routingOf(of).matchesOf(of.url);
  const taking = matches.flatMap(({ name }) => of.downloaders.find((one) => one.name === name) ?? []);
  return candidatesAmong(taking, of.chosen ?? null);
}

describe("parseRoot()", () => {
  test.each([
    "youtube.com",
    " https://www.YouTube.com:443/ ",
    "//youtube.com",
    "*.youtube.com",
    ".youtube.com",
    "youtube.com./*",
  ])("reads %p as the host youtube.com", (text) => {
    expect(parseRoot(text)).toEqual({ scheme: "web", host: "youtube.com", path: "" });
  });

  test("keeps a path, without a final slash, query or fragment", () => {
    expect(parseRoot("VK.com/Video/?z=1#x")).toEqual({ scheme: "web", host: "vk.com", path: "/video" });
  });

  test.each(["*", "any", "ALL", " all "])("reads %p as the whole web", (text) => {
    expect(parseRoot(text)).toEqual({ scheme: "web", host: "", path: "" });
  });

  test.each([
    ["magnet:", "magnet:", "", ""],
    ["MAGNET:?", "magnet:", "", ""],
    ["magnet:*", "magnet:", "", ""],
    ["ftp:", "ftp:", "", ""],
    ["ftp://*", "ftp:", "", ""],
    ["ftps://Files.example:990/Pub/", "ftps:", "files.example", "/pub"],
    ["ftp.example", "web", "ftp.example", ""],
  ])("reads the scheme of %p", (text, scheme, host, path) => {
    expect<unknown>(parseRoot(text)).toEqual({ scheme, host, path });
  });

  test.each([
    "",
    "  ",
    "/",
    "/video",
    "https://",
    "you tube.com",
    "a..com",
    "user@youtube.com",
    "youtube.com:port",
    "magnet:?xt=urn:btih:0",
    "magnet:films",
    "ftp://user@files.example",
    "%",
    "**",
  ])("refuses %p", (text) => {
    expect(parseRoot(text)).toBeUndefined();
  });
});

describe("createRootParser()", () => {
  test("parses each root once, with the results of parseRoot(), also for invalid ones", () => {
    const parse = createRootParser();
    for (const text of ["VK.com/Video/", "no address", "*"]) {
      expect(parse(text)).toEqual(parseRoot(text));
      expect(parse(text)).toBe(parse(text));
    }
  });

  test("does not remember texts that are too long for a root", () => {
    const parse = createRootParser();
    const long = `example.org/${"a".repeat(255)}`;
    expect(parse(long)).toEqual(parseRoot(long));
    expect(parse(long)).not.toBe(parse(long));
  });
});

describe("rootMatches()", () => {
  test.each([
    ["youtube.com", "https://youtube.com/watch?v=1"],
    ["youtube.com", "https://WWW.youtube.com:8443/"],
    ["youtube.com", "https://m.youtube.com/"],
    ["www.youtube.com", "https://youtube.com/"],
    ["youtube.com", "https://youtube.com./"],
    ["vk.com/video", "https://vk.com/video"],
    ["vk.com/video", "https://vk.com/Video/1"],
    ["vk.com/video/", "https://m.vk.com/video?z=1"],
    ["пример.рф", "https://xn--e1afmkfd.xn--p1ai/"],
    ["xn--e1afmkfd.xn--p1ai", "https://ПРИМЕР.рф/"],
    ["a.com/видео", "https://a.com/%D0%92%D0%B8%D0%B4%D0%B5%D0%BE/1"],
    ["a.com/%d0%b2", "https://a.com/в"],
    ["a.com/a%2fb", "https://a.com/a%2Fb"],
    ["a.com/%ff", "https://a.com/%FF/x"],
    ["a.com/@ann", "https://a.com/%40ann/1"],
    ["a.com/%40ann", "https://a.com/@ann"],
    ["a.com/a+b", "https://a.com/a%2Bb"],
    ["a.com/в", "https://a.com/в/100%"],
    ["a.com/в", "https://a.com/в/%FF"],
    ["a.com/100%25", "https://a.com/100%/1"],
    ["*", "https://anything.example/"],
    ["magnet:", "magnet:?xt=urn:btih:0"],
    ["ftp:", "ftp://files.example/1"],
    ["ftp://files.example/Pub", "FTP://Files.example:2121/pub/1"],
    ["ftps:", "ftps://files.example/1"],
  ])("%s matches %s", (root, url) => {
    expect(matches(root, url)).toBe(true);
  });

  test.each([
    ["youtube.com", "https://evil-youtube.com/"],
    ["*", "magnet:?xt=urn:btih:0"],
    ["*", "ftp://files.example/1"],
    ["files.example", "ftp://files.example/1"],
    ["ftp:", "https://files.example/1"],
    ["ftp:", "ftps://files.example/1"],
    ["ftp://files.example/pub", "ftp://files.example/other"],
    ["magnet:", "https://a.example/?magnet:"],
    ["youtube.com", "https://youtube.com.evil.com/"],
    ["youtube.com", "https://evil.com/youtube.com"],
    ["youtube.com", "https://evil.com/?u=youtube.com"],
    ["m.youtube.com", "https://youtube.com/"],
    ["youtube.com", "https://уoutube.com/"],
    ["vk.com/video", "https://vk.com/videos"],
    ["vk.com/video", "https://vk.com/a/video"],
    ["vk.com/video", "https://vk.com/"],
    ["a.com/a", "https://a.com/a%2Fb"],
  ])("%s does not match %s", (root, url) => {
    expect(matches(root, url)).toBe(false);
  });

  test("ignores www., port and case, and matches no similar host, for any address", () => {
    fc.assert(
      fc.property(fc.domain(), fc.webPath(), (host, path) => {
        const root = parseRoot(`${host}${path}`);
        fc.pre(root !== undefined);
        expect(matches(`HTTPS://WWW.${host.toUpperCase()}:8080${path}/`, `http://${host}${path}/x`)).toBe(true);
        expect(matches(`${host}${path}`, `http://evil-${host}${path}`)).toBe(false);
        expect(matches(`${host}${path}`, `http://${host}.evil.com${path}`)).toBe(false);
      }),
    );
  });
});

describe("the candidates for a link", () => {
  const video = "https://youtube.com/watch?v=1";
  const downloaders = [
    { name: "abroad", roots: ["youtube.com"], paused: false },
    { name: "home", roots: ["vk.com/video", "*"], paused: false },
    { name: "music", roots: ["music.example", ""], paused: false },
  ];
  const paused = (name: string) => downloaders.map((one) => ({ ...one, paused: one.name === name }));

  test("are all downloaders whose roots match, in the given order", () => {
    expect(candidatesFor({ url: video, downloaders, routes: [] })).toEqual(["abroad", "home"]);
  });

  test("are those of the first matching route, which overrides the roots", () => {
    const routes = [
      { match: "vk.com", downloaders: ["abroad"] },
      { match: "youtube.com", downloaders: ["music", "gone"] },
      { match: "*", downloaders: ["home"] },
    ];
    expect(candidatesFor({ url: video, downloaders, routes })).toEqual(["music"]);
    expect(candidatesFor({ url: "https://vk.com/video/1", downloaders, routes })).toEqual(["abroad"]);
    expect(candidatesFor({ url: "https://a.com/", downloaders, routes })).toEqual(["home"]);
  });

  test("for a magnet are those with the root magnet:, not those that take the whole web", () => {
    const torrents = { name: "torrents", roots: ["*", "magnet:"], paused: false };
    const url = "magnet:?xt=urn:btih:0";
    expect(candidatesFor({ url, downloaders: [...downloaders, torrents], routes: [] })).toEqual(["torrents"]);
    const routes = [{ match: "magnet:", downloaders: ["home"] }];
    expect(candidatesFor({ url, downloaders: [...downloaders, torrents], routes })).toEqual(["home"]);
    expect(candidatesFor({ url, downloaders, routes: [] })).toEqual([]);
  });

  test.each(["HOME", "ｈｏｍｅ", " home"])("are found if a route spells their name differently: %s", (name) => {
    const routes = [{ match: "any", downloaders: ["gone", name] }];
    expect(candidatesFor({ url: video, downloaders, routes })).toEqual(["home"]);
  });

  test("are none if the downloaders of the route are not registered", () => {
    expect(candidatesFor({ url: video, downloaders, routes: [{ match: "any", downloaders: ["gone"] }] })).toEqual([]);
  });

  test("are only the chosen downloader while it matches", () => {
    expect(candidatesFor({ url: video, chosen: "home", downloaders, routes: [] })).toEqual(["home"]);
  });

  test("are all others if the chosen downloader is gone or does not match", () => {
    for (const chosen of ["gone", "music", null]) {
      expect(candidatesFor({ url: video, chosen, downloaders, routes: [] })).toEqual(["abroad", "home"]);
    }
  });

  test("exclude paused downloaders, even a chosen one, for which the link waits", () => {
    expect(candidatesFor({ url: video, downloaders: paused("abroad"), routes: [] })).toEqual(["home"]);
    expect(candidatesFor({ url: video, chosen: "abroad", downloaders: paused("abroad"), routes: [] })).toEqual([]);
  });

  test("are none for a text that is not a link", () => {
    expect(candidatesFor({ url: "no link", downloaders, routes: [] })).toEqual([]);
  });
});

describe("the index of the roots", () => {
  const label = fc.constantFrom("a", "b", "com", "www", "x-a");
  const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
  const path = fc.constantFrom("", "/", "/v", "/v/", "/V/1", "/vv", "/%D0%B2", "/в");
  const root = fc.oneof(
    fc.tuple(host, path).map((parts) => parts.join("")),
    fc.constantFrom("*", "", "10.0.0.1"),
  );

  test("finds the same downloaders as a comparison with every root, each by its first root", () => {
    const url = fc.oneof(
      fc.tuple(host, path).map((parts) => `http://${parts.join("")}`),
      fc.constant("http://10.0.0.1/v"),
    );
    const fleet = fc.array(fc.array(root, { maxLength: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(fleet, url, (rootsOf, link) => {
        const downloaders = rootsOf.map((roots, at) => ({ name: `${at}`, roots }));
        const naive = downloaders.flatMap(({ name, roots }) => {
          const first = roots.find((one) => parseRoot(one) !== undefined && matches(one, link));
          return first === undefined ? [] : [{ name, root: first }];
        });
        expect(routingOf({ downloaders }).matchesOf(link).matches).toEqual(naive);
      }),
    );
  });

  test("matches no downloader before the first update()", () => {
    expect(createRouting([]).matchesOf("https://x.org/v")).toEqual({ route: undefined, matches: [] });
  });

  test("gives the same matches after any updates as a new one", () => {
    const name = fc.constantFrom("nas", "attic", "Nas 2", "box");
    const lists = fc.constantFrom(["a.com"], ["a.com", "b.com/v"], ["*"], ["", "b.com"], ["a.com", "a.com"]);
    const fleet = fc.uniqueArray(fc.record({ name, roots: lists }), { selector: (one) => one.name });
    const routes: Route[] = [{ match: "c.com", downloaders: ["NAS 2", "attic"] }];
    const urls = ["https://a.com/", "https://m.a.com/1", "https://b.com/v/1", "https://c.com/", "https://d.com/"];
    fc.assert(
      fc.property(fc.array(fleet, { maxLength: 6 }), (fleets) => {
        const routing = createRouting(routes);
        for (const downloaders of fleets) {
          routing.update(downloaders);
          const fresh = routingOf({ downloaders, routes });
          for (const url of urls) expect(routing.matchesOf(url)).toEqual(fresh.matchesOf(url));
        }
      }),
    );
  });

  test("indexes only the roots of new downloaders", () => {
    let read = 0;
    const counted = new Proxy(["a.com"], {
      get(target, key) {
        read += 1;
        return Reflect.get(target, key);
      },
    });
    const routing = routingOf({ downloaders: [{ name: "nas", roots: counted }] });
    read = 0;
    routing.update([
      { name: "attic", roots: ["b.com"] },
      { name: "nas", roots: counted },
    ]);
    expect(read).toBe(0);
    expect(routing.matchesOf("https://b.com/").matches).toEqual([{ name: "attic", root: "b.com" }]);
    expect(routing.matchesOf("https://a.com/").matches).toEqual([{ name: "nas", root: "a.com" }]);
  });

  test("matches whole path segments only", () => {
    const routing = routingOf({ downloaders: [{ name: "nas", roots: ["x.org/v"] }] });
    const taken = ["/v", "/v/1", "/V/", "/vv", "/vv/v", "/"].filter(
      (path) => routing.matchesOf(`https://x.org${path}`).matches.length > 0,
    );
    expect(taken).toEqual(["/v", "/v/1", "/V/"]);
  });

  test("does not read the roots of other hosts", () => {
    let read = 0;
    const roots = Array.from({ length: 64 }, (_, at) => `site${at}.example`);
    const counted = new Proxy(roots, {
      get(target, key) {
        read += 1;
        return Reflect.get(target, key);
      },
    });
    const downloaders = Array.from({ length: 300 }, (_, at) => ({ name: `${at}`, roots: counted }));
    const routing = routingOf({ downloaders: [...downloaders, { name: "nas", roots: ["x.org"] }] });
    read = 0;
    expect(routing.matchesOf("https://m.x.org/1").matches).toEqual([{ name: "nas", root: "x.org" }]);
    expect(read).toBe(0);
  });
});

describe("drawOrder()", () => {
  test("draws a permutation of the names", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.integer(), (names, seed) => {
        expect(drawOrder(names, seeded(seed)).toSorted()).toEqual(names.toSorted());
      }),
    );
  });

  test("draws every order of four names equally often", () => {
    const random = seeded(20261123);
    const rounds = 24_000;
    const times = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const order = drawOrder(["a", "b", "c", "d"], random).join("");
      times.set(order, (times.get(order) ?? 0) + 1);
    }
    const expected = rounds / 24;
    const chiSquare = [...times.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(times.size).toBe(24);
    // 23 degrees of freedom: a fair shuffle exceeds 49.7 once in a thousand seeds, a biased one by far.
    expect(chiSquare).toBeLessThan(49.7);
  });
});
