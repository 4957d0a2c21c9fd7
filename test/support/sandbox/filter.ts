import { dlopen, ptr } from "bun:ffi";

// A separate program: `filter.ts CALLS COMMAND…` becomes the command, under a filter that only allows these system calls (comma-separated
// names) and Unix and IP sockets. All others fail with EPERM, as SystemCallErrorNumber= says.
const [calls = "", ...command] = process.argv.slice(2);
const ALLOW = 0x7fff0000;
const FAIL_WITH_EPERM = 0x00050001;
const EQUAL = 4;
const FAMILIES = [1, 2, 10];

const seccomp = dlopen("libseccomp.so.2", {
  seccomp_init: { args: ["u32"], returns: "ptr" },
  seccomp_syscall_resolve_name: { args: ["ptr"], returns: "i32" },
  seccomp_rule_add_array: { args: ["ptr", "u32", "i32", "u32", "ptr"], returns: "i32" },
  seccomp_load: { args: ["ptr"], returns: "i32" },
}).symbols;
const libc = dlopen("libc.so.6", { execv: { args: ["ptr", "ptr"], returns: "i32" } }).symbols;

const text = (value: string) => Buffer.from(`${value}\0`);
/** struct scmp_arg_cmp: the first argument equals the value. */
const firstIs = (value: number) => {
  const comparison = Buffer.alloc(24);
  comparison.writeUInt32LE(EQUAL, 4);
  comparison.writeBigUInt64LE(BigInt(value), 8);
  return comparison;
};

const filter = seccomp.seccomp_init(FAIL_WITH_EPERM);
const allow = (call: number, conditions: Buffer[]) =>
  seccomp.seccomp_rule_add_array(
    filter,
    ALLOW,
    call,
    conditions.length,
    conditions[0] === undefined ? null : ptr(conditions[0]),
  );
for (const name of calls.split(",")) {
  const call = seccomp.seccomp_syscall_resolve_name(ptr(text(name)));
  if (call < 0) continue;
  const conditions = name === "socket" ? FAMILIES.map((family) => [firstIs(family)]) : [[]];
  for (const condition of conditions) {
    if (allow(call, condition) !== 0) throw new Error(`Cannot allow ${name}`);
  }
}

const words = command.map(text);
const addresses = new BigUint64Array([...words.map((word) => BigInt(ptr(word))), 0n]);
const [program = text("")] = words;
if (seccomp.seccomp_load(filter) !== 0) throw new Error("Cannot load the filter");
libc.execv(ptr(program), ptr(addresses));
throw new Error(`Cannot become ${command[0]}`);
