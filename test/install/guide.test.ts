import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseCli } from "../../src/cli.ts";
import { parseOptions } from "../../src/downloader/options.ts";
import { words } from "../../src/words/words.ts";
import { commandsOf, page } from "../support/guide.ts";
import { handedOver, install, startedWith } from "./both.ts";
import { createMachine } from "./machine.ts";

const SECRET = "a password";
const PAGES = ["aria2.md", "qbittorrent.md", "transmission.md", "metube.md", "built-in.md"];

/** The commands on a page that put the server in front of a program. */
const linesOf = (name: string) =>
  commandsOf(page("en", name).text).filter((line) =>
    /^sudo sh install\.sh --downloader .*--backend (?!auto)/.test(line),
  );

describe("each command of the guide starts the service with options that it understands, and with the secret:", () => {
  test.each(PAGES.flatMap((name) => linesOf(name).map((line) => [name, line] as const)))(
    "docs/en/%s, %s",
    async (_, line) => {
      using machine = createMachine();
      const [, file] = /--backend-secret-file (\S+)/.exec(line) ?? [];
      const path = join(machine.elsewhere, file ?? "none");
      writeFileSync(path, `${SECRET}\n`);
      const args = line.split(" ").slice(3);
      const secret = file === undefined ? undefined : SECRET;
      const bot = { version: "1.0.0", secret: secret ?? "" };
      const { code, said } = await install(machine, bot, ...args.map((word) => (word === file ? path : word)));
      expect({ code, said }).toMatchObject({ code: 0 });
      const { command, ...written } = {
        command: "",
        ...parseCli(["downloader", ...startedWith(machine)], words.en.cli),
      };
      expect(command).toBe("downloader");
      const handed = handedOver(machine, "backend-secret");
      expect(handed).toBe(secret);
      const [, kind] = /--backend (\S+)/.exec(line) ?? [];
      const url = /--backend-url (\S+)/.exec(line)?.[1];
      expect(written).toMatchObject({ backend: kind, ...(url && { "backend-url": url }) });
      expect(parseOptions(written, { cwd: "/", language: "en", backEndSecret: handed })).toMatchObject({
        ok: true,
        options: { dir: "/var/lib/dwld-bot-downloader", backEnd: { options: { secret } } },
      });
    },
  );

  test("each page has such a command", () => {
    expect(PAGES.filter((name) => linesOf(name).length === 0)).toEqual([]);
  });
});
