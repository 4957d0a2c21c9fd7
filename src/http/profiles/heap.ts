import { type Measured, toPprof } from "./pprof.ts";

/** The parts of V8's heap snapshots that are used here. */
interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[]] };
  };
  /** For each node as many numbers as there are fields. */
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/** Kinds of node that are named after their class. Other names are what people wrote, or parts of the program. */
const NAMED_BY_CLASS = new Set(["object", "native", "code", "hidden"]);

/**
 * A heap snapshot in the format of `go tool pprof`: number and own size of the live objects by kind of node and class. JavaScriptCore does
 * not know where an object was allocated, so there are no stacks.
 */
export function heapToPprof(json: string, takenAt: number): Uint8Array<ArrayBuffer> {
  return toPprof(measured(JSON.parse(json)), {
    valueTypes: [
      ["inuse_objects", "count"],
      ["inuse_space", "bytes"],
    ],
    period: { type: "space", unit: "bytes", value: 1 },
    startedAt: takenAt,
    durationMs: 0,
  });
}

function measured({ snapshot: { meta }, nodes, strings }: Snapshot): Measured[] {
  const [kinds] = meta.node_types;
  const [kindAt, nameAt, sizeAt] = ["type", "name", "self_size"].map((field) => meta.node_fields.indexOf(field));
  const classes = new Map<string, { kind: string; name: string; count: number; bytes: number }>();
  for (let node = 0; node < nodes.length; node += meta.node_fields.length) {
    const field = (at: number | undefined) => nodes[node + (at ?? 0)] ?? 0;
    const kind = kinds[field(kindAt)] ?? "unknown";
    const name = NAMED_BY_CLASS.has(kind) ? (strings[field(nameAt)] ?? "") : `(${kind})`;
    const key = `${kind} ${name}`;
    const total = classes.get(key) ?? { kind, name, count: 0, bytes: 0 };
    total.count += 1;
    total.bytes += field(sizeAt);
    classes.set(key, total);
  }
  return [...classes.values()].map(({ kind, name, count, bytes }) => ({
    frames: [name, `(${kind})`].filter((frame, at, all) => all.indexOf(frame) === at).map(toFrame),
    values: [count, bytes],
  }));
}

function toFrame(name: string) {
  return { name, file: "", line: 0 };
}
