import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json";
import { commonFolder, createRelease, IS_ROOT, sumUp } from "../install/machine.ts";
import { BINARY } from "../support/binary/life.ts";
import { TOKEN } from "../support/binary.ts";
import { blocksOf, page, pagesOf, ROOT } from "../support/guide.ts";

/** Whether this machine lets a test have mounts and a network that nobody else sees. */
const isPossible = IS_ROOT && Bun.spawnSync(["unshare", "--mount", "--net", "ip", "link"]).exitCode === 0;

/** What stands in for the machine's own: it is told, and does nothing. `sudo` is root already. */
const PROGRAMS = {
  sudo: '#!/bin/sh\nexec env "$@"\n',
  systemctl: '#!/bin/sh\n[ "$1" != --version ] || echo "systemd 252 (252)"\necho "systemctl $*" >>"$FAKE/told"\n',
  journalctl: '#!/bin/sh\necho "journalctl $*" >>"$FAKE/told"\n',
  npm: '#!/bin/sh\necho "npm $*" >>"$FAKE/told"\n',
};

/** What runs until it is stopped, and the words by which it is seen that it runs. */
const SERVING: readonly (readonly [RegExp, string])[] = [
  [/^(dist\/)?dwld-bot run\b/, "Downloaders can register"],
  [/^dwld-bot downloader /, "Listening"],
];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(commonFolder(), "dwld-guide-"));
  chmodSync(folder, 0o755);
  for (const place of ["bin", "etc", "here", "release"]) mkdirSync(join(folder, place));
  for (const [name, text] of Object.entries(PROGRAMS)) writeFileSync(join(folder, "bin", name), text, { mode: 0o755 });
  createRelease(join(folder, "release"), "");
  for (const kind of ["linux-x64", "linux-arm64"]) copyFileSync(BINARY, join(folder, "release", `dwld-bot-${kind}`));
  sumUp(join(folder, "release"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The commands of a page's blocks that hold one of these, in the page's order and as they stand. */
function typed(name: string, ...parts: readonly string[]): string[] {
  const blocks = blocksOf(page("en", name).text).filter(({ kind }) => kind === "sh");
  const chosen = parts.length === 0 ? blocks : blocks.filter(({ text }) => parts.some((part) => text.includes(part)));
  expect(chosen.length).toBeGreaterThanOrEqual(Math.max(1, parts.length));
  return chosen.flatMap(({ text }) => text.replace(/\\\n\s*/g, "").split("\n")).filter((line) => line !== "");
}

/** A line as the shell of the test runs it: what serves is stopped once it is seen to. */
function run(line: string): string {
  const says = SERVING.find(([kind]) => kind.test(line))?.[1];
  const command = line.startsWith("RELEASES=") ? "RELEASES=$RELEASES_PAGE" : line;
  const shown = `echo '$ ${line.replaceAll("'", "")}' >&2`;
  if (says === undefined) return `${shown}\n${command}`;
  return `${shown}
    rm -f "$FAKE/said"; mkfifo "$FAKE/said"
    ${command} >"$FAKE/said" 2>&1 & serving=$!
    { grep -m 1 "${says}" && kill "$serving"; cat >/dev/null; } <"$FAKE/said"
    wait "$serving"`;
}

interface Prepared {
  /** Done before what stands in the guide. */
  readonly before?: string;
  /** Done after it, for the test to look at. */
  readonly after?: string;
}

/** Runs lines as root on what looks like this machine and is none of it; resolves with what was printed. */
async function onMachine(lines: readonly string[], { before = "", after = "" }: Prepared = {}): Promise<string> {
  const prelude = `set -eu
    rm -rf "$FAKE/etc" "$FAKE/here" "$FAKE/told"; mkdir "$FAKE/etc" "$FAKE/here"; cp -a /etc/. "$FAKE/etc"
    mount --bind "$FAKE/etc" /etc
    for place in /usr/local /var/lib /var/cache /srv /run /root /opt; do mount -t tmpfs none $place; done
    mkdir -p /run/systemd/system
    for user in dwld-bot dwld-bot-downloader; do ! id -u $user >/dev/null 2>&1 || userdel $user; done
    ip link set lo up; ip addr add 192.168.1.2/32 dev lo; ip addr add 192.168.1.5/32 dev lo
    cd "$FAKE/here"; cp "$FAKE"/release/* .; echo '${TOKEN}' >token.txt
    mkdir dist; cp dwld-bot-linux-x64 dist/dwld-bot; chmod 755 dist/dwld-bot
    ${before}`;
  const script = [prelude, ...lines.map(run), after].join("\n");
  const inside = [process.execPath, join(ROOT, "test/support/guide-machine.ts"), folder, script];
  const child = Bun.spawn(
    ["unshare", "--mount", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh", ...inside],
    {
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
    },
  );
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${code}\n${out}${err}`);
  return out;
}

/** The bot, as the guide has it installed. */
const INSTALLED = "sh install.sh --token-file token.txt --admin 123456789 >&2";

describe.skipIf(!isPossible)("the commands of the guide, as they stand:", () => {
  test("docs/en/start.md, from nothing to a code", async () => {
    const said = await onMachine(typed("start.md", "RELEASES=", "--token-file"), {
      before: "rm install.sh dwld-bot-* SHA256SUMS",
      after: "test -x /usr/local/bin/dwld-bot && cat /etc/dwld-bot/telegram-token",
    });
    expect(said).toContain("There is no config yet");
    expect(said).toMatch(/Or open https:\/\/t\.me\/my_bot\?start=\S+ and press Start/);
    expect(said).toContain(TOKEN);
  });

  test("docs/en/start.md, check and a server", async () => {
    const said = await onMachine(typed("start.md", "sudo dwld-bot check", "--name home"), { before: INSTALLED });
    expect(said).toContain("No problems, but");
  });

  test("docs/en/start.md, without root or systemd", async () => {
    const said = await onMachine(typed("start.md", "dist/dwld-bot init"), {
      before: `export DWLD_BOT_TELEGRAM_TOKEN='${TOKEN}'`,
    });
    expect(said).toContain("Send this code to @my_bot");
  });

  test("docs/en/service.md", async () => {
    const lines = typed("service.md");
    expect(lines.join("\n")).toContain(`--version ${manifest.version}`);
    await onMachine(lines, { before: `${INSTALLED}\nexport DWLD_BOT_TELEGRAM_TOKEN='${TOKEN}'` });
  });

  test("docs/en/backup.md", async () => {
    const said = await onMachine(typed("backup.md"), {
      before: `${INSTALLED}\n${run("dwld-bot run --config /etc/dwld-bot/config.yaml")}`.replace(
        "    dwld-bot run",
        "    env CREDENTIALS_DIRECTORY=/etc/dwld-bot STATE_DIRECTORY=/var/lib/dwld-bot dwld-bot run",
      ),
      after: "stat -c %U /var/lib/dwld-bot/dwld-bot.db; ls /var/lib/dwld-bot/before-restore",
    });
    expect(said).toContain("Backed up /var/lib/dwld-bot/dwld-bot.db to /root/dwld-bot.db");
    expect(said).toMatch(/\ndwld-bot\ndwld-bot\.db\n/);
  });

  test("docs/en/http.md, the token", async () => {
    const said = await onMachine(typed("http.md", "http-token"), {
      before: INSTALLED,
      after: 'echo "$TOKEN"; stat -c %a /etc/dwld-bot/http-token',
    });
    expect(said).toMatch(/^[0-9a-f]{64}\n600$/m);
  });

  test("README.md", async () => {
    const block = blocksOf(pagesOf("en")[0]?.text ?? "").find(({ text }) => text.includes("sudo sh install.sh"));
    const said = await onMachine((block?.text ?? "").split("\n").filter(Boolean), { before: INSTALLED });
    expect(said).toContain("write /etc/systemd/system/dwld-bot-downloader.service");
  });

  test("docs/en/migrate.md", async () => {
    const go = `tg: { Token: "${TOKEN}", Admins: ["5"], AllowedIDs: ["6"] }`;
    const said = await onMachine(typed("migrate.md"), {
      before: `sh install.sh >&2; mkdir /opt/old-bot; echo '${go}' >/opt/old-bot/config.yml`,
      after: "stat -c '%U %a' /etc/dwld-bot/config.yaml",
    });
    expect(said).toContain("Wrote /etc/dwld-bot/config.yaml");
    expect(said).toMatch(/\ndwld-bot 600\n$/);
  });

  test("docs/en/reach.md", async () => {
    // Nobody has a root of that name: init says so, and writes nothing.
    const lines = typed("reach.md").map((line) =>
      line.includes("--api-root") ? `rm config.yaml; if ${line} 2>&1; then exit 9; fi; ! test -e config.yaml` : line,
    );
    const said = await onMachine(lines, { before: `${INSTALLED}\nexport DWLD_BOT_TELEGRAM_TOKEN='${TOKEN}'` });
    expect(said).toContain("@my_bot through 127.0.0.1");
    expect(said).toContain("Telegram cannot be reached");
  });

  test("docs/en/hosts.md and built-in.md, over TLS and otherwise", async () => {
    const lines = [...typed("hosts.md", "openssl"), ...typed("built-in.md")];
    await onMachine(lines, { before: `${INSTALLED}\nDWLD_BOT_TELEGRAM_TOKEN='${TOKEN}' dwld-bot init --admin 1` });
  });
});
