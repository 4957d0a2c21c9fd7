import { afterAll, describe, expect, test } from "bun:test";
import manifest from "../../package.json";
import { TOKEN } from "../support/binary.ts";
import { blocksOf, page, pagesOf, ROOT } from "../support/guide.ts";
import { createPrivateMachine, hasPrivateMachines, whileServing } from "../support/private-machine.ts";

/** Commands that run until they are stopped, and the words that show that they run. */
const SERVING: readonly (readonly [RegExp, string])[] = [
  [/^(dist\/)?dwld-bot run\b/, "Downloaders can register"],
  [/^dwld-bot downloader /, "Listening"],
  [/^node docs\/examples\/downloader\.mjs /, "Listening on port"],
];

/** The commands of a page's shell blocks that contain one of `parts`, unchanged and in the page's order. */
function typed(name: string, ...parts: readonly string[]): string[] {
  const blocks = blocksOf(page("en", name).text).filter(({ kind }) => kind === "sh");
  const chosen = parts.length === 0 ? blocks : blocks.filter(({ text }) => parts.some((part) => text.includes(part)));
  expect(chosen.length).toBeGreaterThanOrEqual(Math.max(1, parts.length));
  return chosen.flatMap(({ text }) => text.replace(/\\\n\s*/g, "").split("\n")).filter((line) => line !== "");
}

/** A line as the test's shell runs it: a command that serves is stopped once it is seen to run. */
function run(line: string): string {
  const says = SERVING.find(([kind]) => kind.test(line))?.[1];
  const command = line.startsWith("export RELEASES=") ? "export RELEASES=$RELEASES_PAGE" : line;
  const shown = `echo '$ ${line.replaceAll("'", "")}' >&2`;
  if (says === undefined) return `${shown}\n${command}`;
  return `${shown}\n${whileServing(command, says)}`;
}

interface Prepared {
  /** Runs before the commands of the guide. */
  readonly before?: string;
  /** Runs after them, so that the test can check the result. */
  readonly after?: string;
}

const machine = hasPrivateMachines
  ? createPrivateMachine({ addresses: ["192.168.1.2", "192.168.1.5", "203.0.113.9"] })
  : undefined;
afterAll(() => machine?.[Symbol.dispose]());

async function onMachine(lines: readonly string[], { before = "", after = "" }: Prepared = {}): Promise<string> {
  return (await machine?.run([before, ...lines.map(run), after])) ?? "";
}

/** Makes the folder where the commands run a checkout. */
const IN_A_CHECKOUT = `for one in docs proto node_modules; do ln -s ${ROOT}/$one $one; done`;

/** Installs the bot as the guide does. */
const INSTALLED = "sh install.sh --token-file token.txt --admin 123456789 >&2";

describe.skipIf(!hasPrivateMachines)("the commands of the guide work as they are written:", () => {
  test("docs/en/start.md, from an empty machine to a code", async () => {
    const said = await onMachine(typed("start.md", "export RELEASES=", "--token-file"), {
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
    // Each way to remove the bot also removes the uninstaller, so the bot is installed again for each.
    const each = lines.flatMap((line) => (line.startsWith("sudo dwld-bot-uninstall") ? [INSTALLED, line] : [line]));
    await onMachine(each, { before: `${INSTALLED}\nexport DWLD_BOT_TELEGRAM_TOKEN='${TOKEN}'` });
  });

  test("docs/en/backup.md, except in containers", async () => {
    const said = await onMachine(
      typed("backup.md", "sudo dwld-bot backup", "sudo mkdir -p /var/lib/dwld-bot/before-restore"),
      {
        before: `${INSTALLED}\n${whileServing(
          "env CREDENTIALS_DIRECTORY=/etc/dwld-bot STATE_DIRECTORY=/var/lib/dwld-bot dwld-bot run",
          "Downloaders can register",
        )}`,
        after: "stat -c %U /var/lib/dwld-bot/dwld-bot.db; ls /var/lib/dwld-bot/before-restore",
      },
    );
    expect(said).toContain("Backed up /var/lib/dwld-bot/dwld-bot.db to /root/dwld-bot.db");
    expect(said).toMatch(/\ndwld-bot\ndwld-bot\.db\n/);
  });

  test("docs/en/backup.md, on another disk", async () => {
    const said = await onMachine(typed("backup.md", "/etc/fstab"), {
      before: `${INSTALLED}\nmkdir /media/disk; touch /var/lib/dwld-bot/kept`,
      after: "umount /var/lib/dwld-bot; mount /var/lib/dwld-bot; ls /var/lib/dwld-bot /media/disk/dwld-bot",
    });
    expect(said).toMatch(/^\/media\/disk\/dwld-bot:\nkept\n\n\/var\/lib\/dwld-bot:\nkept$/m);
  });

  test("docs/en/http.md, the token and the signal", async () => {
    const said = await onMachine(typed("http.md", "http-token", "systemctl kill"), {
      before: INSTALLED,
      after: 'echo "$TOKEN"; stat -c %a /etc/dwld-bot/http-token',
    });
    expect(said).toMatch(/^[0-9a-f]{64}\n600$/m);
  });

  test("README.md", async () => {
    const block = blocksOf(pagesOf("en")[0]?.text ?? "").find(({ text }) =>
      text.includes("sh install.sh --downloader"),
    );
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
    expect(said).toMatch(/\nroot 640\n$/);
  });

  test("docs/en/reach.md", async () => {
    // Nobody has a root of that name: init says so and writes nothing.
    const lines = typed("reach.md").map((line) =>
      line.includes("--api-root") ? `rm config.yaml; if ${line} 2>&1; then exit 9; fi; ! test -e config.yaml` : line,
    );
    const said = await onMachine(lines, { before: `${INSTALLED}\nexport DWLD_BOT_TELEGRAM_TOKEN='${TOKEN}'` });
    expect(said).toContain("@my_bot through 127.0.0.1");
    expect(said).toContain("Telegram cannot be reached");
  });

  test("docs/en/hosts.md and built-in.md, over TLS and otherwise", async () => {
    const all = [...typed("hosts.md", "openssl req", "openssl x509"), ...typed("built-in.md")];
    // The one that needs a code from a bot elsewhere is tested in test/e2e/joining.test.ts.
    const lines = all.filter((line) => !line.includes("--join CODE"));
    await onMachine(lines, { before: `${INSTALLED}\nDWLD_BOT_TELEGRAM_TOKEN='${TOKEN}' dwld-bot init --admin 1` });
  });

  test("docs/en/downloader.md, the example", async () => {
    await onMachine(typed("downloader.md", "npm ci", "-- wget"), { before: IN_A_CHECKOUT });
  });

  test("docs/en/downloader.md, conformance, plainly and over TLS", async () => {
    const [plainly = "", overTls = ""] = typed("downloader.md", "dwld-bot conformance");
    const server = "dwld-bot downloader --dir films --min-free 0";
    // A reader of the page has a server there; this one fetches nothing from the Internet.
    const example = `node docs/examples/downloader.mjs --name nas --bot 127.0.0.1:1 --listen 192.168.1.5:50051 --folder films -- sh -c 'echo film >"$0/film.mp4"' {folder}`;
    const said = await onMachine(typed("hosts.md", "openssl req"), {
      before: `${INSTALLED}\n${IN_A_CHECKOUT}`,
      after: [
        whileServing(example, "Listening on port", { name: "plain", meanwhile: `${run(plainly)} || echo failed` }),
        whileServing(
          `${server} --name abroad --listen 203.0.113.9:50051 --tls-cert abroad.pem --tls-key abroad.key --bot bot.example.org:9 --bot-ca ca.pem --token-file token.txt`,
          "Listening",
          { name: "tls", meanwhile: `${run(overTls)} || echo failed` },
        ),
      ].join("\n"),
    });
    expect(said).toContain("A download finishes, and the list says DONE");
    expect(said.match(/All is well/g)).toHaveLength(2);
  });

  test.each(["aria2.md", "qbittorrent.md", "transmission.md", "metube.md"])(
    "docs/en/%s, where the program itself may be installed later",
    async (name) => {
      // The file that the line creates, with a password written into it.
      const written = (line: string) => {
        const [, file] = /install -m 600 \/dev\/null (\S+)$/.exec(line) ?? [];
        return file === undefined ? [line] : [line, `echo 'a password' > ${file}`];
      };
      // aria2 itself is started by test/e2e/guide-aria2.test.ts.
      const lines = typed(name).filter((line) => !line.startsWith("aria2c "));
      await onMachine(lines.flatMap(written), { before: `${INSTALLED}\necho 'a password' >password.txt` });
    },
  );
});
