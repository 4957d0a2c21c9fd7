import { dlopen } from "bun:ffi";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const UNIT = join(import.meta.dir, "../../dwld-bot.service");

/** Why a program cannot be sandboxed on this machine as systemd would do it; undefined if it can. */
export function whyNoSandbox(): string | undefined {
  if (process.getuid?.() !== 0) return "only root can";
  if (Bun.which("systemd-analyze") === null) return "there is no systemd-analyze";
  if (Bun.spawnSync(["unshare", "--mount", "mount", "--make-rprivate", "/"]).exitCode !== 0)
    return "no own mounts here";
  try {
    dlopen("libseccomp.so.2", { seccomp_load: { args: ["ptr"], returns: "i32" } });
    return undefined;
  } catch {
    return "there is no libseccomp";
  }
}

/**
 * The command, run as under `dwld-bot.service` as far as that is possible without systemd: with its system calls, sockets and rights, as
 * nobody, on a machine that is read-only except for the working directory, without homes and other users' processes.
 */
export function sandboxed(command: readonly string[]): string[] {
  const folder = join(import.meta.dir, "sandbox");
  const filter = [process.execPath, join(folder, "filter.ts"), allowedCalls().join(",")];
  return ["unshare", "--mount", "sh", join(folder, "enter.sh"), ...filter, ...command];
}

/** The system calls that the unit's `SystemCallFilter=` lines allow. */
export function allowedCalls(): string[] {
  const known = knownSets();
  const expand = (name: string): string[] => (name.startsWith("@") ? (known.get(name) ?? []).flatMap(expand) : [name]);
  const allowed = new Set<string>();
  for (const [, not, names = ""] of readFileSync(UNIT, "utf8").matchAll(/^SystemCallFilter=(~?)(.*)$/gm)) {
    for (const call of names.split(" ").flatMap(expand)) {
      if (not === "~") allowed.delete(call);
      else allowed.add(call);
    }
  }
  return [...allowed];
}

/** systemd's groups of system calls, which may contain other groups. */
function knownSets(): Map<string, string[]> {
  const { stdout } = Bun.spawnSync(["systemd-analyze", "syscall-filter", "--no-pager"]);
  const sets = new Map<string, string[]>();
  let members: string[] = [];
  for (const line of stdout.toString().split("\n")) {
    const word = line.trim();
    if (word === "" || word.startsWith("#")) continue;
    if (line.startsWith("@")) {
      members = [];
      sets.set(word, members);
    } else members.push(word);
  }
  return sets;
}
