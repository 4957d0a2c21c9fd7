import { describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STORY_FILM, STORY_PROGRAMS, type StoryLink } from "../support/back-end/story.ts";
import type { Life } from "../support/binary/life.ts";
import { ADMIN, createBinaryRig, USERS } from "../support/binary.ts";
import { reservePort } from "../support/reserved-port.ts";

/** What others on the machine can see of a process: its command line, environment and output. */
const shownOf = ({ pid, output }: Life) =>
  ["cmdline", "environ"].map((file) => readFileSync(`/proc/${pid}/${file}`, "utf8")).join("\n") + output;

describe.each(Object.entries(STORY_PROGRAMS))("the compiled downloader in front of %s", (_, { isThere, open }) => {
  test.skipIf(!isThere)(
    "turns links into files, although it is stopped, killed and restarted, and shows its secret to nobody",
    async () => {
      await using stack = new AsyncDisposableStack();
      const home = mkdtempSync(join(tmpdir(), "dwld-bot-story-"));
      stack.defer(() => rmSync(home, { recursive: true, force: true }));
      const program = stack.use(await open(join(home, "program")));
      const rig = stack.use(createBinaryRig({ config: { links: { allow_private: true } } }));
      rig.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
      const bot = await rig.start();
      const secretFile = join(rig.folder, "secret.txt");
      writeFileSync(secretFile, `${program.secret}\n`, { mode: 0o600 });
      const { port } = stack.use(reservePort());
      const here = ["--dir", "list", "--name", "films", "--listen", `127.0.0.1:${port}`, "--bot", await bot.address()];
      const flags = [
        ...here,
        ...program.flags,
        "--backend-secret-file",
        secretFile,
        "--allow-private",
        "--language",
        "en",
      ];
      const lives: Life[] = [];
      const start = async () => {
        const life = rig.spawn({}, ["downloader", ...flags]);
        lives.push(life);
        await life.says("answers");
        return life;
      };
      const person = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
      const isReady = async (link: StoryLink) => {
        await rig.api.message(person, ({ byBot, text }) => byBot && text.includes(`${link.name} is ready`));
        expect(program.file("[ann]", link)).toEqual(STORY_FILM);
        expect(await program.times(link)).toBe(1);
      };
      const [first, stopped, killed] = program.links as [StoryLink, StoryLink, StoryLink];

      let server = await start();
      // A magnet counts as a link only where somebody takes it.
      await rig.api.message(ADMIN, ({ text }) => text.includes("New server"));
      for (const link of [first, stopped]) person.sends(link.link);
      for (const link of [first, stopped]) await program.begins(link);
      expect(shownOf(server) + shownOf(bot)).not.toContain(program.secret);
      expect(await server.stop()).toBe(0);

      server = await start();
      person.sends(killed.link);
      await program.begins(killed);
      await server.kill();

      server = await start();
      await program.goOn();
      for (const link of program.links) await isReady(link);
      expect(shownOf(server)).not.toContain(program.secret);
      for (const entry of readdirSync(join(rig.folder, "list"), { withFileTypes: true, recursive: true })) {
        if (!entry.isFile()) continue;
        expect(readFileSync(join(entry.parentPath, entry.name), "latin1")).not.toContain(program.secret);
      }

      const checked = rig.spawn({}, ["conformance", `127.0.0.1:${port}`]);
      expect({ code: await checked.exited, output: checked.output }).toEqual({
        code: 0,
        output: expect.not.stringMatching(/^(warn|fail)/m),
      });
      expect(await server.stop()).toBe(0);
      for (const life of [...lives, bot, checked]) expect(life.output).not.toContain(program.secret);
    },
  );
});
