import { expect, test } from "bun:test";
import { HTTP_SCHEMES, isAccepted } from "../../../src/downloader/accepted-links.ts";

const MAGNET = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567";
const ALL = [...HTTP_SCHEMES, "ftp:", "magnet:"];

test.each([
  ["https://films.example/1", HTTP_SCHEMES, true],
  ["http://192.168.1.2/1", HTTP_SCHEMES, false],
  ["//films.example/1", HTTP_SCHEMES, false],
  ["", ALL, false],
  [MAGNET, HTTP_SCHEMES, false],
  [MAGNET, ALL, true],
  [`${MAGNET}\n`, ALL, false],
  [`${MAGNET}&tr=${"a".repeat(20_000)}`, ALL, false],
  [`${MAGNET}&tr=udp://10.0.0.1:80/announce`, ALL, false],
  ["magnet:?xt=urn:ed2k:0123456789abcdef0123456789abcdef", ALL, false],
  ["ftp://films.example/1", HTTP_SCHEMES, false],
  ["ftp://films.example/1", ALL, true],
  ["ftp://127.0.0.1/1", ALL, false],
  ["file:///etc/passwd", ALL, false],
])("isAccepted() of %p, with schemes %p: %p", (link, schemes, is) => {
  expect(isAccepted(link, { schemes, allowPrivate: false })).toBe(is);
});
