import { dlopen, ptr } from "bun:ffi";

/** A port that the system gives to nobody else until it is disposed. */
export interface ReservedPort extends Disposable {
  readonly port: number;
}

// Linux: <sys/socket.h>.
const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;

const libc = dlopen("libc.so.6", {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
}).symbols;

/**
 * Reserves a port of 127.0.0.1 by a socket that is bound and does not listen: whoever connects is refused, and whoever wants
 * to listen there by its number can, as often as need be. Without that, the port of a fake that closes for a moment may be
 * another's when it opens again, since the tests of other files run beside it. Only libc has such sockets.
 */
export function reservePort(): ReservedPort {
  const socket = libc.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  libc.setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, ptr(Int32Array.of(1)), 4);
  // A sockaddr_in: the family in the machine's order, the port (any), the address, padding.
  const address = Buffer.concat([
    Buffer.from(Uint16Array.of(AF_INET).buffer),
    Buffer.of(0, 0, 127, 0, 0, 1),
    Buffer.alloc(8),
  ]);
  if (libc.bind(socket, ptr(address), address.length) !== 0) throw new Error("There is no port left");
  libc.getsockname(socket, ptr(address), ptr(Int32Array.of(address.length)));
  return { port: address.readUInt16BE(2), [Symbol.dispose]: () => void libc.close(socket) };
}
