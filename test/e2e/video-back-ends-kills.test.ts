import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeMetube } from "../support/back-end/metube.ts";
import { createFakeYtptube } from "../support/back-end/ytptube.ts";
import { createBinaryRig, USERS } from "../support/binary.ts";
import { startFileServer } from "../support/file-server.ts";
import { ROOT } from "../support/guide.ts";
import { reservePort } from "../support/reserved-port.ts";
import { until } from "../support/until.ts";

const FILM = Buffer.from("a film, ".repeat(40_000));

describe("whatever is killed, nothing is lost or downloaded twice", () => {
  test.each([
    { name: "metube", create: createFakeMetube, tellsStarts: false },
    { name: "ytptube", create: createFakeYtptube, tellsStarts: true },
  ])("in front of $name", async ({ name, create, tellsStarts }) => {
    const files = mkdtempSync(join(tmpdir(), "dwld-bot-kills-"));
    using reserved = reservePort();
    await using site = await startFileServer();
    /** Runs once when the program reaches this pause. */
    let next: { at: string; happens: () => Promise<void> } | undefined;
    const pause = async (at: string) => {
      if (next?.at !== at) return;
      const { happens } = next;
      next = undefined;
      await happens();
    };
    const program = create(files, { port: reserved.port, pause });
    await using rig = createBinaryRig({
      command: [process.execPath, join(ROOT, "src/main.ts")],
      config: { links: { allow_private: true } },
    });
    const bot = await rig.start();
    const here = ["--allow-private", "--listen", "127.0.0.1:0", "--bot", await bot.address(), "--language", "en"];
    const words = ["downloader", "--dir", "list", "--name", "films", "--backend", name, "--backend-url"];
    const open = () => rig.spawn({}, [...words, program.url.href, ...here]);
    let server = open();
    const again = async () => {
      await server.kill();
      server = open();
    };
    const person = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
    const says = (part: string) => rig.api.message(person, ({ byBot, text }) => byBot && text.includes(part));
    /** Resolves once the page was read and its file is being downloaded. */
    const comes = (file: string) =>
      until(
        `${file}.mp4 is being downloaded`,
        () => site.requests.filter(({ path }) => path === `/${file}.mp4`).length > 1,
      );
    const sends = (file: string, served: { readonly waitsAfter?: number } = {}) => {
      site.serves(`/${file}.mp4`, { bytes: FILM, ...served });
      person.sends(`${site.root}/${file}.mp4`);
    };
    const slowly = { waitsAfter: FILM.length / 4 };
    const ends = async (file: string, times = 1) => {
      await says(`${file}.bin is ready`);
      expect(readFileSync(join(files, "[ann]", `${file}.bin`))).toEqual(FILM);
      expect(program.added.filter(({ url }) => url.endsWith(`/${file}.mp4`))).toHaveLength(times);
    };
    /** Kills the program when it has forgotten what was complete, so that its next life starts that anew. */
    const forgets = async (file: string) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      sends(file, slowly);
      await comes(file);
      next = { at: "ended", happens: () => program.kill().finally(resolve) };
      site.goOn();
      await promise;
      site.serves(`/${file}.mp4`, { bytes: FILM });
    };

    for (const at of ["asked", "taken"]) {
      const { promise, resolve } = Promise.withResolvers<void>();
      next = { at, happens: () => again().finally(resolve) };
      sends(at);
      await promise;
      await ends(at);
    }
    sends("program", slowly);
    await comes("program");
    await program.kill();
    // The program starts it anew then.
    site.serves("/program.mp4", { bytes: FILM });
    program.start();
    await ends("program");
    sends("ended", slowly);
    await comes("ended");
    await server.kill();
    site.goOn();
    await until("ended.bin is there", () => existsSync(join(files, "[ann]", "ended.bin")));
    server = open();
    await ends("ended");
    // Both are killed, the server after it has seen that the program does not answer.
    await forgets("forgotten");
    await server.says("cannot be asked");
    await server.kill();
    program.start();
    server = open();
    await ends("forgotten", 2);
    if (tellsStarts) {
      // No server has seen that the program was away.
      await forgets("unseen");
      program.start();
      await ends("unseen", 2);
    }
    await program.kill();
    rmSync(files, { recursive: true });
  });
});
