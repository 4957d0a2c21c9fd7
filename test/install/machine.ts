import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Answers, answering } from "./answering.ts";
import { SYSTEMCTL } from "./fakes.ts";
import { readTree, type Tree } from "./tree.ts";

export const INSTALL = join(import.meta.dir, "../../install.sh");
const NOBODY = 65_534;

export const IS_ROOT = process.getuid?.() === 0;

/** Runs a command as nobody. */
const BECOME_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];

/** Where to put folders that other users must enter: TMPDIR may be private, and so may the way to this checkout. */
export function commonFolder(): string {
  const places = ["/tmp", "/var/tmp", tmpdir()];
  const isCommon = (place: string) => Bun.spawnSync([...BECOME_NOBODY, "test", "-x", place]).exitCode === 0;
  return (IS_ROOT ? places.find(isCommon) : undefined) ?? tmpdir();
}

/** How one run of install.sh ended. */
export interface Ended {
  readonly code: number;
  /** Standard output and standard error. */
  readonly said: string;
}

/** A folder that install.sh takes for a machine, with a systemctl that logs its arguments. */
export interface Machine extends Disposable {
  readonly root: string;
  /** For files outside the machine: releases, secrets. */
  readonly elsewhere: string;
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** The commands that systemctl was given since the last call, without mere questions. */
  told(): string[];
  /** Everything on the machine: path → kind, mode and content. */
  tree(): Tree;
  read(path: string): string;
  has(path: string): boolean;
  write(path: string, text: string, mode?: number): void;
}

export interface RunOptions {
  readonly script?: string;
  /** The shell that reads the script. */
  readonly shell?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Empty if there is no systemctl to call, as for a packager. */
  readonly systemctl?: string | undefined;
  readonly stdin?: string;
  /** Types this at a terminal. */
  readonly typed?: string;
  /** Types these at a terminal, each once its question is shown. */
  readonly answers?: Answers;
  /** More programs, by name, that take precedence over the system's. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** `as` says who runs install.sh. Only root can run it as nobody. */
export function createMachine({ as = "oneself" }: { as?: "oneself" | "nobody" } = {}): Machine {
  const folder = mkdtempSync(join(as === "nobody" ? commonFolder() : tmpdir(), "dwld-bot-install-"));
  const root = join(folder, "machine");
  const elsewhere = join(folder, "elsewhere");
  const log = join(folder, "systemctl.log");
  const become = as === "nobody" && IS_ROOT ? BECOME_NOBODY : [];
  // On its own, as a user downloads it, and where everybody can read it.
  const install = join(folder, "install.sh");
  for (const path of [root, elsewhere, join(folder, "bin")]) mkdirSync(path);
  writeFileSync(join(folder, "systemctl"), SYSTEMCTL, { mode: 0o755 });
  writeFileSync(log, "");
  cpSync(INSTALL, install);
  chmodSync(folder, 0o755);
  if (become.length > 0) for (const path of [root, folder, log]) chownSync(path, NOBODY, NOBODY);
  let seen = 0;

  return {
    root,
    elsewhere,
    async run(
      args,
      {
        script = install,
        shell = ["sh"],
        env = {},
        systemctl = join(folder, "systemctl"),
        stdin = "",
        typed,
        answers,
        programs = {},
      } = {},
    ) {
      for (const [name, text] of Object.entries(programs)) {
        writeFileSync(join(folder, "bin", name), text, { mode: 0o755 });
      }
      // The person who runs the tests may have a private umask (077).
      if (become.length > 0) {
        const shared = [install, elsewhere, join(folder, "bin"), join(folder, "systemctl")];
        Bun.spawnSync(["chmod", "-R", "a+rX", ...shared]);
      }
      const command = [...become, ...shell, script, ...args];
      const asTyped = ["script", "-qec", command.map(quoted).join(" "), "/dev/null"];
      const child = Bun.spawn((typed ?? answers) === undefined ? command : asTyped, {
        cwd: "/",
        env: {
          PATH: `${join(folder, "bin")}:${process.env.PATH}`,
          TMPDIR: folder,
          DESTDIR: root,
          SYSTEMCTL: systemctl,
          FAKE: folder,
          ...env,
        },
        stdin: answers === undefined ? new Blob([typed ?? stdin]) : "pipe",
        stdout: "pipe",
        stderr: "pipe",
      });
      const heard = answers === undefined ? child.stdout.text() : answering(child, answers);
      const [out, err, code] = await Promise.all([heard, child.stderr.text(), child.exited]);
      return { code, said: out + err };
    },
    told() {
      const lines = readFileSync(log, "utf8").split("\n").filter(Boolean);
      const fresh = lines.slice(seen).filter((line) => !/^(--version|is-active)/.test(line));
      seen = lines.length;
      return fresh;
    },
    tree: () => readTree(root),
    read: (path) => readFileSync(join(root, path), "utf8"),
    has: (path) => existsSync(join(root, path)),
    write(path, text, mode = 0o644) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text, { mode });
      if (become.length > 0) chownSync(join(root, path), NOBODY, NOBODY);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** Quotes a word for a shell. */
const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** A folder like that of `.ci/release`, with `binary` for every platform. */
export function createRelease(folder: string, binary: string): string {
  mkdirSync(folder, { recursive: true });
  for (const kind of ["linux-x64", "linux-arm64", "linux-x64-musl", "linux-arm64-musl"]) {
    writeFileSync(join(folder, `dwld-bot-${kind}`), binary.replace("KIND", kind), { mode: 0o644 });
  }
  for (const file of ["dwld-bot.service", "dwld-bot-downloader.service", "install.sh", "config.example.yaml"]) {
    cpSync(join(dirname(INSTALL), file), join(folder, file));
  }
  sumUp(folder);
  return folder;
}

/** Rewrites SHA256SUMS. */
export function sumUp(folder: string): void {
  const files = [...new Bun.Glob("*").scanSync(folder)].filter((name) => name !== "SHA256SUMS").sort();
  const lines = files.map((name) => {
    const sum = new Bun.CryptoHasher("sha256").update(readFileSync(join(folder, name))).digest("hex");
    return `${sum}  ${name}\n`;
  });
  writeFileSync(join(folder, "SHA256SUMS"), lines.join(""));
}
