import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commonFolder, createRelease, IS_ROOT, sumUp } from "../install/machine.ts";
import { BINARY } from "./binary/life.ts";
import { TOKEN } from "./binary.ts";
import { ROOT } from "./guide.ts";
import { STAND_INS } from "./stand-ins.ts";

/** Whether a test may have private mounts and a private network on this machine. */
export const hasPrivateMachines =
  IS_ROOT && Bun.spawnSync(["unshare", "--mount", "--net", "ip", "link"]).exitCode === 0;

/** A copy of this machine in separate namespaces, with a release and the bot's token in the folder in which commands run. */
export interface PrivateMachine extends Disposable {
  /**
   * Runs lines of shell as root, each time on a fresh copy: /etc is a copy, and the folders into which the bot is installed are empty.
   * Resolves with the output; rejects if a line fails. `DWLD_BOT_TELEGRAM_API_ROOTS` is a Telegram, `RELEASES_PAGE` a page of releases.
   */
  run(lines: readonly string[]): Promise<string>;
}

/** `addresses` are its addresses besides loopback; `names` are names of 127.0.0.1 and of these. */
export function createPrivateMachine({
  addresses = [],
  names = {},
}: {
  readonly addresses?: readonly string[];
  readonly names?: Readonly<Record<string, string>>;
} = {}): PrivateMachine {
  const folder = mkdtempSync(join(commonFolder(), "dwld-private-"));
  chmodSync(folder, 0o755);
  for (const place of ["bin", "release"]) mkdirSync(join(folder, place));
  for (const [name, text] of Object.entries(STAND_INS)) writeFileSync(join(folder, "bin", name), text, { mode: 0o755 });
  createRelease(join(folder, "release"), "");
  for (const kind of ["linux-x64", "linux-arm64"]) copyFileSync(BINARY, join(folder, "release", `dwld-bot-${kind}`));
  sumUp(join(folder, "release"));
  const prelude = `set -eu
    rm -rf "$FAKE/etc" "$FAKE/here"; mkdir "$FAKE/etc" "$FAKE/here"; cp -a /etc/. "$FAKE/etc"
    mount --bind "$FAKE/etc" /etc
    for place in /usr/local /var/lib /var/cache /srv /run /root /opt /media; do mount -t tmpfs none $place; done
    mkdir -p /run/systemd/system
    for user in dwld-bot dwld-bot-downloader; do ! id -u $user >/dev/null 2>&1 || userdel $user; done
    ${addresses.map((address) => `ip addr add ${address}/32 dev lo`).join("\n")}
    ${Object.entries(names)
      .map(([name, address]) => `echo "${address} ${name}" >>/etc/hosts`)
      .join("\n")}
    cd "$FAKE/here"; cp "$FAKE"/release/* .; echo '${TOKEN}' >token.txt
    mkdir dist; cp dwld-bot-linux-x64 dist/dwld-bot; chmod 755 dist/dwld-bot`;

  return {
    async run(lines) {
      const script = [prelude, ...lines].join("\n");
      const inside = [process.execPath, join(ROOT, "test/support/machine-world.ts"), folder, script];
      const alone = ["unshare", "--mount", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"];
      const child = Bun.spawn([...alone, ...inside], {
        cwd: ROOT,
        env: {
          PATH: `${join(folder, "bin")}:/usr/local/bin:${process.env.PATH}`,
          FAKE: folder,
          HOME: "/root",
          no_proxy: "*",
        },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
      if (code !== 0) throw new Error(`${code}\n${out}${err}`);
      return out;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Shell that starts a command, waits until it prints something, runs `meanwhile`, and stops it; all of that must end with 0. The command is
 * also stopped if the rest fails.
 */
export function whileServing(command: string, says: string, { name = "served", meanwhile = ":" } = {}): string {
  const said = `"$FAKE/${name}"`;
  return `rm -f ${said}; mkfifo ${said}
    ${command} >${said} 2>&1 & ${name}=$! ${name}_well=no
    { if grep -m 1 '${says}'; then
      { ${meanwhile}
      } && ${name}_well=yes
      kill "$${name}" || :
    fi; cat >/dev/null; } <${said}
    wait "$${name}"
    test "$${name}_well" = yes`;
}
