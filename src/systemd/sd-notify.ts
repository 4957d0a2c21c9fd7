import { dlopen, ptr } from "bun:ffi";

/** Sends one datagram; false if nobody received it. Never throws and never blocks. */
export type SdNotify = (text: string) => boolean;

const libraries = ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];

const symbols = {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
} as const;

// Linux: <sys/socket.h> of both C libraries, the same on x86-64 and arm64.
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const LONGEST_PATH = 107;

/**
 * Opens a Unix datagram socket to a listener: a path, or `@name` for an abstract one (sd_notify(3)). Bun has no such sockets, so libc is
 * called (reliability.md §4.2). Throws if that is impossible: no such library, no JIT, or a different kind of name.
 */
export function openSdNotify(name: string): SdNotify {
  const address = addressOf(name);
  const libc = openLibc();
  const socket = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) throw new Error("the system gives no Unix socket");
  return (text) => {
    const bytes = Buffer.from(text);
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    return Number(libc.sendto(socket, ptr(bytes), bytes.length, flags, ptr(address), address.length)) === bytes.length;
  };
}

/** A `sockaddr_un`: the family in native byte order, then the name. */
function addressOf(name: string): Buffer {
  if (!/^[/@]./.test(name)) throw new Error(`${name} is neither a path nor an abstract name`);
  if (Buffer.byteLength(name) > LONGEST_PATH) throw new Error(`${name} is longer than ${LONGEST_PATH} bytes`);
  const rest = name.startsWith("@") ? `\0${name.slice(1)}` : `${name}\0`;
  return Buffer.concat([Buffer.from(Uint16Array.of(AF_UNIX).buffer), Buffer.from(rest)]);
}

function openLibc() {
  const failures: string[] = [];
  for (const library of libraries) {
    try {
      return dlopen(library, symbols).symbols;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(failures.join("; "));
}
