import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeed } from "./succeed.ts";

export const DEBIANS = ["bookworm", "trixie"] as const;
export type Debian = (typeof DEBIANS)[number];

/** What an operator's machine has, as far as the story needs it; the guest's Python looks into databases. */
const PACKAGES = [
  ...["systemd-sysv", "dbus", "udev", "kmod", "procps", "sudo", "curl", "ca-certificates", "python3-minimal"],
  ...["libsqlite3-0", "python3", "yt-dlp", "initramfs-tools", "linux-image-cloud-amd64"],
];

/** The network inside of the emulator. Its addresses are public ones, which links may lead to; nothing leaves this host by it. */
export const NETWORK = {
  cidr: "25.0.0.0/24",
  guest: "25.0.0.15",
  host: "25.0.0.2",
  name: "films.example.com",
} as const;

/** A Debian in a file system of its own, that has never run. */
export interface Image {
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

/**
 * Makes one in a folder, or takes what lies there from the last time. It needs root, since a Debian belongs to root,
 * and Debian's archive; nothing is mounted.
 */
export async function makeImage(debian: Debian, { folder }: { folder: string }): Promise<Image> {
  const root = join(folder, debian);
  const packages = join(root, "usr/local/lib/packages");
  if (!existsSync(packages) || readFileSync(packages, "utf8") !== `${PACKAGES}`) {
    // One that was interrupted is none.
    const begun = `${root}.new`;
    for (const old of [root, begun]) rmSync(old, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    // Without the keyring it would take whatever the mirror has, and only warn.
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

/** A file with a file system that holds what is in a folder. */
export async function makeDisk(
  disk: string,
  { label, from, size }: { label: string; from: string; size: string },
): Promise<void> {
  rmSync(disk, { force: true });
  await succeed(["mke2fs", "-q", "-t", "ext4", "-L", label, "-d", from, disk, size]);
}

/** What a machine is given at its installation: a name, an address, and here the way in. */
function furnish(root: string): void {
  const write = (path: string, lines: readonly string[]) => writeFileSync(join(root, path), `${lines.join("\n")}\n`);
  const { guest, host, name } = NETWORK;
  write("etc/hostname", ["machine"]);
  write("etc/hosts", ["127.0.0.1 localhost machine", `${host} ${name}`]);
  write("etc/fstab", [
    "/dev/vda / ext4 defaults 0 1",
    "LABEL=releases /mnt ext4 ro,x-systemd.device-timeout=10min 0 0",
  ]);
  // No way to anywhere else: what the bot would call on the Internet is not there.
  write("etc/systemd/network/wired.network", [
    "[Match]",
    "Type=ether",
    "[Network]",
    `Address=${guest}/24`,
    "IPv6AcceptRA=no",
  ]);
  // How fast it is says nothing here.
  mkdirSync(join(root, "etc/systemd/system/service.d"), { recursive: true });
  write("etc/systemd/system/service.d/patience.conf", ["[Service]", "TimeoutStartSec=20min", "TimeoutStopSec=20min"]);
  copyFileSync(join(import.meta.dir, "agent.sh"), join(root, "usr/local/lib/agent.sh"));
  copyFileSync(join(import.meta.dir, "agent.service"), join(root, "etc/systemd/system/agent.service"));
  const systemctl = (...args: readonly string[]) => Bun.spawnSync(["systemctl", `--root=${root}`, ...args]);
  systemctl("enable", "agent", "systemd-networkd");
  // Nobody logs in, and on a slow host its device comes too late for it, which leaves the machine "degraded".
  systemctl("mask", "serial-getty@ttyS0.service");
}
