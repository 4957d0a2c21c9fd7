import { describe, expect, test } from "bun:test";
import { findLinks } from "../../../src/domain/incoming.ts";
import { keyOf, parseLink } from "../../../src/domain/url.ts";

const HASH = "c12fe1c06bba254a9dc9f519b335aa7c1367a88a";
/** The same hash, as older programs spell it. */
const BASE32 = "YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK";
const V2 = "caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302e";
const MAGNET = `magnet:?xt=urn:btih:${HASH}`;

const parse = (text: string, allowPrivate = false) => parseLink(text, { allowPrivate, isTaken: () => true });

function reasonFor(text: string): string {
  const parsed = parse(text);
  return parsed.ok ? `accepted as ${parsed.url}` : parsed.reason;
}

describe("a magnet that a downloader takes", () => {
  test.each([
    MAGNET,
    `MAGNET:?xt=urn:btih:${HASH.toUpperCase()}&dn=Another+name`,
    `magnet:?tr=http://t.example/announce&xt=urn:btih:${BASE32}`,
    `magnet:?xt=urn%3Abtih%3A${HASH}`,
    `magnet:?xt.1=urn:ed2k:0123456789abcdef0123456789abcdef&xt.2=urn:btih:${HASH}`,
    `magnet:?xt=urn:btmh:1220${V2}&xt=urn:btih:${HASH}`,
  ])("has the key of its torrent, however it is spelt: %s", (text) => {
    expect(parse(text)).toMatchObject({ ok: true, key: `magnet:btih:${HASH}` });
    expect(keyOf(text)).toBe(`magnet:btih:${HASH}`);
  });

  test.each(["&amp;", "&AMP;", "&amp;amp;", "&#038;"])(
    "is read if it was copied from a page's source with %s",
    (and) => {
      const [link = "", ...others] = findLinks([
        { text: `A film: magnet:?dn=A+film${and}xt=urn:btih:${HASH}${and}x=1` },
      ]);
      expect(others).toEqual([]);
      const url = `magnet:?dn=A+film&xt=urn:btih:${HASH}&x=1`;
      expect(parse(link)).toEqual({ ok: true, url, key: `magnet:btih:${HASH}`, name: "A film" });
    },
  );

  test("of version 2 has a key of its own", () => {
    expect(parse(`magnet:?xt=urn:btmh:1220${V2}`)).toMatchObject({ ok: true, key: `magnet:btmh:${V2}` });
  });

  test.each([
    [`${MAGNET}&dn=Big+Buck%20Bunny`, "Big Buck Bunny"],
    [`${MAGNET}&dn=%D0%9A%D0%B8%D0%BD%D0%BE`, "Кино"],
    [`${MAGNET}&DN=x`, "x"],
    [`${MAGNET}&dn=+`, null],
    [MAGNET, null],
  ])("has the name that it carries: %s", (text, name) => {
    expect(parse(text)).toMatchObject({ ok: true, name });
  });

  test.each([
    ["magnet:?xt=urn:btih:0123", "malformed"],
    ["magnet:?xt=urn:ed2k:0123456789abcdef0123456789abcdef", "malformed"],
    ["magnet:", "malformed"],
    [`magnet:?xt=urn:btmh:1120${V2}`, "malformed"],
    [`${MAGNET}\nhttps://a.com/`, "malformed"],
    [`${MAGNET}${"&tr=http://t.example/announce".repeat(400)}`, "too_long"],
    [`${MAGNET}&tr=http://192.168.1.1/cgi`, "private_address"],
    [`${MAGNET}&tr=udp%3A%2F%2F10.0.0.1%3A80`, "private_address"],
    [`${MAGNET}&tr.1=http://t.example/&tr.2=http://fritz.box/`, "private_address"],
    [`${MAGNET}&ws=http://0x7f.1/`, "private_address"],
    [`${MAGNET}&xs=http://[::1]/`, "private_address"],
    [`${MAGNET}&as=http://localhost/`, "private_address"],
    [`${MAGNET}&x.pe=192.168.1.1:6881`, "private_address"],
  ])("is refused: %s is %s", (text, reason) => {
    expect(reasonFor(text)).toBe(reason);
  });

  test("may name many trackers, and private ones if the operator allows that", () => {
    expect(parse(`${MAGNET}${"&tr=http://t.example/announce".repeat(100)}`).ok).toBe(true);
    expect(parse(`${MAGNET}&tr=http://192.168.1.1/cgi`, true).ok).toBe(true);
  });
});

describe("an FTP address that a downloader takes", () => {
  test.each([
    ["ftp://Files.example:21/Pub/1.iso", "ftp://files.example/Pub/1.iso"],
    ["FTPS://Files.example.:990/1.iso", "ftps://files.example:990/1.iso"],
  ])("%s becomes %s, and differs from the web address", (text, url) => {
    expect(parse(text)).toEqual({ ok: true, url, key: url, name: null });
    expect(keyOf(url)).not.toBe(keyOf(url.replace(/^ftps?/, "https")));
  });

  test.each([
    ["ftp://me:secret@files.example/1", "credentials"],
    ["ftp://192.168.1.1/1", "private_address"],
    ["ftps://127.1/1", "private_address"],
    ["ftps://FRITZ.box/1", "private_address"],
    ["sftp://files.example/1", "not_http"],
    ["ftps://", "malformed"],
  ])("%s is refused: %s", (text, reason) => {
    expect(reasonFor(text)).toBe(reason);
  });

  test("is found in a text like any link", () => {
    expect(findLinks([{ text: "here: ftps://a.example/1.iso, and (ftp://b.example/2)" }])).toEqual([
      "ftps://a.example/1.iso",
      "ftp://b.example/2",
    ]);
    const text = "the disc";
    const entities = [{ type: "text_link", offset: 4, length: 4, url: "ftp://a.example/1.iso" }];
    expect(findLinks([{ text, entities }])).toEqual(["ftp://a.example/1.iso"]);
  });
});

test("a link that no downloader takes is refused; the normalised address is what counts", () => {
  const asked: string[] = [];
  const isTaken = (url: string) => asked.push(url) === 0;
  expect(parseLink(MAGNET, { allowPrivate: false, isTaken })).toEqual({ ok: false, reason: "magnet" });
  expect(parseLink("ftp://A.example", { allowPrivate: false, isTaken })).toEqual({ ok: false, reason: "not_http" });
  expect(parseLink("https://a.example", { allowPrivate: false, isTaken }).ok).toBe(true);
  expect(asked).toEqual([MAGNET, "ftp://a.example/"]);
});
