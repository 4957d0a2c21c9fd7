import { describe, expect, test } from "bun:test";
import {
  PROGRAM_KINDS,
  parseProgramUrl,
  parseSetting,
  programKind,
  settingsWritten,
} from "../../../src/domain/program-kind.ts";
import { parseRoot } from "../../../src/domain/route.ts";

describe("PROGRAM_KINDS", () => {
  test("say where each usually is, and what it takes, in words that are understood", () => {
    for (const { defaultUrl, roots } of Object.values(PROGRAM_KINDS)) {
      expect(parseProgramUrl(defaultUrl)).toBeDefined();
      expect(roots.filter((root) => parseRoot(root) === undefined)).toEqual([]);
    }
  });

  test("are found by their own names only", () => {
    expect(programKind("aria2")).toBe(PROGRAM_KINDS.aria2);
    for (const name of ["", "auto", "toString", "Aria2"]) expect(programKind(name)).toBeUndefined();
  });
});

describe("parseProgramUrl()", () => {
  test.each(["http://127.0.0.1:6800/jsonrpc", "https://nas.lan/metube/", "http://[::1]:8080"])("takes %s", (text) => {
    expect(parseProgramUrl(text)?.href).toStartWith(text);
  });

  test.each(["", "nas.lan", "127.0.0.1:6800", "ftp://nas.lan/", "http://ann:sesame@nas.lan/", "http://ann@nas.lan/"])(
    "takes %p for none",
    (text) => {
      expect(parseProgramUrl(text)).toBeUndefined();
    },
  );
});

describe("parseSetting()", () => {
  test("reads a name of the kind and whatever follows", () => {
    expect(parseSetting("category=a=b", PROGRAM_KINDS.qbittorrent)).toEqual(["category", "a=b"]);
  });

  test("takes for a count nothing but a whole number", () => {
    const { ytptube } = PROGRAM_KINDS;
    expect(parseSetting("retry=3", ytptube)).toEqual(["retry", "3"]);
    for (const value of ["x", "-1", "1.5", "3 times", "1e9"])
      expect(parseSetting(`retry=${value}`, ytptube)).toBeUndefined();
    expect(settingsWritten(ytptube)).toBe("preset=…, retry=3");
  });

  test.each(["category", "category=", "=films", "preset=x", ""])("takes %p for none of qBittorrent's", (text) => {
    expect(parseSetting(text, PROGRAM_KINDS.qbittorrent)).toBeUndefined();
  });
});
