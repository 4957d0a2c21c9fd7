import { dlopen, ptr } from "bun:ffi";
import { writeSync } from "node:fs";

// A separate process, because `recv` blocks: prints "listening", then each datagram as a line of JSON.
const libc = dlopen("libc.so.6", {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
}).symbols;

const name = process.argv[2] ?? "";
const path = name.startsWith("@") ? `\0${name.slice(1)}` : `${name}\0`;
const address = Buffer.concat([Buffer.from([1, 0]), Buffer.from(path)]);
const socket = libc.socket(1, 2, 0);
if (libc.bind(socket, ptr(address), address.length) !== 0) throw new Error(`Cannot listen on ${name}`);
writeSync(1, "listening\n");

const buffer = Buffer.alloc(65_536);
for (;;) {
  const length = Number(libc.recv(socket, ptr(buffer), buffer.length, 0));
  if (length < 0) throw new Error(`Cannot receive from ${name}`);
  const lines = buffer.toString("utf8", 0, length).split("\n");
  writeSync(1, `${JSON.stringify({ lines })}\n`);
}
