import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { fakeBot } from "./fakes.ts";
import { createMachine, createRelease, INSTALL } from "./machine.ts";

const script = await Bun.file(INSTALL).text();
const RU = { LANG: "ru_RU.UTF-8" };

/** A string in double quotes, as the shell reads it. */
const STRING = '"((?:[^"\\\\$]|\\\\.)*)"';
const [, body = ""] = /\nrussian\(\) \{\n([\s\S]*?)\n\}\n/.exec(script) ?? [];
const table = new Map(
  [...body.matchAll(new RegExp(`^    ${STRING}\\)\\n      printf '%s' ${STRING} ;;$`, "gm"))].map(
    ([, english = "", russian = ""]) => [english, russian],
  ),
);
const code = script.replace(body, "").replace(/^ *#.*$/gm, "");
const said = [...code.matchAll(new RegExp(`\\b(?:say|warn|die|usage_error|refuse_without_systemd|t) ${STRING}`, "g"))]
  .map(([, sentence = ""]) => sentence)
  .filter((sentence) => /[a-z]{2}/.test(sentence.replaceAll(/%s|dwld-bot|install\.sh/g, "")));

describe("every sentence of install.sh", () => {
  test("has one Russian translation with the same placeholders, and every translation is used", () => {
    expect(said.length).toBeGreaterThan(80);
    expect(said.filter((sentence) => !table.has(sentence))).toEqual([]);
    expect([...table.keys()].filter((sentence) => !said.includes(sentence))).toEqual([]);
    const places = (sentence: string) => sentence.match(/%./g)?.length ?? 0;
    expect([...table].filter(([english, russian]) => places(english) !== places(russian))).toEqual([]);
    expect([...table].filter(([, russian]) => !/[а-я]/.test(russian))).toEqual([]);
  });
});

describe("install.sh in a Russian locale", () => {
  test("speaks Russian throughout", async () => {
    using machine = createMachine();
    const release = createRelease(join(machine.elsewhere, "release"), fakeBot({ version: "1.0.0" }));
    const args = ["--from", release, "--admin", "42", "--token-file", "-"];
    const { code, said } = await machine.run(args, { stdin: "1:a\n", env: RU });
    expect(code).toBe(0);
    for (const words of [
      "создание ",
      "запуск systemctl enable",
      "бот        @my_bot",
      "дальше     sudo dwld-bot check",
    ]) {
      expect(said).toContain(words);
    }
    expect((await machine.run([...args.slice(0, 2)], { env: RU })).said).toStartWith("Менять нечего");
  });

  test.each([
    [{ LC_ALL: "C", LANG: "ru_RU.UTF-8" }, "unknown option"],
    [{ LC_MESSAGES: "ru_RU.UTF-8", LANG: "C" }, "неизвестный ключ"],
    [{ LANG: "run" }, "unknown option"],
  ])("chooses the language by the locale: %j", async (env, words) => {
    using machine = createMachine();
    expect((await machine.run(["--colour"], { env })).said).toContain(words);
  });

  test("--help lists the same options", async () => {
    using machine = createMachine();
    const options = (text: string) => text.match(/^ +--[a-z-]+/gm);
    const english = (await machine.run(["--help"])).said;
    const russian = (await machine.run(["--help"], { env: RU })).said;
    expect(russian).toContain("Как запускать");
    expect(options(russian)).toEqual(options(english));
  });
});
