import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** TCP_LISTEN in the fourth column of /proc/net/tcp (proc_pid_net(5)). */
const LISTENING = "0A";

/**
 * The program that listens on a TCP port of this machine, such as `nginx (pid 812)`; undefined if that cannot be seen, for example another
 * user's program by anybody but root. Never throws.
 */
export function holderOfPort(port: number): string | undefined {
  const sockets = new Set(["tcp", "tcp6"].flatMap((table) => socketsOn(port, table)));
  if (sockets.size === 0) return undefined;
  const pid = entriesOf("/proc").find((entry) => /^\d+$/.test(entry) && holdsOneOf(sockets, entry));
  return pid === undefined ? undefined : `${textOf(`/proc/${pid}/comm`).trim()} (pid ${pid})`;
}

/** The targets of links in `/proc/PID/fd` for the sockets that listen on the port. */
function socketsOn(port: number, table: string): string[] {
  const rows = textOf(`/proc/net/${table}`).split("\n").slice(1);
  return rows.flatMap((row) => {
    const [, local = "", , state, , , , , , inode] = row.trim().split(/\s+/);
    const isMeant = state === LISTENING && Number.parseInt(local.split(":")[1] ?? "", 16) === port;
    return isMeant ? `socket:[${inode}]` : [];
  });
}

function holdsOneOf(sockets: ReadonlySet<string>, pid: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return entriesOf(folder).some((descriptor) => sockets.has(orNothing(() => readlinkSync(`${folder}/${descriptor}`))));
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const textOf = (path: string) => orNothing(() => readFileSync(path, "utf8"));

/** Programs end while they are examined, and those of others are closed to us. */
function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
