import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arrives } from "../support/binary/arrival.ts";
import { createBinaryRig } from "../support/binary.ts";
import { startFileServer } from "../support/file-server.ts";
import { commandsOf, page, ROOT } from "../support/guide.ts";
import { codeIn } from "../support/joining.ts";
import { reservePort } from "../support/reserved-port.ts";

/** The commands of the section, as they are typed there. */
function commandsOfSection(): readonly string[] {
  const [, section = ""] = /^## On another machine\n(.*?)^## /ms.exec(page("en", "built-in.md").text) ?? [];
  return commandsOf(section);
}

test("the guide's lines turn a second machine into a server that the bot knew nothing about", async () => {
  using reserved = reservePort();
  await using site = await startFileServer();
  site.serves("/film.mp4", { bytes: Buffer.from("a film") });
  const elsewhere = mkdtempSync(join(tmpdir(), "dwld-bot-elsewhere-"));
  const [onTheBot = "", onTheOther = ""] = commandsOfSection();
  // The words that depend on the reader's machines, and what one machine needs to play both.
  const argumentsOf = (line: string, values: Readonly<Record<string, string>>) =>
    line
      .replace(/^(sudo )?dwld-bot /, "")
      .split(" ")
      .map((word) => values[word] ?? word);
  await using rig = createBinaryRig({
    command: [process.execPath, join(ROOT, "src/main.ts")],
    config: {
      grpc: { listen: "127.0.0.1:0", join: { listen: `127.0.0.1:${reserved.port}` } },
      links: { allow_private: true },
    },
  });
  await rig.start();
  const printing = rig.spawn({}, argumentsOf(onTheBot, { "bot.example.org": "127.0.0.1" }));
  expect(await printing.exited).toBe(0);
  const values = { "/srv/films": elsewhere, CODE: codeIn(printing.output) };
  const here = ["--allow-private", "--listen", "127.0.0.1:0", "--min-free", "1M"];
  rig.spawn({}, [...argumentsOf(onTheOther, values), ...here]);
  await arrives(rig, { link: `${site.root}/film.mp4`, as: "film.mp4" });
  expect(readFileSync(join(elsewhere, "[ann]/film.mp4"), "utf8")).toBe("a film");
  rmSync(elsewhere, { recursive: true });
});
