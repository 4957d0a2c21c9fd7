import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeBot, SYSTEMCTL } from "./fakes.ts";
import { commonFolder, createMachine, createRelease, IS_ROOT } from "./machine.ts";

/** Whether this machine lets a test make mounts that no other process sees. */
const hasMounts = IS_ROOT && Bun.spawnSync(["unshare", "--mount", "true"]).exitCode === 0;

/**
 * Runs a script as root on something that looks like this machine but is separate: /etc, /usr/local, /var/lib and /run are copies
 * or empty, so nothing from the real ones is used. `$FAKE` holds the releases 1.0.0, 2.0.0 and one that is broken, each with its
 * install.sh, and a token.
 */
async function inPrivate(script: string): Promise<string[]> {
  const folder = mkdtempSync(join(commonFolder(), "dwld-bot-root-"));
  try {
    mkdirSync(join(folder, "etc"));
    writeFileSync(join(folder, "systemctl"), SYSTEMCTL, { mode: 0o755 });
    writeFileSync(join(folder, "token"), "123:secret\n");
    for (const version of ["1.0.0", "2.0.0"]) createRelease(join(folder, version), fakeBot({ version }));
    createRelease(join(folder, "broken"), fakeBot({ version: "3.0.0", broken: true }));
    const prelude = `set -eu
      cp -a /etc/. "$FAKE/etc"
      mount --bind "$FAKE/etc" /etc
      for place in /usr/local /var/lib /var/cache /srv /run; do mount -t tmpfs none $place; done
      mkdir -p /run/systemd/system
      for user in dwld-bot dwld-bot-downloader; do ! id -u $user >/dev/null 2>&1 || userdel $user; done`;
    const child = Bun.spawn(["unshare", "--mount", "sh", "-c", `${prelude}\n${script}`], {
      env: { PATH: process.env.PATH, FAKE: folder, SYSTEMCTL: join(folder, "systemctl") },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    if (code !== 0) throw new Error(`${code}\n${out}${err}`);
    return out.split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(!hasMounts)("install.sh on root's own machine", () => {
  test("gives each file and folder the right owner and mode", async () => {
    const lines = await inPrivate(
      `
        sh "$FAKE/1.0.0/install.sh" --token-file "$FAKE/token" --admin 42 >&2
        stat -c '%n %U:%G %a' /usr/local/bin/dwld-bot /etc/systemd/system/dwld-bot.service /etc/dwld-bot /etc/dwld-bot/* /var/lib/dwld-bot
        getent passwd dwld-bot | cut -d: -f6,7`,
    );
    expect(lines.slice(0, -1)).toEqual([
      "/usr/local/bin/dwld-bot root:root 755",
      "/etc/systemd/system/dwld-bot.service root:root 644",
      "/etc/dwld-bot root:dwld-bot 750",
      "/etc/dwld-bot/config.example.yaml root:root 644",
      "/etc/dwld-bot/config.yaml root:dwld-bot 640",
      "/etc/dwld-bot/telegram-token root:root 600",
      "/var/lib/dwld-bot dwld-bot:dwld-bot 700",
      "/var/lib/dwld-bot:/usr/sbin/nologin",
    ]);
  });

  test("keeps owners and modes when it runs again with another token and admin", async () => {
    const lines = await inPrivate(
      `
        sh "$FAKE/1.0.0/install.sh" --token-file "$FAKE/token" --admin 42 >&2
        echo 'folders: [films]' >>/etc/dwld-bot/config.yaml
        echo 5:new | sh "$FAKE/1.0.0/install.sh" --token-file - --admin 43 >&2
        stat -c '%n %U:%G %a' /etc/dwld-bot/config.yaml* /etc/dwld-bot/telegram-token*
        cat /etc/dwld-bot/telegram-token; grep admins /etc/dwld-bot/config.yaml`,
    );
    expect(lines.slice(0, -1)).toEqual([
      "/etc/dwld-bot/config.yaml root:dwld-bot 640",
      "/etc/dwld-bot/config.yaml.prev root:dwld-bot 640",
      "/etc/dwld-bot/telegram-token root:root 600",
      "5:new",
      "  admins: [42, 43]",
    ]);
  });

  test("refuses to run while another install.sh holds the lock, which only root can open", async () => {
    const lines = await inPrivate(
      `
        install() { sh "$FAKE/1.0.0/install.sh" --token-file "$FAKE/token" --admin 42 2>&1; }
        install >&2
        stat -c '%n %U %a' /run/dwld-bot*
        exec 8>/run/dwld-bot-install.lock; flock 8
        ! install
        exec 8>&-; install`,
    );
    expect(lines.slice(0, 3)).toEqual([
      "/run/dwld-bot-install.lock root 600",
      "install.sh: another install.sh is running here: wait until it has finished. Nothing was changed",
      "Nothing to change: dwld-bot 1.0.0 (fake) is installed",
    ]);
  });

  test("makes the backup and the check as the bot's user, who cannot read the tokens in /etc", async () => {
    const lines = await inPrivate(
      `
        sh "$FAKE/1.0.0/install.sh" --token-file "$FAKE/token" --admin 42 >&2
        chown dwld-bot:dwld-bot /var/lib/dwld-bot/dwld-bot.db
        sh "$FAKE/2.0.0/install.sh"
        stat -c '%U %a' /var/lib/dwld-bot/backups /var/lib/dwld-bot/backups/*.db`,
    );
    expect(lines).toContain("config /etc/dwld-bot/config.yaml, token 123:secret, as dwld-bot");
    expect(lines).toContain("dwld-bot 700");
    expect(lines.filter((line) => line.startsWith("dwld-bot 6"))).toHaveLength(1);
  });

  test("hands the tokens to the bot's user even if only root can enter TMPDIR", async () => {
    const lines = await inPrivate(
      `
        export TMPDIR=/run/own; mkdir -m 0700 "$TMPDIR"
        sh "$FAKE/1.0.0/install.sh" --token-file "$FAKE/token" --admin 42 >&2
        sh "$FAKE/2.0.0/install.sh"
        ls "$TMPDIR" /run`,
    );
    expect(lines).toContain("config /etc/dwld-bot/config.yaml, token 123:secret, as dwld-bot");
    expect(lines.slice(lines.indexOf("/run:"))).toEqual([
      "/run:",
      "dwld-bot-install.lock",
      "own",
      "systemd",
      "",
      "/run/own:",
      "",
    ]);
  });

  test("shows only the new version's log when that version does not become ready", async () => {
    const lines = await inPrivate(
      `
        sh "$FAKE/1.0.0/install.sh" --token-file "$FAKE/token" --admin 42 >&2
        mkdir "$FAKE/bin"; PATH=$FAKE/bin:$PATH; saidAt=$(($(date +%s) - 2))
        cat >"$FAKE/bin/journalctl" <<EOF
#!/bin/sh
since=\\$(echo " \\$*" | sed -n 's/.* --since @\\([0-9]*\\).*/\\1/p')
[ "\\\${since:-0}" -gt $saidAt ] || echo "said by 1.0.0"
echo "said by 3.0.0"
EOF
        chmod 755 "$FAKE/bin/journalctl"
        ! sh "$FAKE/broken/install.sh" 2>&1`,
    );
    expect(lines).toContain("said by 3.0.0");
    expect(lines).not.toContain("said by 1.0.0");
  });

  test("--purge empties a disk that is mounted in the place of the data, and goes on", async () => {
    const lines = await inPrivate(
      `
        sh "$FAKE/1.0.0/install.sh" --token-file "$FAKE/token" --admin 42 >&2
        mount -t tmpfs none /var/lib/dwld-bot
        echo 1 >/var/lib/dwld-bot/dwld-bot.db
        sh "$FAKE/1.0.0/install.sh" --purge >&2
        ls -A /var/lib/dwld-bot; getent passwd dwld-bot || echo nobody`,
    );
    expect(lines).toEqual(["nobody", ""]);
  });

  test("--purge removes the user as well, and a second --purge finds nothing to do", async () => {
    const lines = await inPrivate(
      `
        sh "$FAKE/1.0.0/install.sh" >&2
        sh "$FAKE/1.0.0/install.sh" --purge
        ! id -u dwld-bot >/dev/null 2>&1
        ! ls -d /etc/dwld-bot /var/lib/dwld-bot /usr/local/bin/dwld-bot 2>/dev/null
        echo second; sh "$FAKE/1.0.0/install.sh" --purge`,
    );
    expect(lines).toContain("remove the user dwld-bot");
    expect(lines.slice(lines.indexOf("second"))).toEqual(["second", ""]);
  });
});

describe.skipIf(!hasMounts)("install.sh --downloader on root's own machine", () => {
  test("downloads as a user of its own, who owns the folder but cannot read the token", async () => {
    const lines = await inPrivate(
      `
        sh "$FAKE/1.0.0/install.sh" --downloader --token-file "$FAKE/token" >&2
        stat -c '%n %U:%G %a' /srv/dwld-bot /etc/dwld-bot /etc/dwld-bot/* /etc/systemd/system/dwld-bot-downloader.service*
        getent passwd dwld-bot-downloader | cut -d: -f6,7
        ! id -u dwld-bot >/dev/null 2>&1`,
    );
    expect(lines.slice(0, -1)).toEqual([
      "/srv/dwld-bot dwld-bot-downloader:dwld-bot-downloader 755",
      "/etc/dwld-bot root:root 755",
      "/etc/dwld-bot/grpc-token root:root 600",
      "/etc/systemd/system/dwld-bot-downloader.service root:root 644",
      "/etc/systemd/system/dwld-bot-downloader.service.d root:root 755",
      "/var/cache/dwld-bot-downloader:/usr/sbin/nologin",
    ]);
  });

  test("gives the config's folder to the bot when the bot is installed later", async () => {
    const lines = await inPrivate(
      `
        sh "$FAKE/1.0.0/install.sh" --downloader --token-file "$FAKE/token" >&2
        sh "$FAKE/1.0.0/install.sh" --dry-run >&2; stat -c '%U:%G %a' /etc/dwld-bot
        sh "$FAKE/1.0.0/install.sh" --token-file "$FAKE/token" --admin 42 >&2; stat -c '%U:%G %a' /etc/dwld-bot
        chmod 0700 /etc/dwld-bot; sh "$FAKE/2.0.0/install.sh" >&2; stat -c '%U:%G %a' /etc/dwld-bot`,
    );
    expect(lines).toEqual(["root:root 755", "root:dwld-bot 750", "root:dwld-bot 700", ""]);
  });

  test("before another program: the list is the user's alone, the secret is root's, and --purge removes both", async () => {
    const lines = await inPrivate(
      `
        echo >"$FAKE/secret" "a secret"
        sh "$FAKE/1.0.0/install.sh" --downloader --backend aria2 --backend-secret-file "$FAKE/secret" --skip-check >&2
        stat -c '%n %U:%G %a' /var/lib/dwld-bot-downloader /etc/dwld-bot/backend-secret
        mkdir /var/lib/dwld-bot-downloader/.dwld-bot; chown dwld-bot-downloader /var/lib/dwld-bot-downloader/.dwld-bot
        sh "$FAKE/1.0.0/install.sh" --downloader --purge >&2
        ls -d /var/lib/dwld-bot-downloader /etc/dwld-bot 2>/dev/null || echo none
        ! id -u dwld-bot-downloader >/dev/null 2>&1`,
    );
    expect(lines.slice(0, -1)).toEqual([
      "/var/lib/dwld-bot-downloader dwld-bot-downloader:dwld-bot-downloader 700",
      "/etc/dwld-bot/backend-secret root:root 600",
      "none",
    ]);
  });

  test("accepts an existing folder only if its user can write there, and does not change the folder's owner", async () => {
    const lines = await inPrivate(
      `
        mkdir -m 755 /srv/ann /srv/ann/films; chown -R nobody /srv/ann
        ! sh "$FAKE/1.0.0/install.sh" --downloader --dir /srv/ann/films 2>&1
        ls /usr/local /etc/systemd/system | grep dwld-bot || echo nothing
        chmod 777 /srv/ann/films
        sh "$FAKE/1.0.0/install.sh" --downloader --dir /srv/ann/films >&2
        stat -c '%U' /srv/ann/films`,
    );
    expect(lines.join("\n")).toContain("dwld-bot-downloader cannot write in /srv/ann/films");
    expect(lines.slice(-3)).toEqual(["nothing", "nobody", ""]);
  });

  test("refuses a folder that its user cannot reach, except in a home, which the service mounts by itself", async () => {
    const lines = await inPrivate(
      `
        mount -t tmpfs none /home
        for place in /srv /home; do mkdir -m 700 $place/ann; mkdir -m 755 $place/ann/open; mkdir -m 777 $place/ann/open/films; done
        install() { sh "$FAKE/1.0.0/install.sh" --downloader --dir "$1" 2>&1; }
        ! install /srv/ann/open/films
        ! install /srv/ann/open/new
        ls /usr/local /etc/systemd/system /srv/ann/open | grep -e dwld-bot -e new || echo nothing
        install /home/ann/open/films >&2
        install /home/ann/open/new >&2
        install /srv/ann/open/films || grep films /etc/systemd/system/dwld-bot-downloader.service.d/* || echo nothing`,
    );
    const told = lines.filter((line) => !/^(take|create) /.test(line)).map((line) => line.replace(/, above .*/, ""));
    const why = "install.sh: the user dwld-bot-downloader cannot get into /srv/ann";
    expect(told).toEqual([why, why, "nothing", why, "nothing", ""]);
  });

  test("--purge keeps the user while the user's files exist, and --with-files removes no other user's files", async () => {
    const lines = await inPrivate(
      `
        sh "$FAKE/1.0.0/install.sh" --downloader >&2
        mkdir /srv/dwld-bot/mine; echo 1 >/srv/dwld-bot/mine/film; chown -R dwld-bot-downloader /srv/dwld-bot/mine
        sh "$FAKE/1.0.0/install.sh" --downloader --purge >&2
        id -un dwld-bot-downloader; ls /srv/dwld-bot/mine
        echo 2 >/srv/dwld-bot/ours
        sh "$FAKE/1.0.0/install.sh" --downloader --purge --with-files >&2
        ls /srv/dwld-bot; id -un dwld-bot-downloader
        sh "$FAKE/1.0.0/install.sh" --downloader --purge --with-files --dir /srv/dwld-bot >&2
        find /srv/dwld-bot -type f; rm /srv/dwld-bot/ours
        sh "$FAKE/1.0.0/install.sh" --downloader >&2
        sh "$FAKE/1.0.0/install.sh" --downloader --purge --with-files >&2
        ls -d /srv/dwld-bot /var/cache/dwld-bot-downloader /etc/dwld-bot 2>/dev/null || echo none
        ! id -u dwld-bot-downloader >/dev/null 2>&1`,
    );
    expect(lines).toEqual([
      "dwld-bot-downloader",
      "film",
      "mine",
      "ours",
      "dwld-bot-downloader",
      "/srv/dwld-bot/ours",
      "none",
      "",
    ]);
  });
});

describe.skipIf(!hasMounts)("install.sh takes the build", () => {
  test("for the C library of the machine's own programs, even if other C libraries are installed", async () => {
    const lines = await inPrivate(
      `
        libraries=$(readlink -f /lib); mkdir /run/upper /run/work
        mount -t overlay -o "lowerdir=$libraries,upperdir=/run/upper,workdir=/run/work" none "$libraries"
        touch /lib/ld-musl-x86_64.so.1 /lib/ld-musl-aarch64.so.1
        sh "$FAKE/1.0.0/install.sh" --no-service
        shell=$(readlink -f /bin/sh); cp "$shell" "$FAKE/sh"; printf '\\0/lib/ld-musl-x86_64.so.1\\0' >>"$FAKE/sh"
        mount --bind "$FAKE/sh" "$shell"
        sh "$FAKE/2.0.0/install.sh" --no-service`,
    );
    const taken = lines.flatMap((line) => /^take dwld-bot-linux-(?:x64|arm64)(\S*) /.exec(line)?.[1] ?? []);
    expect(taken).toEqual(["", "-musl"]);
  });
});

describe.skipIf(!IS_ROOT)("install.sh without root", () => {
  test("says that it needs root and changes nothing", async () => {
    using machine = createMachine({ as: "nobody" });
    const ended = await machine.run(["--from", "/nowhere"], { env: { DESTDIR: "" } });
    expect(ended).toEqual({ code: 1, said: expect.stringContaining("sudo sh install.sh") });
    expect(machine.told()).toEqual([]);
  });
});
