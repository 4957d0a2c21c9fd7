import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBinaryRig, USERS } from "../support/binary.ts";
import { startFileServer } from "../support/file-server.ts";
import { codeIn } from "../support/joining.ts";
import { reservePort } from "../support/reserved-port.ts";

test("a second machine joins the compiled bot with the printed code, and both go on without it after kills", async () => {
  using reserved = reservePort();
  await using site = await startFileServer();
  for (const name of ["one", "two"]) site.serves(`/${name}.mp4`, { bytes: Buffer.from(name) });
  const elsewhere = mkdtempSync(join(tmpdir(), "dwld-bot-elsewhere-"));
  await using rig = createBinaryRig({
    config: {
      grpc: { listen: "127.0.0.1:0", join: { listen: `127.0.0.1:${reserved.port}` } },
      links: { allow_private: true },
    },
  });
  const bot = await rig.start();
  const printing = rig.spawn({}, ["add-server", "abroad", "--address", "127.0.0.1"]);
  expect(await printing.exited).toBe(0);
  const code = codeIn(printing.output);
  const here = ["--allow-private", "--listen", "127.0.0.1:0", "--min-free", "1M"];
  const machine = rig.spawn({}, ["downloader", "--dir", elsewhere, "--join", code, ...here]);
  const person = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
  person.sends(`${site.root}/one.mp4`);
  await rig.api.message(person, ({ text }) => text.includes("one.mp4 is ready"));
  expect(readFileSync(join(elsewhere, "[ann]/one.mp4"), "utf8")).toBe("one");

  await Promise.all([bot.kill(), machine.kill()]);
  const again = await rig.start();
  const machineAgain = rig.spawn({}, ["downloader", "--dir", elsewhere, ...here]);
  person.sends(`${site.root}/two.mp4`);
  await rig.api.message(person, ({ text }) => text.includes("two.mp4 is ready"));

  const stranger = rig.spawn({ LANG: "ru_RU.UTF-8" }, ["downloader", "--dir", "other", "--join", code, ...here]);
  expect(await stranger.exited).toBe(78);
  expect(stranger.output).toContain("По этому коду уже подключилась другая машина.");
  const hasty = rig.spawn({}, ["downloader", "--dir", "other", "--join", code.slice(1), ...here]);
  expect(await hasty.exited).toBe(64);
  expect(hasty.output).toBe(
    "--join: this is not the whole code. Copy everything that dwld-bot add-server has printed.\n",
  );
  expect(await machineAgain.stop()).toBe(0);
  expect(await again.stop()).toBe(0);
  for (const { output } of [bot, machine, again, machineAgain, stranger]) expect(output).not.toContain(code);
  rmSync(elsewhere, { recursive: true });
});
