import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { TEST_LIMIT_MS } from "../support/patience.ts";
import { createWatch } from "../support/watch.ts";
import { type Image, NETWORK } from "./image.ts";

/** An emulated processor may be thirty times slower, and the host busy. */
export const PATIENCE_MS = 4 * TEST_LIMIT_MS;

/** Longer start limits for units that are not the bot's. */
const PATIENT = "systemd.default_timeout_start_sec=600";

export interface Ended {
  readonly code: number;
  /** Standard output and standard error. */
  readonly said: string;
}

/** A machine that runs, with root at the keyboard. */
export interface Guest extends AsyncDisposable {
  /** Runs a bash script without standard input. Rejects if the machine does not answer. */
  run(script: string): Promise<Ended>;
  /** Restarts the machine, and resolves once it is up again. */
  reboot(): Promise<void>;
  /** The output on its console. */
  readonly console: string;
}

/**
 * Boots an image with a second disk, and resolves once it is up. The image is not changed. QEMU emulates the processor, so no KVM is
 * needed.
 */
export async function boot({ disk, kernel, initrd }: Image, { releases }: { releases: string }): Promise<Guest> {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-machine-"));
  const console = join(folder, "console");
  const path = join(folder, "control");
  const watch = createWatch();
  const lines: string[] = [];
  let way: Socket | undefined;
  const server = createServer((socket) => {
    way = socket;
    createInterface({ input: socket }).on("line", (line) => {
      lines.push(line);
      watch.changed();
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const drive = (file: string) => ["-drive", `file=${file},format=raw,if=virtio,snapshot=on`];
  const emulator = Bun.spawn(
    [
      ...["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "Nehalem", "-smp", "2", "-m", "2048"],
      ...["-display", "none", "-monitor", "none", "-serial", `file:${console}`],
      ...["-kernel", kernel, "-initrd", initrd, "-append", `root=/dev/vda rw console=ttyS0 net.ifnames=0 ${PATIENT}`],
      ...drive(disk),
      ...drive(releases),
      ...["-netdev", `user,id=net,net=${NETWORK.cidr},host=${NETWORK.host}`, "-device", "virtio-net-pci,netdev=net"],
      ...["-chardev", `socket,id=control,path=${path}`],
      ...["-device", "virtio-serial", "-device", "virtserialport,chardev=control,name=control"],
    ],
    { stdin: "ignore", stdout: "inherit", stderr: "inherit", env: { ...process.env, TMPDIR: folder } },
  );
  void emulator.exited.then(() => watch.close());

  const read = () => {
    try {
      return readFileSync(console, "utf8");
    } catch {
      return "";
    }
  };
  const next = (what: string, isWanted: (line: string) => boolean = () => true) =>
    watch.until(
      () => {
        const at = lines.findIndex(isWanted);
        return at === -1 ? undefined : lines.splice(0, at + 1).at(-1);
      },
      { what, seen: () => read().slice(-4000), withinMs: PATIENCE_MS },
    );
  const isUp = (line: string) => line === "up";
  const send = (script: string) => way?.write(`${Buffer.from(script).toString("base64")}\n`);

  const guest: Guest = {
    async run(script) {
      send(script);
      const [code, said = ""] = (await next(`the end of ${script}`)).split(" ");
      return { code: Number(code), said: Buffer.from(said, "base64").toString().trimEnd() };
    },
    async reboot() {
      send("systemctl reboot");
      await next("the machine to be up again", isUp);
    },
    get console() {
      return read();
    },
    async [Symbol.asyncDispose]() {
      emulator.kill("SIGKILL");
      await emulator.exited;
      way?.destroy();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
  await next("the machine to be up", isUp);
  return guest;
}
