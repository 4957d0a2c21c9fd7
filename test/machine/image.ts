import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeed } from "./succeed.ts";

export const DEBIANS = ["bookworm", "trixie"] as const;
export type Debian = (typeof DEBIANS)[number];

/** The packages of an operator's machine that the story needs. Python is there to look into databases. */
const PACKAGES = [
  ...["systemd-sysv", "dbus", "udev", "kmod", "procps", "sudo", "curl", "ca-certificates", "python3-minimal"],
  ...["libsqlite3-0", "python3", "yt-dlp", "initramfs-tools", "linux-image-cloud-amd64"],
];

/** The network inside the emulator. Its addresses are public, because links may lead only to those; no traffic leaves this host. */
export const NETWORK = {
  cidr: "25.0.0.0/24",
  guest: "25.0.0.15",
  host: "25.0.0.2",
  name: "films.example.com",
} as const;

/** A Debian in a file system of its own that has never been started. */
export interface Image {
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

/**
 * Makes an image in a folder, or reuses the one from last time. It needs root, because a Debian's files belong to root, and Debian's
 * archive; nothing is mounted.
 */
export async function makeImage(debian: Debian, { folder }: { folder: string }): Promise<Image> {
  const root = join(folder, debian);
  const packages = join(root, "usr/local/lib/packages");
  if (!existsSync(packages) || readFileSync(packages, "utf8") !== `${PACKAGES}`) {
    // An interrupted one does not count.
    const begun = `${root}.new`;
    for (const old of [root, begun]) rmSync(old, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    // Without the keyring, debootstrap would accept anything from the mirror, and only warn.
    const checked = ["debootstrap", "--force-check-gpg", "--variant=minbase"];
    await succeed([...checked, `--include=${PACKAGES}`, debian, begun, MIRROR]);
    writeFileSync(join(begun, "usr/local/lib/packages"), `${PACKAGES}`);
    renameSync(begun, root);
  }
  furnish(root);
  const disk = join(folder, `${debian}.ext4`);
  await makeDisk(disk, { label: "debian", from: root, size: "3G" });
  return { disk, kernel: join(root, "vmlinuz"), initrd: join(root, "initrd.img") };
}

const MIRROR = "http://deb.debian.org/debian";

/** Makes a file with a file system that holds a folder's contents. */
export async function makeDisk(
  disk: string,
  { label, from, size }: { label: string; from: string; size: string },
): Promise<void> {
  rmSync(disk, { force: true });
  await succeed(["mke2fs", "-q", "-t", "ext4", "-L", label, "-d", from, disk, size]);
}

/** Writes what a machine gets when it is installed: a name, an address, and here the agent. */
function furnish(root: string): void {
  const write = (path: string, lines: readonly string[]) => writeFileSync(join(root, path), `${lines.join("\n")}\n`);
  const { guest, host, name } = NETWORK;
  write("etc/hostname", ["machine"]);
  write("etc/hosts", ["127.0.0.1 localhost machine", `${host} ${name}`]);
  write("etc/fstab", [
    "/dev/vda / ext4 defaults 0 1",
    "LABEL=releases /mnt ext4 ro,x-systemd.device-timeout=10min 0 0",
  ]);
  // No route anywhere else: what the bot would call on the Internet does not exist here.
  write("etc/systemd/network/wired.network", [
    "[Match]",
    "Type=ether",
    "[Network]",
    `Address=${guest}/24`,
    "IPv6AcceptRA=no",
  ]);
  // The speed of an emulated machine says nothing about the bot.
  mkdirSync(join(root, "etc/systemd/system/service.d"), { recursive: true });
  write("etc/systemd/system/service.d/patience.conf", ["[Service]", "TimeoutStartSec=20min", "TimeoutStopSec=20min"]);
  copyFileSync(join(import.meta.dir, "agent.sh"), join(root, "usr/local/lib/agent.sh"));
  copyFileSync(join(import.meta.dir, "agent.service"), join(root, "etc/systemd/system/agent.service"));
  const systemctl = (...args: readonly string[]) => Bun.spawnSync(["systemctl", `--root=${root}`, ...args]);
  systemctl("enable", "agent", "systemd-networkd");
  // Nobody logs in there, and on a slow host its device comes too late, which would leave the machine "degraded".
  systemctl("mask", "serial-getty@ttyS0.service");
}
