import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ARIA2C, shareTorrent } from "../support/back-end/aria2.ts";
import { besideIn } from "../support/back-end/beside.ts";
import { QBITTORRENT, startQbittorrent } from "../support/back-end/qbittorrent.ts";
import { startTransmission, TRANSMISSION } from "../support/back-end/transmission.ts";
import { arrives } from "../support/binary/arrival.ts";
import { createBinaryRig } from "../support/binary.ts";
import { commandsOf, page, ROOT } from "../support/guide.ts";
import { reservePort } from "../support/reserved-port.ts";

const FILM = Buffer.from("a film, ".repeat(40_000));

const PROGRAMS = [
  { kind: "qbittorrent", binary: QBITTORRENT, begin: startQbittorrent },
  {
    kind: "transmission",
    binary: TRANSMISSION,
    // The credentials of Debian's package.
    begin: (home: string, ports: { port: number; peers: number }) =>
      startTransmission(home, { ...ports, secret: "transmission" }),
  },
] as const;

describe.each(PROGRAMS.map((program) => [program.kind, program] as const))(
  "the page of %s",
  (kind, { binary, begin }) => {
    const ifThere = test.skipIf(binary === null || ARIA2C === null);
    const { text } = page("en", `${kind}.md`);

    ifThere("leads from nothing to the first file", async () => {
      const [makeFile = "", start = ""] = commandsOf(text);
      await using stack = new AsyncDisposableStack();
      const rig = stack.use(
        createBinaryRig({
          command: [process.execPath, join(ROOT, "src/main.ts")],
          config: { grpc: { listen: "127.0.0.1:0" }, links: { allow_private: true } },
        }),
      );
      const ports = { port: stack.use(reservePort()).port, peers: stack.use(reservePort()).port };
      const program = await begin(join(rig.folder, kind), ports);
      stack.defer(program.kill);
      const shared = stack.use(await shareTorrent(rig.folder, { name: "Film.bin", bytes: FILM }));

      const bot = await rig.start();
      expect(Bun.spawnSync(["sh", "-c", makeFile], { cwd: rig.folder }).exitCode).toBe(0);
      // As an editor writes it, with a line break at the end.
      writeFileSync(join(rig.folder, `${kind}-password`), `${program.secret}\n`);
      // Only the places of the reader's programs differ; the last of two equal options counts.
      const here = ["--bot", await bot.address(), "--listen", "127.0.0.1:0", "--backend-url", program.url.href];
      rig.spawn({}, [...start.replace(/^dwld-bot /, "").split(" "), ...here, "--allow-private"]);
      await arrives(rig, { link: shared.torrent.magnet, as: "Film.bin", server: "torrents" });
      expect(readFileSync(join(program.dir, "[ann]/Film.bin"))).toEqual(FILM);
    });

    ifThere("leads there by the bot's config as well", async () => {
      await using stack = new AsyncDisposableStack();
      const home = mkdtempSync(join(tmpdir(), `dwld-bot-${kind}-`));
      stack.defer(() => rmSync(home, { recursive: true }));
      const [port, peers, own] = [0, 1, 2].map(() => stack.use(reservePort()).port) as [number, number, number];
      const program = await begin(join(home, kind), { port, peers });
      stack.defer(program.kill);
      const shared = stack.use(await shareTorrent(home, { name: "Film.bin", bytes: FILM }));
      const config = besideIn(text, { kind, url: program.url.href, port: own });
      const command = [process.execPath, join(ROOT, "src/main.ts")];
      const rig = stack.use(createBinaryRig({ command, config }));
      writeFileSync(join(rig.folder, `${kind}-password`), `${program.secret}\n`, { mode: 0o600 });
      rig.spawn();
      await arrives(rig, { link: shared.torrent.magnet, as: "Film.bin", server: "torrents" });
      expect(readFileSync(join(program.dir, "[ann]/Film.bin"))).toEqual(FILM);
    });
  },
);
