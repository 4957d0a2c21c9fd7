import { describe, expect, test } from "bun:test";
import { chmodSync, chownSync, copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { BINARY } from "../support/binary/life.ts";
import { createBinaryRig, type RigOptions, USERS } from "../support/binary.ts";
import { call } from "../support/downloader/channel.ts";
import { startFileServer } from "../support/file-server.ts";
import { startNotifyReceiver } from "../support/notify-receiver.ts";
import { reservePort } from "../support/reserved-port.ts";
import { allowedCalls, sandboxed, whyNoSandbox } from "../support/sandbox.ts";

const YT_DLP = join(import.meta.dir, "../support/yt-dlp.sh");
const NOBODY = 65_534;
const URL = "https://youtube.com/watch?v=1";
const reason = whyNoSandbox();

function boxedRig(command: readonly string[], options: RigOptions = {}) {
  const rig = createBinaryRig({ ...options, command: sandboxed(command) });
  for (const path of [rig.folder, join(rig.folder, "config.yaml")]) chownSync(path, NOBODY, NOBODY);
  return rig;
}

describe.skipIf(reason !== undefined)(
  `under the unit's sandbox${reason === undefined ? "" : ` (not tried: ${reason})`}`,
  () => {
    test("what the unit forbids is impossible", async () => {
      const forbidden = `
      touch /etc/x 2>&1; touch /usr/x 2>&1; ls /root /home; id -u
      grep -E '^(NoNewPrivs|Seccomp|CapBnd)' /proc/self/status; ls /proc/meminfo 2>&1
      chroot / true 2>&1; nice -n -5 true 2>&1; echo kept > here; cat here`;
      await using rig = boxedRig(["/bin/sh", "-c", forbidden]);
      const life = rig.spawn({ PATH: "/usr/sbin:/usr/bin:/sbin:/bin" });
      expect(await life.exited).toBe(0);
      for (const path of ["/etc/x", "/usr/x"]) expect(life.output).toContain(`'${path}': Read-only`);
      expect(life.output).toMatch(/^65534$/m);
      expect(life.output).toContain("NoNewPrivs:\t1\nSeccomp:\t2\n");
      expect(life.output).toMatch(/CapBnd:\t0+$/m);
      expect(life.output).toContain("cannot access '/proc/meminfo'");
      expect(life.output).toContain("Operation not permitted");
      expect(life.output.trim().endsWith("kept")).toBe(true);
      expect(allowedCalls()).not.toContain("chroot");
    });

    test("the bot does its whole job: queue, hand-over, deletion, restart, systemd", async () => {
      await using rig = boxedRig([BINARY]);
      const name = `@dwld-bot-${crypto.randomUUID()}`;
      await using manager = await startNotifyReceiver(name);
      const life = await rig.start({ NOTIFY_SOCKET: name, WATCHDOG_USEC: "300000" });
      await manager.gets("READY=1");
      const nas = await rig.downloader(life, { name: "nas" });
      const ann = rig.api.user({ id: USERS[0], languageCode: "en" });
      const message = ann.sends(URL);
      await nas.accepts(URL);
      await rig.api.gone(ann, message.message_id);
      await manager.gets("WATCHDOG=1", { after: manager.notices.length });
      expect(await life.stop()).toBe(0);
      const second = await rig.start();
      const again = ann.sends(`${URL}2`);
      await nas.accepts(`${URL}2`);
      await rig.api.gone(ann, again.message_id);
      expect(await second.stop()).toBe(0);
    });

    // Both units have the same restrictions (test/install/unit.test.ts).
    test("the built-in downloader does its whole job: files, yt-dlp as its child, the machine's sensors", async () => {
      using reserved = reservePort();
      await using site = await startFileServer();
      site.serves("/film.mp4", { bytes: Buffer.from("a film") });
      site.serves("/film", { bytes: Buffer.from("<html>"), type: "text/html" });
      await using rig = boxedRig([BINARY], { config: { links: { allow_private: true } } });
      const bot = await rig.start();
      const ytDlp = join(rig.folder, "yt-dlp");
      copyFileSync(YT_DLP, ytDlp);
      // The checkout may be readable only for its owner, and the sandboxed user is nobody.
      chmodSync(ytDlp, 0o755);
      const name = `@dwld-bot-${crypto.randomUUID()}`;
      await using manager = await startNotifyReceiver(name);
      const options = [
        "--dir",
        "films",
        "--name",
        "home",
        "--yt-dlp",
        "./yt-dlp",
        "--allow-private",
        "--min-free",
        "0",
      ];
      const addresses = ["--bot", await bot.address(), "--listen", `127.0.0.1:${reserved.port}`];
      const env = { NOTIFY_SOCKET: name, PATH: "/usr/bin:/bin" };
      const life = rig.spawn(env, ["downloader", ...options, ...addresses]);
      await manager.gets("READY=1");
      await life.says('Registered as "home"');

      const ann = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
      ann.sends(`${site.root}/film.mp4 ${site.root}/film`);
      await rig.api.message(ann, ({ text }) => text.includes("film.mp4 is ready"));
      await rig.api.message(ann, ({ text }) => text.includes("A film is ready"));
      const files = join(rig.folder, "films/[ann]");
      expect(readdirSync(files).sort()).toEqual(["A film.mp4", "film.mp4"]);
      const { reply } = await call({ port: reserved.port }, "Status");
      expect(JSON.stringify(reply)).toMatch(/Load: \d/);
      expect(await life.stop()).toBe(0);
    });
  },
);
