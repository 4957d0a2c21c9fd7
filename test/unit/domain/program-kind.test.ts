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
  test("have a valid default URL and valid roots", () => {
    for (const { defaultUrl, roots } of Object.values(PROGRAM_KINDS)) {
      expect(parseProgramUrl(defaultUrl)).toBeDefined();
      expect(roots.filter((root) => parseRoot(root) === undefined)).toEqual([]);
    }
  });

  test("are found by their exact names only", () => {
    expect(programKind("aria2")).toBe(PROGRAM_KINDS.aria2);
    for (const name of ["", "auto", "toString", "Aria2"]) expect(programKind(name)).toBeUndefined();
  });
});

describe("parseProgramUrl()", () => {
  test.each(["http://127.0.0.1:6800/jsonrpc", "https://nas.lan/metube/", "http://[::1]:8080"])("takes %s", (text) => {
    expect(parseProgramUrl(text)?.href).toStartWith(text);
  });

  test.each(["", "nas.lan", "127.0.0.1:6800", "ftp://nas.lan/", "http://ann:sesame@nas.lan/", "http://ann@nas.lan/"])(
    "refuses %p",
    (text) => {
      expect(parseProgramUrl(text)).toBeUndefined();
    },
  );
});

describe("parseSetting()", () => {
  test("reads a setting of the kind, with everything after the first = as its value", () => {
    expect(parseSetting("category=a=b", PROGRAM_KINDS.qbittorrent)).toEqual(["category", "a=b"]);
  });

  test("accepts only a whole number as a count", () => {
    const { ytptube } = PROGRAM_KINDS;
    expect(parseSetting("retry=3", ytptube)).toEqual(["retry", "3"]);
    for (const value of ["x", "-1", "1.5", "3 times", "1e9"])
      expect(parseSetting(`retry=${value}`, ytptube)).toBeUndefined();
    expect(settingsWritten(ytptube)).toBe("preset=…, retry=3");
  });

  test.each(["category", "category=", "=films", "preset=x", ""])("refuses %p for qBittorrent", (text) => {
    expect(parseSetting(text, PROGRAM_KINDS.qbittorrent)).toBeUndefined();
  });
});
