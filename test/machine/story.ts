import { blocksOf, page } from "../support/guide.ts";
import { BROKEN, MIGRATING, NEXT } from "./releases.ts";
import { TOKEN, type World } from "./world.ts";

/** A part of the story: its title, with its steps and checks. */
export type Part = readonly [title: string, play: (world: World) => Promise<void>];

const BOTH = "dwld-bot dwld-bot-downloader";
const DATABASE = "/var/lib/dwld-bot/dwld-bot.db";
/** A server, if there is one, must not take links that should stay in the queue. */
const STOP_SERVER = "systemctl stop 'dwld-bot-downloader*'";
/** Waits until systemd has restarted the bot once more, and it is ready again. */
const untilRestarted = (before: string) =>
  `until [ "$(systemctl show -P NRestarts dwld-bot)" -gt ${before} ] && systemctl -q is-active dwld-bot; do sleep 1; done`;

/** In order: each part begins where the previous one left the machine. */
export const STORY: readonly Part[] = [
  ["The machine", theMachine],
  ["One command installs the bot, and one message makes an admin", installs],
  ["The check finds no problems, and a second installation changes nothing", isInOrder],
  ["One command installs the server, and links become files", firstFiles],
  ["What the operator adds to the unit counts, and the rest of it stays", isEdited],
  ["The data move to another disk, as the guide says", moves],
  ["The watchdog restarts a bot that hangs", hangs],
  ["A killed bot is restarted", isKilled],
  ["An upgrade keeps the queue", upgrades],
  ["An upgrade that does not become ready is rolled back", goesBack],
  ["An upgrade that changed the database is rolled back, and so is the database", goesBackWithDatabase],
  ["A backup is restored as the guide says", restores],
  ["Everything is back after a restart of the machine", restarts],
  ["Nothing is left after a removal", isRemoved],
];

async function theMachine({ told, apiRoot }: World) {
  await told.type(
    "grep PRETTY_NAME /etc/os-release; systemctl --version | head -n 1; systemctl is-system-running --wait",
  );
  // Telegram cannot be reached from here: the service, and commands that are typed, use the fake.
  const set = `DWLD_BOT_TELEGRAM_API_ROOTS=${apiRoot}`;
  await told.see(`mkdir -p /etc/systemd/system/dwld-bot.service.d
    printf '[Service]\\nEnvironment=${set}\\n' >/etc/systemd/system/dwld-bot.service.d/fake-telegram.conf
    echo 'export ${set}' >/root/surroundings
    printf '${TOKEN}\\n' >/root/token.txt`);
}

async function installs({ told, ask }: World) {
  const said = await told.type("sh /mnt/this/install.sh --token-file /root/token.txt");
  expectIn(said, /https:\/\/t\.me\/\w+/, /state +active/, /register at/);
  expectIn(await told.type("systemctl is-active dwld-bot; systemctl is-enabled dwld-bot"), /^active\nenabled$/);
  expectIn(await told.type("systemd-analyze security --no-pager dwld-bot | tail -n 1"), /OK/);
  const [, code] = /^ {4}(\S+)$/m.exec(said) ?? [];
  if (code === undefined) throw new Error(`No code in:\n${said}`);
  await ask(code, ({ text }) => text.includes("You are an admin"));
}

async function isInOrder({ told }: World) {
  // No server has registered yet, which is one warning.
  expectIn(await told.type("dwld-bot check"), /^ok +access +.*Ann/m, /^No problems, but 1 warning\.$/m);
  expectIn(await told.type("sh /mnt/this/install.sh"), /Nothing to change/);
}

async function firstFiles(world: World) {
  const { told, hear } = world;
  await told.type("dpkg-query --show yt-dlp");
  expectIn(await told.type("sh /mnt/this/install.sh --downloader"), /state +active/);
  await hear(({ text }) => text.includes("New server"));
  await fetches(world, "first.mp4");
  await fetches(world, "A film on a page", { from: world.page("A film on a page") });
  const isWell = /^All is well\.$/m;
  expectIn(await told.type("dwld-bot check", { until: isWell }), isWell);
}

/** A link becomes a file on the disk, and its sender is told. */
async function fetches(world: World, name: string, { from = world.film(name) } = {}): Promise<void> {
  const { told, ask, hear, press } = world;
  // A link that waited for this server may be shown as in work first, with buttons as well.
  const prompt = await ask(from, ({ buttons }) => buttons.flat().some((button) => button.text.endsWith("Now")));
  press(prompt, "Now");
  await hear(({ text }) => text.includes("is ready") && text.includes(name));
  expectIn(await told.type(`find /srv/dwld-bot -name '${name}*' -size +900k -printf '%p %s %u\\n'`), /mp4 1000000/);
}

async function isEdited({ told }: World) {
  await told.see(`printf '[Service]\\nEnvironment=TZ=Asia/Tokyo\\n' >/root/drop-in
    printf '#!/bin/sh\\nfor file; do :; done\\ncp /root/drop-in "$file"\\n' >/root/editor
    chmod +x /root/editor`);
  // It wants a terminal.
  await told.type("script -qec 'SYSTEMD_EDITOR=/root/editor systemctl edit dwld-bot' /dev/null");
  await told.type("systemctl restart dwld-bot");
  const settings = (unit: string) =>
    `tr '\\0' '\\n' </proc/$(systemctl show -P MainPID ${unit})/environ | grep -E '^(TZ|MIMALLOC_.*)=' | sort`;
  const ofUnit = "MIMALLOC_PURGE_HOLES_MIN_INTERVAL=10000";
  expectIn(await told.type(settings("dwld-bot")), new RegExp(`^${ofUnit}\nTZ=Asia/Tokyo$`));
  expectIn(await told.type(settings("dwld-bot-downloader")), new RegExp(`^${ofUnit}$`));
}

async function moves(world: World) {
  const { told } = world;
  const [here, there] = ["/var/lib/dwld-bot", "/media/disk/dwld-bot"];
  await told.see("mkdir /media/disk");
  await told.type(`set -e\n${typed("mount /var/lib/dwld-bot")}`);
  await fetches(world, "after-move.mp4");
  expectIn(await told.type(`ls ${there}; stat -c '%U %a' ${there}`), /^dwld-bot\.db$/m, /^dwld-bot 700$/m);
  await told.see(`set -e
    systemctl stop dwld-bot
    umount ${here}
    rmdir ${here}
    mv ${there} ${here}
    sed -i '/dwld-bot/d' /etc/fstab
    systemctl daemon-reload
    systemctl start dwld-bot`);
}

async function hangs(world: World) {
  const before = await world.told.see("systemctl show -P NRestarts dwld-bot");
  await world.told.type("kill -STOP $(systemctl show -P MainPID dwld-bot)");
  await world.told.see(untilRestarted(before));
  const said = await world.told.type("journalctl -u dwld-bot -o cat --no-pager | grep -i watchdog | tail -n 3");
  expectIn(said, /Watchdog timeout/);
  await fetches(world, "after-watchdog.mp4");
}

async function isKilled(world: World) {
  const before = await world.told.see("systemctl show -P NRestarts dwld-bot");
  await world.told.type("kill -KILL $(systemctl show -P MainPID dwld-bot)");
  await world.told.see(untilRestarted(before));
  await fetches(world, "after-kill.mp4");
}

async function upgrades({ told, ask, film }: World) {
  await told.type("systemctl stop dwld-bot-downloader");
  await ask(film("kept.mp4"), ({ buttons }) => buttons.length > 0);
  const said = await told.type("sh /mnt/next/install.sh");
  expectIn(said, new RegExp(`dwld-bot ${NEXT}`), /back up the database/, /state +active/);
  expectIn(await told.type("dwld-bot --version; ls /var/lib/dwld-bot/backups"), new RegExp(NEXT), /before-upgrade-/);
  expectIn(await told.type(queue()), /kept\.mp4/);
}

async function goesBack({ told, ask }: World) {
  const before = await told.type("dwld-bot --version");
  const [, version = ""] = /^dwld-bot (\S+)/.exec(before) ?? [];
  const said = await told.type("sh /mnt/broken/install.sh", { code: 1 });
  expectIn(said, new RegExp(`${BROKEN} .*does not become ready`), new RegExp(`${version} .*runs again`));
  if ((await told.type("dwld-bot --version")) !== before) throw new Error("The previous version is not back");
  expectIn(await told.type("systemctl is-active dwld-bot"), /^active$/);
  await ask("/start", () => true);
}

async function goesBackWithDatabase({ told, ask, film }: World) {
  await told.see(STOP_SERVER);
  await ask(film("kept-as-well.mp4"), ({ buttons }) => buttons.length > 0);
  const version = await told.type("dwld-bot --version");
  const schema = await told.type(schemaOf(DATABASE));
  const said = await told.type("sh /mnt/migrating/install.sh", { code: 1 });
  expectIn(said, new RegExp(`${MIGRATING} .*does not become ready`), /runs again, with the database as it was before/);
  const found = await told.type(
    ["dwld-bot --version", ...[DATABASE, `${DATABASE}.failed-upgrade`].map(schemaOf)].join("\n"),
  );
  expectIn(found, new RegExp(`^${version.replace(/[.()]/g, "\\$&")}\n${schema}\n${Number(schema) + 1}$`));
  expectIn(await told.type(queue()), /kept-as-well\.mp4/);
  await ask("/start", () => true);
}

async function restores({ told, ask, film }: World) {
  await told.see(STOP_SERVER);
  await ask(film("earlier.mp4"), ({ buttons }) => buttons.length > 0);
  await told.type(typed("dwld-bot backup"));
  await ask(film("later.mp4"), ({ buttons }) => buttons.length > 0);
  expectIn(await told.type(queue()), /earlier\.mp4/, /later\.mp4/);
  await told.type(`set -e\n${typed("systemctl stop")}`);
  const left = await told.type(queue());
  expectIn(left, /earlier\.mp4/);
  if (left.includes("later.mp4")) throw new Error("A link from after the backup is still there after the restore");
}

async function restarts(world: World) {
  const { told, guest } = world;
  await told.type("systemctl enable --now dwld-bot-downloader");
  told.note("The machine is restarted");
  await guest.reboot();
  await told.type("uptime -p; systemctl is-system-running --wait");
  const said = await told.type(`systemctl is-active ${BOTH}; systemctl show -P NRestarts ${BOTH}`);
  expectIn(said, /^active\nactive\n0\n+0$/);
  await fetches(world, "after-restart.mp4");
  // On a busy host, a starting machine may get no turn for that long.
  const slowness = "grep -v 'The watchdog is not fed' || true";
  const journal = "journalctl -b -p err -u dwld-bot -u dwld-bot-downloader -q -o cat --no-pager";
  const errors = await told.type(`${journal} | ${slowness}`);
  if (errors !== "") throw new Error(`An error after the restart:\n${errors}`);
}

async function isRemoved({ told }: World) {
  await told.type("dwld-bot-uninstall --downloader --purge --with-files");
  await told.type("dwld-bot-uninstall --purge");
  // Files that the story itself has put there.
  const ours = "! -path '*/dwld-bot.service.d*' ! -path /root/dwld-bot.db";
  const left = await told.type(
    `find / -xdev -name '*dwld-bot*' ${ours}; getent passwd dwld-bot dwld-bot-downloader; true`,
  );
  if (left !== "") throw new Error(`Something is left:\n${left}`);
}

/** Prints the addresses in the queue. */
function queue(): string {
  return python(DATABASE, '[print(url) for url, in db.execute("select url from links order by id")]');
}

/** Prints how many migrations a database has had. */
function schemaOf(database: string): string {
  return python(database, 'print(*db.execute("pragma user_version").fetchone())');
}

function python(database: string, program: string): string {
  return `python3 -c 'import sqlite3; db = sqlite3.connect("file:${database}?mode=ro", uri=True); ${program}'`;
}

/** The block of docs/en/backup.md that contains this command. */
function typed(part: string): string {
  const block = blocksOf(page("en", "backup.md").text).find(({ text }) => text.includes(part));
  if (block === undefined) throw new Error(`docs/en/backup.md has no commands with ${part}`);
  return block.text;
}

function expectIn(said: string, ...wanted: readonly RegExp[]): void {
  for (const one of wanted) {
    if (!one.test(said)) throw new Error(`Nothing like ${one} in:\n${said}`);
  }
}
