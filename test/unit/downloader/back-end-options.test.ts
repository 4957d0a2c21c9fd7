import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RemoteKind } from "../../../src/downloader/back-ends/registry.ts";
import { parseOptions, type WrittenOptions } from "../../../src/downloader/options.ts";
import { createProgram } from "../../support/back-end/program.ts";

const KIND: RemoteKind = {
  roots: ["magnet:", "ftp:"],
  defaultUrl: "http://127.0.0.1:6800/jsonrpc",
  settings: ["preset"],
  asksFor: "user",
  create: () => createProgram().remote,
};

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "dwld-options-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const parse = (written: WrittenOptions, backEndSecret?: string) =>
  parseOptions({ dir: "films", ...written }, { cwd, language: "en", kinds: { aria2: KIND }, backEndSecret });
const problemsOf = (written: WrittenOptions) => {
  const parsed = parse(written);
  return parsed.ok ? [] : parsed.problems;
};

describe("parseOptions(), about the back end,", () => {
  test.each([{}, { backend: "auto" }])("has none unless one is named: %p", (written) => {
    expect(parse(written)).toMatchObject({ ok: true, options: { backEnd: undefined } });
  });

  test("knows the usual address of a program", () => {
    expect(parse({ backend: "aria2" })).toMatchObject({
      ok: true,
      options: {
        backEnd: { kind: KIND, options: { url: new URL(KIND.defaultUrl), user: undefined, secret: undefined } },
      },
    });
  });

  test("takes the program's own roots unless others are named", () => {
    const rootsOf = (written: WrittenOptions) => {
      const parsed = parse(written);
      return parsed.ok ? parsed.options.roots : undefined;
    };
    expect(rootsOf({})).toEqual(["*"]);
    expect(rootsOf({ backend: "aria2" })).toEqual(["magnet:", "ftp:"]);
    expect(rootsOf({ backend: "aria2", roots: "magnet:" })).toEqual(["magnet:"]);
  });

  test("reads the address, user, folder and settings, and the secret from its file", () => {
    writeFileSync(join(cwd, "secret"), "sesame\n");
    const given = { "backend-url": "https://nas.lan/aria2", "backend-user": "ann", "backend-dir": "/downloads" };
    const parsed = parse({
      ...{ ...given, backend: "aria2" },
      "backend-secret-file": "secret",
      "backend-option": ["preset=a=b"],
    });
    const options = { url: new URL("https://nas.lan/aria2"), user: "ann", dir: "/downloads", secret: "sesame" };
    expect(parsed).toMatchObject({
      ok: true,
      options: { backEnd: { options: { ...options, settings: new Map([["preset", "a=b"]]) } } },
    });
  });

  test("takes a secret that was passed without a file", () => {
    expect(parse({ backend: "aria2" }, "sesame")).toMatchObject({
      ok: true,
      options: { backEnd: { options: { secret: "sesame" } } },
    });
  });

  test("warns of options that do not affect the program, and passes no user to one without users", () => {
    const given = { rate: "2M", concurrency: "4", backend: "aria2", "backend-user": "ann" };
    const kinds = { aria2: { ...KIND, asksFor: "secret" as const } };
    const warningsIn = (language: "en" | "ru") =>
      parseOptions({ dir: "films", ...given }, { cwd, language, kinds }) as unknown;
    expect(warningsIn("en")).toMatchObject({
      options: {
        backEnd: {
          options: { user: undefined },
          warnings: [
            "--concurrency has no effect: aria2 downloads, and has its own settings.",
            "--rate has no effect: aria2 downloads, and has its own settings.",
            "--backend-user has no effect: aria2 has no users, only a secret.",
          ],
        },
      },
    });
    expect(warningsIn("ru")).toMatchObject({
      options: {
        backEnd: {
          warnings: [
            expect.any(String),
            "--rate не действует: скачивает aria2, у него свои настройки.",
            "--backend-user не действует: у aria2 есть только пароль, а пользователей нет.",
          ],
        },
      },
    });
    expect(parse({ backend: "aria2", "backend-user": "ann" })).toMatchObject({
      options: { backEnd: { warnings: [] } },
    });
  });

  test.each(["http://ann:sesame@nas", "ann:sesame@nas:6800", "ftp://ann:ses@me/x@nas"])(
    "does not repeat a password in the address %s",
    (address) => {
      for (const backend of [{ backend: "aria2" }, {}]) {
        const told = problemsOf({ ...backend, "backend-url": address }).join("\n");
        expect(told).toContain("***@nas");
        expect(told).not.toMatch(/ann|ses/);
      }
    },
  );

  test("says what is wrong", () => {
    expect(problemsOf({ backend: "aria" })).toEqual(['--backend: found "aria", expected auto, aria2']);
    expect(problemsOf({ "backend-user": "ann" })).toEqual(['--backend-user: found "ann", expected --backend as well']);
    expect(problemsOf({ backend: "aria2", "backend-url": "http://ann:sesame@nas" })).toEqual([
      expect.stringContaining("without a password in it"),
    ]);
    expect(
      problemsOf({ backend: "aria2", "backend-secret-file": "nowhere", "backend-option": ["colour=red"] }),
    ).toEqual([
      // The path at which it was looked for.
      `--backend-secret-file: found "${join(cwd, "nowhere")}", expected a file with the password or key on one line`,
      '--backend-option: found "colour=red", expected preset=…',
    ]);
  });
});
