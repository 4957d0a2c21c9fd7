import { dlopen, ptr } from "bun:ffi";

/** A port that the system assigns to nobody else until it is disposed. */
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
 * Reserves a port of 127.0.0.1 with a socket that is bound but does not listen: connections are refused, but the port can be listened on by
 * its number, any number of times. Otherwise the port of a fake that closes for a moment might be taken when it opens again, because the
 * tests of other files run at the same time. Only libc has such sockets.
 */
export function reservePort(): ReservedPort {
  const socket = libc.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  libc.setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, ptr(Int32Array.of(1)), 4);
  // A sockaddr_in: the family in native byte order, the port (any), the address, padding.
  const address = Buffer.concat([
    Buffer.from(Uint16Array.of(AF_INET).buffer),
    Buffer.of(0, 0, 127, 0, 0, 1),
    Buffer.alloc(8),
  ]);
  if (libc.bind(socket, ptr(address), address.length) !== 0) throw new Error("There is no port left");
  libc.getsockname(socket, ptr(address), ptr(Int32Array.of(address.length)));
  return { port: address.readUInt16BE(2), [Symbol.dispose]: () => void libc.close(socket) };
}
